import type { Milliseconds } from '../base/units.js';
import type { SeriesTable } from '../insight/series.js';
import { type ProcessId, type ProcessKey, processId } from '../model/process.js';
import type { NamedTarget, TargetConfig } from '../model/target-config.js';
import type { Verdict } from '../model/verdict.js';
import type { Monitor, Watch } from './monitor.js';
import { type KeptProcess, type KeptSubject, type Subject, sourceId } from './subject.js';

/** Recordings are left out: their editor opens them again by itself. */
export function keptSubjects(subjects: readonly Subject[]): readonly KeptSubject[] {
  return subjects.flatMap(({ monitor, watch, recording, standsFor }): readonly KeptSubject[] => {
    if (recording !== undefined) return [];
    if (standsFor !== undefined) return standsFor;
    const { target, facts } = monitor;
    if (watch === undefined) return [{ target }];
    const { key, command, commandLine } = watch;
    const process: KeptProcess = {
      pid: key.pid,
      startTicks: key.startTicks,
      command,
      ...(commandLine === undefined ? {} : { commandLine }),
      ...(facts === undefined ? {} : { bootId: facts.bootId }),
    };
    return [{ target, process }];
  });
}

/** Of an older or newer version, or of nobody: what is not understood is left out. */
export function readKeptSubjects(state: unknown): readonly KeptSubject[] {
  const { subjects } = record(state);
  return (Array.isArray(subjects) ? subjects : []).flatMap((item): readonly KeptSubject[] => {
    const target = targetOf(record(item)['target']);
    if (target === undefined) return [];
    const raw = record(item)['process'];
    if (raw === undefined) return [{ target }];
    const process = processOf(raw);
    return process === undefined ? [] : [{ target, process }];
  });
}

/** Until the processes are found, their machines stand for them, with the state of the connection. */
export function standIns(kept: readonly KeptSubject[], monitorOf: (target: NamedTarget) => Monitor): readonly Subject[] {
  const byMonitor = new Map<Monitor, KeptSubject[]>();
  for (const one of kept) {
    const monitor = monitorOf(one.target);
    const there = byMonitor.get(monitor);
    if (there === undefined) byMonitor.set(monitor, [one]);
    else there.push(one);
  }
  return [...byMonitor].map(([monitor, standsFor]) => withoutNeed({ monitor, standsFor }));
}

/** The subjects once `kept` is found: it comes in front of the machine that stood for it, which stays as long as it is needed. */
export function settled(subjects: readonly Subject[], kept: KeptSubject, found: Subject): readonly Subject[] {
  const there = subjects.some((subject) => sourceId(subject) === sourceId(found));
  return subjects.flatMap((subject): readonly Subject[] => {
    if (subject.standsFor?.includes(kept) !== true) return [subject];
    const standsFor = subject.standsFor.filter((other) => other !== kept);
    const stays = standsFor.length === 0 ? [] : [withoutNeed({ ...subject, standsFor })];
    return there ? stays : [found, ...stays];
  });
}

/** A machine that stands for nothing but itself is an ordinary subject. */
function withoutNeed(subject: Subject): Subject {
  return subject.standsFor?.some(({ process }) => process !== undefined) === true ? subject : { monitor: subject.monitor };
}

export const isSameProcess = (watch: Watch, { facts }: Monitor, process: KeptProcess): boolean =>
  watch.id === processId(process) && (process.bootId === undefined || facts === undefined || facts.bootId === process.bootId);

/** Stands for a process that ended while nobody watched: it has a name, and no series. */
export class EndedWatch implements Watch {
  readonly id: ProcessId;
  readonly key: ProcessKey;
  readonly command: string;
  readonly commandLine: string | undefined;
  readonly row = undefined;
  readonly rollup = { at: undefined, everyMs: Number.POSITIVE_INFINITY };
  readonly verdict: Verdict = { state: 'undecided', measure: 'uss', unit: 'bytes', windowMs: 0, samples: 0, reasons: [] };

  /** `endedAt`: when it was found to have ended. */
  constructor(
    process: KeptProcess,
    readonly endedAt: Milliseconds,
    readonly series: SeriesTable,
  ) {
    this.key = { pid: process.pid, startTicks: process.startTicks };
    this.id = processId(process);
    this.command = process.command;
    this.commandLine = process.commandLine;
  }

  dispose(): void {}
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function targetOf(raw: unknown): NamedTarget | undefined {
  const { name, config, sysroot } = record(raw);
  const read = configOf(config);
  if (typeof name !== 'string' || read === undefined) return undefined;
  return { name, config: read, ...(typeof sysroot === 'string' ? { sysroot } : {}) };
}

function configOf(raw: unknown): TargetConfig | undefined {
  const { kind, host, argv } = record(raw);
  if (kind === 'local') return { kind };
  if (kind === 'ssh' && typeof host === 'string') return { kind, host };
  const isArgv = Array.isArray(argv) && argv.every((word) => typeof word === 'string');
  return kind === 'command' && isArgv ? { kind, argv } : undefined;
}

function processOf(raw: unknown): KeptProcess | undefined {
  const { pid, startTicks, command, commandLine, bootId } = record(raw);
  if (!isCount(pid) || !isCount(startTicks) || typeof command !== 'string') return undefined;
  return {
    pid,
    startTicks,
    command,
    ...(typeof commandLine === 'string' ? { commandLine } : {}),
    ...(typeof bootId === 'string' ? { bootId } : {}),
  };
}
