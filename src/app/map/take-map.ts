import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { classify } from '../../insight/map/classify.js';
import type { MapContext } from '../../insight/map/map-context.js';
import type { MapNote, MapSnapshot } from '../../model/map-snapshot.js';
import { MapTextParser, type ParsedMap } from '../../procfs/map-text.js';
import type { StatLayout } from '../../procfs/stat-layout.js';
import type { Clock, Target } from '../ports.js';
import { type KnownImages, type MapEvidence, readEvidence } from './map-evidence.js';
import { type ProcessFacts, readProcessFacts } from './process-facts.js';
import { type ReadChunks, readUntil } from './read-until.js';

export interface TakeMapOptions {
  readonly clock: Clock;
  /** Milliseconds since the Unix epoch. */
  readonly epochMs: () => Milliseconds;
  /** Field 22 of /proc/PID/stat, of a process that is known already: another one with its number is none. */
  readonly startTicks?: number;
  /** Kept over the readings of a live map. */
  readonly images?: KnownImages;
  /** `maps`: without amounts, which cost the process most of the time. Default: `smaps`, where it may be read. */
  readonly form?: 'smaps' | 'maps';
}

/** execve in the midst gives the process another address space: it is read again, so many times. */
const ATTEMPTS = 3;
/** smaps costs 6 to 12 times as much as smaps_rollup, as it tells of each mapping in text. */
const SMAPS_OF_ROLLUP = 16;
/** The scheduler counts by its tick: of what took less it may know nothing yet. 100 Hz is the slowest. */
const TICK_MS: Milliseconds = 10;

/**
 * The memory map of a process at one moment. Three round trips: what the process is; its map; and right after it the sums, threads and headers.
 * What may not be read, or ends in the midst, leaves a note and what could be known. Faults: `not-found` (no such process), `no-process` (a zombie, a
 * thread of the kernel, or one that may be hidden), `cancelled`, and those of the target.
 */
export async function takeMap(
  target: Target,
  pid: number,
  options: TakeMapOptions,
  cancel: Cancel,
): Promise<Result<MapSnapshot, Fault>> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return err(noProcess(pid));
  for (let attempt = 1; ; attempt++) {
    const facts = await readProcessFacts(target, pid, cancel);
    if (!facts.ok) return facts;
    const { layout } = facts.value;
    if (layout === undefined)
      return err(facts.value.hidesProcesses ? { code: 'no-process', pid, why: 'hidden' } : noProcess(pid));
    if (options.startTicks !== undefined && layout.startTicks !== options.startTicks) return err(noProcess(pid));
    if (layout.state === 'Z' || layout.state === 'X') return err(endedLeader(pid, facts.value.status?.threads));
    // Its files may not be read, or are empty; what all may know says that there is nothing to read.
    if (facts.value.status !== undefined && facts.value.status.vmSize === undefined) return err(noMappings(pid, layout));
    const at = options.epochMs();
    const read = await readMap(target, pid, options, cancel);
    if (!read.ok) return read;
    const { parsed } = read.value;
    const evidence = await readEvidence(target, pid, parsed.table, facts.value.executable, options.images ?? new Map(), cancel);
    if (cancel.requested) return err({ code: 'cancelled' });
    // The target was lost after the map had come: the map is kept.
    const after: MapEvidence | undefined = evidence.ok ? evidence.value : undefined;
    const change = after === undefined ? 'same' : changeOf(layout, after.layout);
    if (change === 'executed' && attempt < ATTEMPTS) continue;
    if (parsed.table.length === 0) {
      if (change === 'ended') return err(noProcess(pid));
      if (!read.value.notes.some(({ code }) => code === 'no-permission')) return err(noMappings(pid, layout));
    }
    return ok(snapshotOf(target, pid, { at, facts: facts.value, layout, read: read.value, after, ended: change === 'ended' }));
  }
}

const noProcess = (pid: number): Fault => ({ code: 'not-found', path: String(pid), what: 'process' });

/** A zombie; but when threads of it are left, they have the memory that is not shown for the first one any more. */
const endedLeader = (pid: number, threads = 1): Fault =>
  threads > 1
    ? {
        code: 'unreadable',
        path: `/proc/${pid}/smaps`,
        detail: `The first thread of the process has ended; others run on, and have its memory. ls /proc/${pid}/task tells their numbers, which can be asked for as that of a process.`,
      }
    : { code: 'no-process', pid, why: 'zombie' };

/** Of a process that is about to end nothing is mapped any more, while it is no zombie yet. */
const noMappings = (pid: number, { isKernelThread }: StatLayout): Fault =>
  isKernelThread ? { code: 'no-process', pid, why: 'kernel' } : noProcess(pid);

function changeOf(before: StatLayout, after: StatLayout | undefined): 'same' | 'ended' | 'executed' {
  if (after === undefined || after.startTicks !== before.startTicks || after.state === 'Z' || after.state === 'X') return 'ended';
  return after.startStack !== before.startStack || after.startCode !== before.startCode ? 'executed' : 'same';
}

interface MapRead {
  readonly parsed: ParsedMap;
  readonly notes: readonly MapNote[];
  readonly waitedMs: Milliseconds;
}

/** smaps; without permission, or on a kernel that lacks it, maps. */
async function readMap(
  target: Target,
  pid: number,
  { clock, form = 'smaps' }: TakeMapOptions,
  cancel: Cancel,
): Promise<Result<MapRead, Fault>> {
  let why: ReadChunks['failure'];
  for (const name of form === 'maps' ? (['maps'] as const) : (['smaps', 'maps'] as const)) {
    const parser = new MapTextParser();
    const read = await readUntil(target.readChunks(`/proc/${pid}/${name}`), (chunk) => parser.push(chunk), clock, cancel);
    if (cancel.requested) return err({ code: 'cancelled' });
    if (read.failure === undefined || read.bytes > 0) {
      const parsed = parser.end();
      const notes: MapNote[] = name === 'maps' ? [{ code: 'no-amounts' }] : [];
      return ok({ parsed, notes, waitedMs: read.waitedMs });
    }
    why = read.failure;
    if (why !== 'permission' && why !== 'missing') break;
  }
  if (why === 'other') return err({ code: 'unreadable', path: `/proc/${pid}/smaps`, detail: 'it could not be read' });
  return ok({
    parsed: new MapTextParser().end(),
    notes: why === 'permission' ? [{ code: 'no-permission' }] : [],
    waitedMs: 0,
  });
}

interface Taken {
  readonly at: Milliseconds;
  readonly facts: ProcessFacts;
  readonly layout: StatLayout;
  readonly read: MapRead;
  readonly after: MapEvidence | undefined;
  readonly ended: boolean;
}

function snapshotOf(target: Target, pid: number, { at, facts, layout, read, after, ended }: Taken): MapSnapshot {
  const { table } = read.parsed;
  const image = facts.executable === undefined ? undefined : after?.images.get(facts.executable);
  const bits = image === undefined || image === 'none' ? read.parsed.bits : image.bits;
  const pageSize = facts.pageSize ?? 4096;
  const context: MapContext = {
    bits,
    pageSize,
    startBrk: layout.startBrk,
    startStack: layout.startStack,
    ...(facts.executable === undefined ? {} : { executable: facts.executable }),
    ...(facts.status === undefined ? {} : { threadCount: facts.status.threads }),
    ...(after === undefined || after.threads.length === 0 ? {} : { threads: after.threads }),
    images: after?.images ?? new Map(),
    tmpfs: facts.tmpfs,
    existing: after?.existing ?? new Set(),
  };
  const threads = after === undefined || after.threads.length === 0 ? facts.status?.threads : after.threads.length;
  return {
    at,
    origin: {
      kind: 'process',
      target: target.id,
      process: { pid, startTicks: layout.startTicks },
      command: layout.command,
      ...(facts.commandLine === undefined ? {} : { commandLine: facts.commandLine }),
      ...(facts.executable === undefined ? {} : { executable: facts.executable }),
    },
    form: read.parsed.form,
    bits,
    pageSize,
    table,
    classes: classify(table, context),
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(after?.rollup === undefined || ended ? {} : { rollup: after.rollup }),
    ...(threads === undefined ? {} : { threads }),
    ...(facts.maxMapCount === undefined ? {} : { maxMapCount: facts.maxMapCount }),
    costMs: costOf(read.waitedMs, after?.rollupMs),
    notes: notesOf(read, facts, after, ended),
  };
}

/**
 * How long we waited for smaps. That counts the line to the target too, so it is bounded by what the target's own scheduler says of smaps_rollup, which
 * walks the same pages.
 */
function costOf(waitedMs: Milliseconds, rollupMs: Milliseconds | undefined): Milliseconds {
  return rollupMs === undefined ? waitedMs : Math.min(waitedMs, (rollupMs + TICK_MS) * SMAPS_OF_ROLLUP);
}

function notesOf(
  { parsed, notes }: MapRead,
  facts: ProcessFacts,
  after: MapEvidence | undefined,
  ended: boolean,
): readonly MapNote[] {
  // Of a process that has ended nothing more was to be had: that is one note, not five.
  if (ended) return [...parsed.notes, ...notes, { code: 'ended' }];
  const all = [...parsed.notes, ...notes];
  if (parsed.table.length === 0) return all;
  if (after === undefined) return [...all, { code: 'no-headers' }, { code: 'no-threads' }];
  if (after.unreadHeaders > 0) all.push({ code: 'no-headers', count: after.unreadHeaders });
  if (after.threads.length === 0) all.push({ code: 'no-threads' });
  else if (after.toldPointers === 0 && (facts.status?.threads ?? after.threads.length) > 1)
    all.push({ code: 'no-stack-pointers' });
  return all;
}
