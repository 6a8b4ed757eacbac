import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { SeriesTable } from '../../insight/series.js';
import type { MachineFacts } from '../../model/machine.js';
import type { SystemFacts } from '../../model/machine-accounting.js';
import type { MeminfoField } from '../../model/sample.js';
import type { MissingFile, SystemState } from '../../model/system-state.js';
import { readFault } from '../file-chunks.js';
import type { Target } from '../ports.js';
import { type RecordedTrends, readRecording } from '../recorded-trends.js';

/** What a recording of trends tells of the machine: its memory at the end and at the begin, as far as meminfo tells it, and what was measured between. */
export interface RecordedSystem {
  readonly state: SystemState;
  readonly before?: SystemState;
  readonly series: SeriesTable;
  /** Since the last start of the machine. */
  readonly from: Milliseconds;
}

const FIRST_LINE = /^\s*\ufeff?\s*\{\s*"format"\s*:\s*"memlens-recording"/;
/** No recording holds them. */
const NEVER: readonly string[] = ['/proc/zoneinfo', '/proc/vmallocinfo', '/proc/slabinfo', '/proc/buddyinfo', '/proc/PID/status'];

/** Undefined: the file is no recording. Faults: `unreadable` and what reading it gives, `unrecognised-system`: nothing of the machine was recorded; `cancelled`. */
export async function openRecorded(
  path: string,
  target: Target,
  cancel: Cancel,
): Promise<Result<RecordedSystem, Fault> | undefined> {
  const facts = await target.stat(path);
  if (!facts.ok) return facts;
  if (facts.value.kind === 'directory') return undefined;
  try {
    if (!(await isRecording(path, target))) return undefined;
    const recorded = await readRecording(stoppable(target.readText(path), cancel));
    if (cancel.requested) return err({ code: 'cancelled' });
    const system = recorded === undefined ? undefined : systemOf(path, recorded);
    return system === undefined ? err({ code: 'unrecognised-system', path }) : ok(system);
  } catch (error) {
    return err(readFault(error, path));
  }
}

async function isRecording(path: string, target: Target): Promise<boolean> {
  for await (const chunk of target.readText(path)) return FIRST_LINE.test(chunk);
  return false;
}

async function* stoppable(chunks: AsyncIterable<string>, cancel: Cancel): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (cancel.requested) return;
    yield chunk;
  }
}

function systemOf(path: string, { system, events, facts, notes, cutOff }: RecordedTrends): RecordedSystem | undefined {
  const { span } = system;
  if (span === undefined) return undefined;
  const boot = events.findLast(({ kind }) => kind === 'reboot')?.at ?? span.from;
  const [from, to] = [system.points('meminfo.MemTotal', boot).at[0], system.latest('meminfo.MemTotal')?.at];
  if (from === undefined || to === undefined) return undefined;
  const damaged = notes.reduce((sum, { count }) => sum + count, 0);
  const missing: readonly MissingFile[] = [
    ...NEVER.map((file): MissingFile => ({ path: file, why: 'absent' })),
    ...(damaged === 0 ? [] : [{ path, why: 'not-understood' as const, count: damaged }]),
    ...(cutOff ? [{ path: `${path}: the last line`, why: 'absent' as const }] : []),
  ];
  const stateAt = (at: Milliseconds): SystemState => ({
    source: path,
    facts: factsAt(system, at, facts),
    owners: {},
    missing,
  });
  return { state: stateAt(to), ...(from < to ? { before: stateAt(from) } : {}), series: system, from };
}

function factsAt(system: SeriesTable, at: Milliseconds, facts: MachineFacts | undefined): SystemFacts {
  const meminfo = system.ids.flatMap((id): readonly MeminfoField[] => {
    const name = /^meminfo\.(.+)$/.exec(id)?.[1];
    const value = name === undefined ? undefined : system.valueAt(id, at);
    if (name === undefined || value === undefined) return [];
    return [{ name, value, unit: name.startsWith('HugePages_') ? 'count' : 'bytes' }];
  });
  return {
    meminfo,
    at,
    ...(facts === undefined ? {} : { pageSize: facts.pageSize, kernelRelease: facts.kernelRelease, bootId: facts.bootId }),
  };
}
