import type { Cancel } from '../base/cancel.js';
import { directoryName } from '../base/path.js';
import type { Milliseconds } from '../base/units.js';
import type { RunPlan, Subject } from '../engines/engine.js';
import { assembleReport } from '../findings/assemble.js';
import { FoldingSink } from '../findings/fold.js';
import type { Finding, Note } from '../model/finding.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { Report, RunRecord } from '../model/report.js';
import type { RunConfig } from '../model/run-config.js';
import { languageOf } from './build-source.js';
import type { ReportFiles } from './kept-reports.js';
import type { CheckedLeaks } from './leak-checks/running-checks.js';
import type { Unpackers } from './packed-file.js';
import type { Progress, Target } from './ports.js';
import type { Prepared } from './prepare-run.js';
import { readRunHeap } from './run-heap.js';
import { runNotes, shortStackNotes } from './run-notes.js';
import type { ProgramRun } from './run-program.js';
import { readRunReports, valgrindTrouble } from './run-reports.js';
import type { RunSite } from './run-site.js';
import { SourceLocator } from './source-locator.js';
import type { Symbolizer, SymbolSettings } from './symbols/symbolizer.js';

/** A run that has begun. */
export interface BegunRun {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly site: RunSite;
  readonly plan: RunPlan;
  readonly reportDir: string;
  /** Whether servers of DEBUGINFOD_URLS might be asked while it ran. */
  readonly debuginfod: SymbolSettings['debuginfod'];
  /** What was said before it began. */
  readonly notes: readonly Note[];
}

/** A run that is over. */
export interface FinishedRun extends BegunRun {
  readonly run: ProgramRun;
  /** Where its reports are read now. */
  readonly reports: ReportFiles;
  /** What it was asked while it ran. */
  readonly checks?: CheckedLeaks;
}

export interface RunReportOptions {
  readonly progress: Progress;
  readonly cancel: Cancel;
  readonly unpackers: () => Promise<Unpackers>;
}

export interface FoundInRun {
  readonly report: Report;
  /** What the engine has recorded of the heap. */
  readonly profile?: HeapProfile;
}

/** Reads what a run has left, and places what was found in the sources of this machine. */
export async function runReport(
  host: Target,
  symbols: Symbolizer,
  finished: FinishedRun,
  { progress, cancel, unpackers }: RunReportOptions,
): Promise<FoundInRun> {
  const { prepared, plan, site, run, checks } = finished;
  const { engine } = prepared;
  const sink = new FoldingSink();
  const asked = checks === undefined ? undefined : { ...checks, atStop: run.checkedAtStop };
  const heap = plan.recorder === undefined ? undefined : await readRunHeap(finished, plan.recorder.report, unpackers, sink);
  const read = heap ?? (await readRunReports(finished.reports, finished.reportDir, plan.reportPrefix, engine, sink, asked));
  progress.phase('placing');
  // The signal that we sent to stop it is no news.
  const told = sink.notes.filter(
    ({ code, text }) => !(run.stopped !== undefined && code === 'fatal-signal' && text.includes('SIGTERM')),
  );
  const trouble =
    engine.id === 'memcheck' && read.files === 0
      ? await valgrindTrouble(site.target, plan.argv[0] as string, finished.debuginfod)
      : [];
  const report = await place(host, symbols, finished, cancel, {
    findings: sink.findings,
    before: runNotes(
      { ...run, checkedAtStop: run.checkedAtStop && (engine.id !== 'memcheck' || read.fromCheck) },
      engine,
      read.files,
    ),
    after: [...read.notes, ...trouble],
    told,
    partial: read.partial || run.lost !== undefined,
    end: {
      exit: run.exit,
      ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
      durationMs: Math.round(run.durationMs),
    },
  });
  if (heap?.profile === undefined) return { report };
  const { program = '', args = [] } = report.run ?? {};
  return { report, profile: { ...heap.profile, command: [program, ...args].join(' ') } };
}

/** The report of a leak check, of a run that goes on: its errors until now, and what it has just lost. */
export async function checkReport(
  host: Target,
  symbols: Symbolizer,
  begun: BegunRun,
  reports: ReportFiles,
  found: {
    readonly leaks: readonly Finding[];
    readonly errors: readonly Finding[];
    readonly notes: readonly Note[];
    readonly ranMs: Milliseconds;
  },
  cancel: Cancel,
): Promise<Report> {
  const sink = new FoldingSink();
  const only = {
    finding: (finding: Finding) => {
      if (finding.kind !== 'leak') sink.finding(finding);
    },
    // That its report has no end yet is no news.
    note: (note: Note) => {
      if (note.code !== 'cut') sink.note(note);
    },
    findings: [],
  };
  await readRunReports(reports, begun.reportDir, begun.plan.reportPrefix, begun.prepared.engine, only);
  for (const finding of [...found.errors, ...found.leaks]) sink.finding(finding);
  return place(host, symbols, begun, cancel, {
    findings: sink.findings,
    before: found.notes,
    after: [],
    told: sink.notes,
    partial: false,
    end: { durationMs: found.ranMs },
  });
}

interface Told {
  readonly findings: readonly Finding[];
  /** About the run, in the order of a report. */
  readonly before: readonly Note[];
  readonly after: readonly Note[];
  /** By the engine. */
  readonly told: readonly Note[];
  readonly partial: boolean;
  readonly end: Pick<RunRecord, 'exit' | 'stopped' | 'durationMs'>;
}

/** Places what was found in the sources of this machine. */
async function place(host: Target, symbols: Symbolizer, begun: BegunRun, cancel: Cancel, found: Told): Promise<Report> {
  const { config, prepared, site } = begun;
  const { engine } = prepared;
  const sysroot = config.target?.sysroot;
  const origin = {
    target: site.target,
    fileOf: (module: string) => site.hostFile(module),
    ...(sysroot === undefined ? {} : { sysroot }),
  };
  const { findings: symbolized, notes: symbolNotes } = await symbols.symbolizeFindings(found.findings, origin, cancel);
  const here = prepared.program.path;
  const findings = site.remote === undefined ? symbolized : withHostModule(symbolized, site.program.path, here);
  const source = config.subject.form === 'source' ? config.subject.file : undefined;
  const locator = new SourceLocator(host, {
    workspaceFolders: source === undefined ? config.workspaceFolders : [...config.workspaceFolders, directoryName(source)],
    mappings: [...config.sourcePathMap, ...(prepared.copies === undefined ? [] : [prepared.copies])],
    baseDirectories: [config.cwd, directoryName(source ?? here), ...config.workspaceFolders],
  });
  const locate = await locator.prepare(findings);
  return assembleReport(
    {
      findings,
      notes: [
        ...found.before,
        ...begun.notes,
        ...found.after,
        ...warnings(config, prepared, site),
        ...found.told,
        ...shortStackNotes(engine, findings),
        ...symbolNotes,
        ...locator.notes(findings),
        ...site.notes,
      ],
      partial: found.partial,
    },
    locate,
    {
      title: config.name,
      program: source ?? here,
      args: config.args,
      engine: engine.id,
      ...(prepared.reason === '' ? {} : { engineReason: prepared.reason }),
      ...found.end,
    },
  );
}

/** What stood in the engine's way, but did not keep it from running. */
function warnings({ subject }: RunConfig, { engine }: Prepared, { facts, program }: RunSite): readonly Note[] {
  const ran: Subject =
    subject.form === 'source' ? { form: 'source', language: languageOf(subject.file) ?? 'c' } : { form: 'program', program };
  return engine
    .obstacles(facts, ran)
    .filter(({ blocking }) => !blocking)
    .map(({ code, reason, remedy }): Note => ({ severity: 'warning', code, text: `${reason} ${remedy}`.trim() }));
}

/** The user knows a copy by the name of the file that was copied. */
function withHostModule(findings: readonly Finding[], there: string, here: string): readonly Finding[] {
  if (there === here) return findings;
  return findings.map((finding) => ({
    ...finding,
    stacks: finding.stacks.map((stack) => ({
      ...stack,
      frames: stack.frames.map((frame) => (frame.module === there ? { ...frame, module: here } : frame)),
    })),
  }));
}
