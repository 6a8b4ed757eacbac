import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { Finding, LeakSummary } from '../model/finding.js';
import type { StackRole } from '../model/stack.js';
import { allocatorOf } from './allocator.js';
import { accessOf, whereOf } from './facts.js';
import { kindText } from './kinds.js';
import { emptySummary, summarise, summaryRow, unfreedSize } from './summary.js';

export { allocatorOf } from './allocator.js';

export type Severity = 'error' | 'warning' | 'information';

/**
 * The block is libc's table of the thread-local variables of a thread. Memcheck calls it possibly lost when the thread is
 * still running at the end of the program, which is no fault, and just so when nobody joined it, which is one.
 */
function isThreadTable(finding: Finding): boolean {
  return (
    finding.leakKind === 'possibly' &&
    finding.stacks.some(
      ({ role, frames }) =>
        role === 'allocation' && frames.slice(0, 5).some((frame) => frame.function?.startsWith('_dl_allocate_tls') === true),
    )
  );
}

/**
 * Error: lost memory and memory errors. Warning: what the engine is not sure of. Information: still reachable at the end, or
 * just not freed, and what belongs to a thread.
 */
export function severityOf(finding: Finding): Severity {
  if (finding.leakKind === 'reachable' || finding.leakKind === 'unfreed' || isThreadTable(finding)) return 'information';
  if (finding.kind === 'leak') {
    const row = summaryRow(finding);
    return row === 'definitely' || row === 'indirectly' ? 'error' : 'warning';
  }
  return finding.certainty === 'definite' ? 'error' : 'warning';
}

/** The most severe of several; `information` of none. */
export function worstSeverity(findings: readonly Finding[]): Severity {
  const all = findings.map(severityOf);
  return all.includes('error') ? 'error' : all.includes('warning') ? 'warning' : 'information';
}

/** `200 KiB in 50 blocks`; undefined when the engine gave neither. */
function sizeOf(finding: Pick<Finding, 'bytes' | 'blocks'>): string | undefined {
  const { bytes, blocks } = finding;
  if (bytes !== undefined)
    return blocks === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} in ${formatCount(blocks, 'block')}`;
  return blocks === undefined ? undefined : formatCount(blocks, 'block');
}

function leakHeadline(finding: Finding): string {
  if (finding.certainty === 'growing') return finding.message;
  const size = sizeOf(finding) ?? 'memory';
  const allocator = allocatorOf(finding);
  const by = allocator === undefined ? '' : `, allocated by ${allocator}`;
  switch (finding.leakKind) {
    case 'reachable':
      return `Still reachable at exit: ${size}${by}`;
    case 'unfreed':
      return `Not freed at the end: ${size}${by}`;
    case 'possibly':
      return isThreadTable(finding)
        ? `A thread was still running at exit, or was never joined: ${size} (possibly lost)`
        : `May leak ${size} (possibly lost)${by}`;
    case 'unreferenced':
      return `May leak ${size} (unreferenced)${by}`;
    case 'definitely':
      return `Leaks ${size} (definitely lost)${by}`;
    case 'indirectly':
      return `Leaks ${size} (indirectly lost)${by}`;
    case 'direct':
      return `Leaks ${size} (direct leak)${by}`;
    case 'indirect':
      return `Leaks ${size} (indirect leak)${by}`;
    default:
      return `${finding.certainty === 'definite' ? 'Leaks' : 'May leak'} ${size}${by}`;
  }
}

/** What the engine's own sentence says beyond the name of the kind and the address. */
function explanationOf(finding: Finding, title: string): string {
  const message = finding.message.trim();
  // the only sentence of an engine that is about its own layout
  if (message.startsWith('Jump to the invalid address')) return '';
  const named = finding.kind !== '' && message.startsWith(finding.kind) && docPageOf(finding) !== 'fatal-signal.md';
  const rest = (named ? message.slice(finding.kind.length) : message)
    .replace(/(?:^|[: ]{1,2})on (?:unknown )?(?:address )?0x[0-9a-fA-F]+(?: in thread T\d+)?$/, '')
    .replace(/^[: ]{1,3}/, '')
    .replace(/^\(([^()]*)\)$/, '$1');
  return /^(?:0x[0-9a-fA-F]+)?$/.test(rest) || rest.toLowerCase() === title.toLowerCase() ? '' : rest;
}

/** An access is told by its facts; a free by the block it is about; everything else by the engine's own sentence. */
function errorHeadline(finding: Finding): string {
  const { title, page } = kindText(finding);
  const access = accessOf(finding);
  const where = whereOf(finding);
  const isFree = page === 'invalid-free.md' || page === 'double-free.md';
  const own = access !== undefined || (isFree && where !== undefined) ? undefined : explanationOf(finding, title);
  const facts = [access, own === '' ? undefined : own, where].filter((part) => part !== undefined).join(', ');
  const at = where === undefined && own === undefined && finding.address !== undefined ? ` at ${finding.address}` : '';
  const times = finding.count > 1 ? ` (seen ${formatCount(finding.count, 'time')})` : '';
  return `${title}${facts === '' ? '' : `: ${facts}`}${at}${times}`;
}

/** One line that says what a person needs: `Leaks 200 KiB in 50 blocks (definitely lost), allocated by malloc`. */
export function headline(finding: Finding): string {
  return visibleText(finding.kind === 'leak' ? leakHeadline(finding) : errorHeadline(finding));
}

/** What the kind is called, for groups: `Definitely lost`, `Heap use after free`, or the engine's own name. */
export function kindTitle(finding: Finding): string {
  return visibleText(kindText(finding).title);
}

/** What the kind means, in one sentence. */
export function explainKind(finding: Finding): string {
  return kindText(finding).explanation;
}

/** The file in docs/kinds that explains it: `leak.md`. */
export function docPageOf(finding: Finding): string {
  return kindText(finding).page;
}

const ROLES: Readonly<Record<StackRole, string>> = {
  allocation: 'allocated here',
  free: 'freed here',
  access: 'accessed here',
  thread: 'thread created here',
  origin: 'uninitialised value created here',
  other: 'see also',
};

export function roleTitle(role: StackRole): string {
  return ROLES[role];
}

/** One message for findings on one line: the sum, and each finding on a line under it. Of one finding, its headline. */
export function sentenceOfSeveral(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return '';
  if (findings.length === 1) return headline(first);
  const { summary, errors } = summarise(findings);
  const lost = add(summary.definitely, summary.indirectly);
  const unfreed = unfreedSize(findings);
  const parts = [
    errors === 0 ? undefined : formatCount(errors, 'memory error'),
    lost.blocks + lost.bytes === 0 ? undefined : `leaks ${sizeOf(lost) ?? ''}`,
    summary.possibly.bytes + summary.possibly.blocks === 0 ? undefined : `may leak ${sizeOf(summary.possibly) ?? ''}`,
    summary.reachable.bytes + summary.reachable.blocks === 0
      ? undefined
      : `still reachable at exit: ${sizeOf(summary.reachable) ?? ''}`,
    isEmpty(unfreed) ? undefined : `not freed at the end: ${sizeOf(unfreed) ?? ''}`,
  ].filter((part) => part !== undefined);
  const sum = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return [`${formatCount(findings.length, 'finding')}${sum}`, ...findings.map((finding) => `• ${headline(finding)}`)].join('\n');
}

const add = (a: LeakSummary['definitely'], b: LeakSummary['definitely']): LeakSummary['definitely'] => ({
  bytes: a.bytes + b.bytes,
  blocks: a.blocks + b.blocks,
});

const ROWS: readonly (readonly [keyof LeakSummary, string, string])[] = [
  ['definitely', 'definitely', 'Definitely lost: no pointer to the block is left, it can never be freed.'],
  ['indirectly', 'indirectly', 'Indirectly lost: only lost blocks point to it; freeing those rightly usually frees it too.'],
  [
    'possibly',
    'possibly',
    'Possibly lost: only pointers into the middle of the block are left, or, in a kernel, none that kmemleak finds.',
  ],
  ['reachable', 'still reachable', 'Still reachable: the program still had a pointer to the block when it ended.'],
  ['suppressed', 'suppressed', 'Suppressed: left out because of a suppression file.'],
];

const isEmpty = (row: LeakSummary['definitely']): boolean => row.bytes === 0 && row.blocks === 0;

/** `definitely 12 KiB in 3 blocks · possibly 8 bytes in 1 block · 2 growing lines · 2 errors`; what is zero is left out. */
export function summaryLine(summary: LeakSummary = emptySummary, errors = 0, findings: readonly Finding[] = []): string {
  const parts = ROWS.filter(([row]) => !isEmpty(summary[row])).map(([row, title]) => `${title} ${sizeOf(summary[row]) ?? ''}`);
  const unfreed = unfreedSize(findings);
  if (!isEmpty(unfreed)) parts.push(`not freed ${sizeOf(unfreed) ?? ''}`);
  const growing = findings.filter(({ certainty }) => certainty === 'growing').length;
  if (growing > 0) parts.push(formatCount(growing, 'growing line'));
  if (errors > 0) parts.push(formatCount(errors, 'error'));
  return parts.length === 0 ? 'no leaks, no errors' : parts.join(' · ');
}

/** Every row of the summary on a line of its own, with what it means. */
export function summaryTooltip(summary: LeakSummary = emptySummary, errors = 0): string {
  const rows = ROWS.filter(([row]) => row !== 'suppressed' || !isEmpty(summary[row])).map(
    ([row, title, meaning]) => `${title} ${sizeOf(summary[row]) ?? ''} — ${meaning}`,
  );
  return [...rows, `${formatCount(errors, 'error')} — Memory errors, each counted as often as it was seen.`].join('\n');
}
