import { formatBytes, formatCount } from '../../base/units.js';
import type { OomEvent, OomField, OomGroupStats, OomKilled } from '../../model/oom.js';
import type { OomExplanation } from './explain-oom.js';
import { fieldsOfAll } from './group-fields.js';
import { oomCulpritText } from './oom-culprit-words.js';
import type { OomHolder, OomVictim } from './oom-victim.js';
import { oomNoteText, oomReasonText, oomRequestText, oomScoreText } from './oom-words.js';

/** The largest amounts of a control group, from large to small: of version 1 with those of the groups below it. */
export function groupAmounts(group: OomGroupStats): readonly OomField[] {
  return (fieldsOfAll(group) ?? group.fields)
    .filter(({ name, unit, value }) => unit === 'bytes' && value > 0 && !name.startsWith('hierarchical_'))
    .sort((a, b) => b.value - a.value);
}

/** An event in sentences, in the order in which it is told. */
export interface OomStory {
  readonly asked: readonly string[];
  readonly why: readonly string[];
  /** Who held the memory, where it is not simply the one that was killed. */
  readonly held: readonly string[];
  readonly chosen: readonly string[];
  readonly killed: readonly string[];
  /** What was not in the text, or could not be read. */
  readonly missing: readonly string[];
}

/** What a person is told of an event; names are as in the log and may hold any character. */
export function oomStory(event: OomEvent, explained: OomExplanation): OomStory {
  return {
    asked: asked(event),
    why: explained.reasons.map(oomReasonText),
    held: explained.culprits.map(oomCulpritText),
    chosen: chosen(event, explained),
    killed: killed(event, explained),
    missing: missing(event),
  };
}

function asked({ asker, pageSize }: OomEvent): readonly string[] {
  if (asker === undefined) return [];
  const { command, pid, order, gfp, oomScoreAdj, oomAdj, nodemask, memsAllowed, cpuset } = asker;
  const who = command === undefined ? 'A task' : `${command}${pid === undefined ? '' : ` (${pid})`}`;
  const sentences: string[] = [];
  if (gfp !== undefined || order !== undefined) sentences.push(`${who} asked for ${oomRequestText(order, pageSize, gfp)}.`);
  else sentences.push(`${who} asked for memory.`);
  if (gfp?.flags !== undefined) {
    const by =
      gfp.namedBy === 'version'
        ? ' (named by the kernel version)'
        : gfp.namedBy === 'age'
          ? ' (the same in all kernels that print it so)'
          : '';
    const unknown =
      gfp.unknownBits === undefined || gfp.unknownBits === 0 ? '' : `; unknown bits 0x${gfp.unknownBits.toString(16)}`;
    sentences.push(`Flags 0x${gfp.mask.toString(16)}: ${gfp.flags.join(' | ') || 'none'}${by}${unknown}.`);
  }
  if (oomScoreAdj !== undefined && oomScoreAdj !== 0) sentences.push(`Its oom_score_adj was ${oomScoreAdj}.`);
  if (oomAdj !== undefined && oomAdj !== 0) sentences.push(`Its oom_adj was ${oomAdj}.`);
  if (nodemask !== undefined) sentences.push(`Its memory policy allows the nodes ${nodemask}.`);
  if (cpuset !== undefined && cpuset !== '/')
    sentences.push(`Its cpuset is ${cpuset}${memsAllowed === undefined ? '' : `, with the nodes ${memsAllowed}`}.`);
  return sentences;
}

function chosen(event: OomEvent, { tasks, victim }: OomExplanation): readonly string[] {
  const told = event.chosen ?? event.killed[0];
  if (told === undefined) return event.isDeadlocked ? [nobody(tasks.exempt, event.tasks.length)] : [];
  const who = `${told.name} (${told.pid})`;
  const { holder } = victim;
  const sentences: string[] = [];
  if (event.killsAsker) sentences.push(`${who} was taken because it asked: vm.oom_kill_allocating_task is set.`);
  else sentences.push(`${who} was chosen${holder === undefined ? '; the table of tasks does not show it' : ''}.`);
  if (holder !== undefined) sentences.push(...heldWords(holder, tasks.total));
  if (!event.killsAsker && holder !== undefined) sentences.push(...rank(victim));
  if (victim.score !== undefined && victim.score.kind !== 'not-printed') sentences.push(oomScoreText(victim.score));
  if (tasks.exempt > 0)
    sentences.push(
      `${formatCount(tasks.exempt, 'task was exempt', 'tasks were exempt')} (oom_score_adj -1000${event.tasks.some(({ oomAdj }) => oomAdj !== undefined) ? ', oom_adj -17' : ''}).`,
    );
  return sentences;
}

const nobody = (exempt: number, tasks: number): string =>
  tasks === 0
    ? 'Nobody could be chosen.'
    : `Nobody could be chosen: of ${formatCount(tasks, 'task')} in the table ${exempt === 1 ? '1 was' : `${exempt} were`} exempt.`;

function heldWords({ task, held, points, isExempt }: OomHolder, total: number | undefined): readonly string[] {
  const parts = [
    ...(task.rss === undefined ? [] : [`RSS ${formatBytes(task.rss)}`]),
    ...(task.swap === undefined || task.swap === 0 ? [] : [`swap ${formatBytes(task.swap)}`]),
    ...(task.pageTables === undefined ? [] : [`page tables ${formatBytes(task.pageTables)}`]),
  ];
  if (parts.length === 0) return [];
  const share =
    total === undefined || total <= 0
      ? ''
      : `, ${thousandths(held, total)} thousandths of the ${formatBytes(total)} that could be used`;
  const adj = task.oomScoreAdj ?? 0;
  const sentences = [`It held ${formatBytes(held)} (${parts.join(', ')})${share}.`];
  if (adj !== 0 && !isExempt) {
    const all = points === undefined || total === undefined ? '' : `: ${thousandths(points, total)} in all`;
    sentences.push(`Its oom_score_adj ${adj > 0 ? 'adds' : 'takes off'} ${Math.abs(adj)} thousandths${all}.`);
  }
  return sentences;
}

const thousandths = (bytes: number, total: number): number => Math.floor((bytes * 1000) / total);

function rank({ higher }: OomVictim): readonly string[] {
  if (higher === undefined) return [];
  if (higher.length === 0) return ['No other task that could be chosen had more points.'];
  const [first] = higher;
  const most = first === undefined ? '' : `, the first of them ${first.task.name} (${first.task.pid})`;
  return [
    `${formatCount(higher.length, 'task')} had more points by the table${most}: they may have been outside of what ran out, or on their way out already.`,
  ];
}

function killed(event: OomEvent, { victim }: OomExplanation): readonly string[] {
  const sentences = event.killed.slice(0, MOST_KILLED).map(killedText);
  const more = event.killed.length - MOST_KILLED;
  if (more > 0) sentences.push(`and ${formatCount(more, 'more process', 'more processes')}.`);
  if (victim.isChild)
    sentences.push('It was a child of the one that was chosen: until Linux 5.0 a child with memory of its own was taken first.');
  if (event.cgroup?.killsWhole !== undefined)
    sentences.push(`All of the control group ${event.cgroup.killsWhole} was to be killed (memory.oom.group).`);
  for (const { name, pid, left } of event.reaped) {
    sentences.push(
      left === undefined
        ? `The OOM reaper could not free the memory of ${name} (${pid}) itself.`
        : `The OOM reaper left ${formatBytes(left.anonRss)} of the anonymous memory of ${name} (${pid}).`,
    );
  }
  if (victim.freed !== undefined)
    sentences.push(`At least ${formatBytes(victim.freed)} came free: the anonymous memory of what was killed.`);
  if (event.panic !== undefined) sentences.push(`The machine stopped: ${event.panic}.`);
  return sentences;
}

const MOST_KILLED = 20;

function killedText({ name, pid, uid, rss, anonRss, fileRss, shmemRss, swap, pageTables, totalVm }: OomKilled): string {
  const parts: readonly (readonly [string, number | undefined])[] = [
    ['RSS', rss],
    ['anonymous', anonRss],
    ['of files', fileRss],
    ['shared', shmemRss],
    ['in swap', swap],
    ['page tables', pageTables],
    ['address space', totalVm],
  ];
  const told = parts.flatMap(([what, bytes]) => (bytes === undefined ? [] : [`${what} ${formatBytes(bytes)}`]));
  const user = uid === undefined ? '' : ` of user ${uid}`;
  return `${name} (${pid})${user} was killed${told.length === 0 ? '' : `: ${told.join(', ')}`}.`;
}

function missing({ notes, foreignLines }: OomEvent): readonly string[] {
  const told = notes.map(oomNoteText);
  return foreignLines === 0
    ? told
    : [
        ...told,
        `${formatCount(foreignLines, 'line')} between those of the report ${foreignLines === 1 ? 'is' : 'are'} none of it.`,
      ];
}
