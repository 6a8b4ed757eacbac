import { formatBytes, formatCount } from '../../base/units.js';
import type { OomEvent, OomGfp, OomNote, OomReport } from '../../model/oom.js';
import type { OomReason } from './explain-oom.js';
import type { OomScoreCheck } from './oom-victim.js';
import type { OomZoneState, OomZoneVerdict } from './oom-zones.js';

/** One line for a list of events: what ran out, and what was done. */
export function oomHeadline(event: OomEvent): string {
  const { cgroup, constraint, killed, panic, chosen } = event;
  // Old kernels do not say whether it was the whole machine.
  const where = {
    memcg: cgroup?.path === undefined ? ' in a control group' : ` in the control group ${cgroup.path}`,
    none: ' in the machine',
    other: constraint?.told?.startsWith('UB ') === true ? ` in ${constraint.told} (a container of OpenVZ)` : '',
  };
  const bound = constraint?.kind;
  const what = event.isManual
    ? 'A kill was asked for'
    : `Memory ran out${bound === 'memcg' || bound === 'none' || bound === 'other' ? where[bound] : ''}`;
  const [first] = killed;
  if (first !== undefined) {
    const more = killed.length > 1 ? ` and ${formatCount(killed.length - 1, 'more process', 'more processes')}` : '';
    const held = first.anonRss === undefined ? '' : ` with ${formatBytes(first.anonRss)} of its own`;
    return `${what}: ${first.name} (${first.pid})${held} was killed${more}`;
  }
  if (event.isDeadlocked) return `${what}: nobody could be killed${panic === undefined ? '' : ', and the machine stopped'}`;
  if (panic !== undefined) return `${what}: the machine stopped, as vm.panic_on_oom says`;
  return chosen === undefined ? what : `${what}: ${chosen.name} (${chosen.pid}) was chosen`;
}

/** One sentence or two, with the numbers. */
export function oomReasonText(reason: OomReason): string {
  switch (reason.code) {
    case 'manual':
      return 'Somebody asked for this kill with SysRq f: memory need not have run out.';
    case 'group-limit':
      return `The control group${named(reason.group)} has reached its ${reason.limit} limit: ${formatBytes(reason.usage)} of ${formatBytes(reason.bound)}${reason.over > 0 ? `, ${formatBytes(reason.over)} beyond it` : ''}. The rest of the machine may have had memory.`;
    case 'group':
      return `Memory ran out in ${reason.group === undefined ? 'a control group' : `the control group ${reason.group}`}; the report shows no limit that was reached.`;
    case 'nodes':
      return `Only ${reason.nodes === undefined ? 'some nodes' : `node ${reason.nodes}`} could be used (${reason.by === 'cpuset' ? 'cpuset' : 'memory policy'}): other nodes may have had memory.`;
    case 'below-min':
      return `Less was free than the kernel keeps back from such a request: ${zoneList(reason.zones)}.`;
    case 'fragmented':
      return `Enough was free, but not in one piece: ${formatBytes(reason.block)} in a row (order ${reason.order}) were asked for, and ${pieceWords(reason.zones)}.`;
    case 'cma-only':
      return `Of ${formatBytes(reason.free)} free, ${formatBytes(reason.cma)} are CMA: only pages that can be moved may use it, and this request was for another kind.`;
    case 'free-elsewhere':
      return `${formatBytes(reason.free)} were free where this request can't take from: ${zoneList(reason.zones)}.`;
    case 'enough-free':
      return `When the report was printed, ${zoneList(reason.zones)} had enough: memory came back meanwhile, or the cause is not in the report.`;
    case 'no-request':
      return 'The report comes from a page fault that was refused; it does not tell what was asked for.';
    case 'swap-full':
      return `Swap was full: ${formatBytes(reason.total)}.`;
    case 'no-swap':
      return 'There was no swap.';
    case 'swap-left':
      return `Swap was left (${formatBytes(reason.free)} of ${formatBytes(reason.total)}): what filled the memory can't be swapped, or could not be written fast enough.`;
    case 'not-told':
      return 'The report does not tell enough to say why.';
  }
}

/** What the flags of a request mean here. */
export function oomRequestText(order: number | undefined, pageSize: number, gfp: OomGfp | undefined): string {
  const size =
    order === undefined
      ? 'memory'
      : order < 0
        ? 'no memory (a kill by hand)'
        : order === 0
          ? 'one page'
          : `${2 ** order} pages in a row (${formatBytes(pageSize * 2 ** order)})`;
  if (gfp?.flags === undefined)
    return gfp === undefined ? size : `${size}; what the flags 0x${gfp.mask.toString(16)} mean differs between kernels`;
  const words = [
    gfp.isMovable === true ? 'can be moved, so CMA will do' : "can't be moved, so CMA is out of reach",
    gfp.zone === 'DMA' || gfp.zone === 'DMA32' ? `must be in the zone ${gfp.zone}` : '',
    gfp.mayReclaim === true ? 'may wait for reclaim' : "can't wait for reclaim",
  ].filter((word) => word !== '');
  return `${size}: ${words.join(', ')}`;
}

/** How the printed score compares with the table of tasks. */
export function oomScoreText(score: OomScoreCheck): string {
  switch (score.kind) {
    case 'agrees':
      return `Score ${score.printed}: it follows from the table of tasks${score.withRootBonus ? ', with the 3 % that root had less' : ''}.`;
    case 'differs':
      return `Score ${score.printed}, where the table of tasks gives ${score.computed}: the task may have changed in between.`;
    case 'not-printed':
      return score.computed === undefined
        ? 'This kernel prints no score.'
        : `This kernel prints no score; by the table of tasks it is ${score.computed}.`;
    case 'not-computable':
      return `Score ${score.printed}; ${NOT_COMPUTABLE[score.why]}.`;
  }
}

const NOT_COMPUTABLE = {
  'old-kernel': 'before Linux 2.6.36 it was made of the address space and the run time, which the report does not tell',
  'not-in-table': 'the report has no table that it follows from',
  'no-total': 'the report does not tell the whole that it is a share of',
  'asker-taken': 'it was not used: vm.oom_kill_allocating_task takes the task that asked',
} as const;

/** What was not in the text, or could not be read. */
export function oomNoteText(note: OomNote): string {
  switch (note.code) {
    case 'no-beginning':
      return 'The line that says who asked is not in the text.';
    case 'no-end':
      return 'The text does not say who was killed.';
    case 'page-size-assumed':
      return 'The report does not tell the size of a page: 4 KiB are assumed.';
    case 'flags-not-known':
      return note.kernel === undefined
        ? 'The flags of the request are a number only, and what it means depends on the kernel version, which the report does not name.'
        : `The flags of the request are a number only; what it means in Linux ${note.kernel} is not known here.`;
    case 'rows-without-columns':
      return `${formatCount(note.count, 'row')} of the table of tasks from line ${note.line} on can't be read: the line that names the columns is missing.`;
    case 'lines-broken':
      return `${formatCount(note.count, 'line')} of the report can't be read whole (the first is line ${note.line}).`;
    case 'lines-dropped':
      return `The kernel says that it has dropped ${formatCount(note.count, 'line')}.`;
    case 'tasks-left-out':
      return `${formatCount(note.count, 'task')} more were in the table and are not kept.`;
  }
}

const named = (group: string | undefined): string => (group === undefined ? '' : ` ${group}`);

const MOST_ZONES = 4;

function pieceWords(zones: readonly OomZoneVerdict[]): string {
  const without = zones.filter(({ pieces }) => pieces === undefined);
  const kept = zones.flatMap(({ node, zone, pieces }) =>
    pieces === undefined
      ? []
      : [
          `node ${node} ${zone} had ${formatBytes(pieces.free)} in blocks of ${formatBytes(pieces.block)} or more, of which kernels before 4.4 keep ${formatBytes(pieces.kept)}`,
        ],
  );
  return [...(without.length === 0 ? [] : [`${zoneList(without)} had no such block`]), ...kept.slice(0, MOST_ZONES)].join('; ');
}

function zoneList(zones: readonly OomZoneVerdict[]): string {
  const shown = zones.slice(0, MOST_ZONES).map(({ node, zone, free, barred = 0, needed }) => {
    const usable = barred === 0 ? '' : `, ${formatBytes(Math.max(0, free - barred))} of it for this request`;
    const more = needed === undefined ? '' : `, needed are more than ${formatBytes(needed)}`;
    return `node ${node} ${zone} (${formatBytes(free)} free${usable}${more})`;
  });
  return shown.join(', ') + (zones.length > MOST_ZONES ? ` and ${zones.length - MOST_ZONES} more` : '');
}

/** How a zone stood for the request, in a word or two. */
export const oomZoneStateText = (state: OomZoneState): string => STATES[state];

const STATES: Readonly<Record<OomZoneState, string>> = {
  'below-min': 'too little free',
  fragmented: 'no block of the size, or too few',
  enough: 'enough free',
  'out-of-reach': 'not for this request',
  empty: 'has no memory',
  unknown: 'not told whether enough',
};

/** What of a log is near to its events and none of them: kills by others than the kernel, reports of memory without a kill. */
export function besideEvents({ otherKillers, memoryReports }: OomReport): readonly string[] {
  const each = otherKillers.map(
    ({ name, lines, firstLine }) => `${name} (${formatCount(lines, 'line')}, the first is line ${firstLine})`,
  );
  return [
    ...(each.length === 0 ? [] : [`Other programs have killed processes, and that is not explained here: ${each.join(', ')}.`]),
    ...(memoryReports === undefined ? [] : [memoryReportsText(memoryReports)]),
  ];
}

function memoryReportsText({ count, firstLine }: NonNullable<OomReport['memoryReports']>): string {
  const reports =
    count === 1
      ? `A report of the machine’s memory at line ${firstLine} does not say`
      : `${count} reports of the machine’s memory, the first at line ${firstLine}, do not say`;
  return `${reports} who asked or who was killed: an allocation failed, somebody asked for it (SysRq m), or its other lines are not in the text.`;
}

/** The largest that a date may be (ECMA-262). */
const MOST_MS = 8.64e15;

/**
 * `2026-11-21 15:50:12 UTC, 123.456 s after the boot`; undefined when the log does not tell. `bootMs`: when the machine was booted, in milliseconds since 1970.
 */
export function oomWhenText({ when }: OomEvent, bootMs: number | undefined): string | undefined {
  if (when === undefined) return undefined;
  const { unixMs, uptimeSeconds, text } = when;
  const at = unixMs ?? (uptimeSeconds === undefined || bootMs === undefined ? undefined : bootMs + uptimeSeconds * 1000);
  const date =
    at === undefined || !(Math.abs(at) <= MOST_MS) ? [] : [`${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`];
  const parts = [...date, ...(uptimeSeconds === undefined ? [] : [`${text} s after the boot`])];
  return parts.length === 0 ? text : parts.join(', ');
}
