import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { unfreedSize } from '../findings/summary.js';
import type { Finding, LeakSummary, SizeAndCount } from '../model/finding.js';
import type { Report } from '../model/report.js';

const sized = ({ bytes, blocks }: SizeAndCount): string => `${formatBytes(bytes)} in ${formatCount(blocks, 'block')}`;
const sum = (a: SizeAndCount, b: SizeAndCount): SizeAndCount => ({ bytes: a.bytes + b.bytes, blocks: a.blocks + b.blocks });
const isEmpty = ({ bytes, blocks }: SizeAndCount): boolean => bytes === 0 && blocks === 0;

/** One sentence on a run: `AddressSanitizer: list.c leaks 1.6 KiB in 100 blocks and has 2 memory errors.` */
export function resultSentence(title: string, engine: string, report: Report): string {
  const { findings, summary, errors } = report;
  const name = visibleText(title);
  if (findings.length === 0) return `${engine} ${nothingFound(report)} ${name}.`;
  const lost = sum(summary.definitely, summary.indirectly);
  const parts = [
    ...(isEmpty(lost) ? [] : [`leaks ${sized(lost)}`]),
    ...(isEmpty(summary.possibly) ? [] : [`may leak ${sized(summary.possibly)}`]),
    ...(errors > 0 ? [`has ${formatCount(errors, 'memory error')}`] : []),
  ];
  // Hardly a fault, and no part of a short answer when there are some.
  if (parts.length === 0 && !isEmpty(summary.reachable)) parts.push(`still holds ${sized(summary.reachable)} at its end`);
  const unfreed = unfreedSize(findings);
  if (parts.length === 0 && !isEmpty(unfreed)) parts.push(`has not freed ${sized(unfreed)} at its end`);
  if (parts.length === 0) parts.push(`has ${formatCount(findings.length, 'finding')}`);
  const last = parts.pop() ?? '';
  return `${engine}: ${name} ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}.`;
}

/** What did not look for everything does not say that nothing is there. */
function nothingFound({ partial, notes, run }: Report): string {
  if (partial || notes.some(({ severity }) => severity === 'error')) return 'gave no complete report on';
  if (notes.some(({ code }) => code === 'no-leak-check')) return 'found no memory error in';
  if (run?.engine === 'heaptrack') return 'found nothing that was not freed in';
  return 'found no leak and no memory error in';
}

/** The size of a leak or the facts of an error, in the few words that a narrow view shows: `12 KiB in 3 blocks`, `reads 4 bytes`. */
export function shortTitle(finding: Finding, kindTitle: string): string {
  const { bytes, blocks, access, size, count } = finding;
  if (finding.kind === 'leak') {
    if (bytes !== undefined) return blocks === undefined ? formatBytes(bytes) : sized({ bytes, blocks });
    return blocks === undefined ? kindTitle : formatCount(blocks, 'block');
  }
  const verb = access === undefined ? kindTitle : `${access}s${size === undefined ? '' : ` ${formatBytes(size)}`}`;
  return count > 1 ? `${verb} × ${count.toLocaleString('en-US')}` : verb;
}

/** What is lost for certain or perhaps, lines that grow, and the memory errors: `1.6 KiB leaked, 1 growing line, 2 errors`. */
export function shortTotal({ summary, errors, findings }: Report): string {
  const lost = summary.definitely.bytes + summary.indirectly.bytes + summary.possibly.bytes;
  const growing = findings.filter(({ certainty }) => certainty === 'growing').length;
  const unfreed = unfreedSize(findings).bytes;
  const parts = [
    ...(lost > 0 ? [`${formatBytes(lost)} leaked`] : []),
    ...(growing > 0 ? [formatCount(growing, 'growing line')] : []),
    ...(errors > 0 ? [formatCount(errors, 'error')] : []),
    // Engines without a leak check have findings of other kinds only.
    ...(lost === 0 && errors === 0 && summary.reachable.bytes > 0 ? [`${formatBytes(summary.reachable.bytes)} reachable`] : []),
    ...(lost === 0 && errors === 0 && unfreed > 0 ? [`${formatBytes(unfreed)} not freed`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return findings.length === 0 ? 'no leaks, no errors' : formatCount(findings.length, 'finding');
}

/** A total of Valgrind's leak summary, or of what it has no word for. */
export interface SummaryRow {
  readonly key: keyof LeakSummary | 'unfreed' | 'errors';
  readonly title: string;
  /** `12 KiB in 3 blocks`, or a number of errors. */
  readonly size: string;
  /** One sentence. */
  readonly meaning: string;
}

/** Every total that is not zero, in Valgrind's order, with what it means. */
export function summaryRows({ summary, errors, findings }: Report): readonly SummaryRow[] {
  const sizes = { ...summary, unfreed: unfreedSize(findings) };
  const row = (key: keyof typeof sizes, title: string, meaning: string): readonly SummaryRow[] =>
    isEmpty(sizes[key]) ? [] : [{ key, title, size: sized(sizes[key]), meaning }];
  return [
    ...row('definitely', 'Definitely lost', 'No pointer to the block is left: it can never be freed.'),
    ...row('indirectly', 'Indirectly lost', 'Only lost blocks point to it: freeing those rightly usually frees it too.'),
    ...row(
      'possibly',
      'Possibly lost',
      'Only pointers into the middle of the block are left, or, in a kernel, none that kmemleak finds.',
    ),
    ...row('reachable', 'Still reachable', 'The program still had a pointer to the block when it ended.'),
    ...row('unfreed', 'Not freed', 'In use at the end, or lost: which of both was not looked at.'),
    ...row('suppressed', 'Suppressed', 'Left out because of a suppression file.'),
    ...(errors === 0
      ? []
      : [
          {
            key: 'errors' as const,
            title: 'Memory errors',
            size: errors.toLocaleString('en-US'),
            meaning: 'Each is counted as often as it was seen.',
          },
        ]),
  ];
}
