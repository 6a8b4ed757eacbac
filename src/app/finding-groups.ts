import { headline, kindTitle } from '../findings/wording.js';
import type { PlacedFinding } from '../model/report.js';
import type { StoredReport } from './findings-store.js';
import type { StoredFinding } from './line-entries.js';

export type Grouping = 'kind' | 'file' | 'engine';

export interface FindingGroup {
  /** Stable over runs: the view keeps what was open. */
  readonly key: string;
  /** A kind's title, an absolute path, or an engine's id; empty for findings with no file. */
  readonly label: string;
  /** Memory errors first, then by bytes, the largest first. */
  readonly findings: readonly StoredFinding[];
  /** Of the leaks. */
  readonly bytes: number;
  readonly blocks: number;
}

/** The findings that `filter` lets through, in groups; the group with the most bytes first, after those with memory errors. */
export function groupFindings(reports: readonly StoredReport[], grouping: Grouping, filter: string): readonly FindingGroup[] {
  const groups = new Map<string, StoredFinding[]>();
  for (const stored of reports) {
    for (const finding of stored.report.findings) {
      if (!passes(finding, filter)) continue;
      const label = labelOf(finding, grouping);
      const members = groups.get(label) ?? [];
      members.push({ stored, finding });
      groups.set(label, members);
    }
  }
  return [...groups]
    .map(([label, members]): FindingGroup => {
      const leaks = members.filter(({ finding }) => finding.kind === 'leak');
      return {
        key: `${grouping}:${label}`,
        label,
        findings: members.sort((a, b) => weight(b.finding) - weight(a.finding)),
        bytes: sum(leaks, 'bytes'),
        blocks: sum(leaks, 'blocks'),
      };
    })
    .sort((a, b) => errorsOf(b) - errorsOf(a) || b.bytes - a.bytes || a.label.localeCompare(b.label, 'en'));
}

/** Every word of the filter stands somewhere in what the finding shows; case does not matter. */
function passes(finding: PlacedFinding, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const frames = finding.stacks.flatMap((stack) => stack.frames);
  const text = [
    headline(finding),
    kindTitle(finding),
    finding.kind,
    finding.engine,
    finding.message,
    finding.place?.function,
    finding.place?.file,
    ...frames.flatMap((frame) => [frame.function, frame.file, frame.module]),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function labelOf(finding: PlacedFinding, grouping: Grouping): string {
  switch (grouping) {
    case 'kind':
      return kindTitle(finding);
    case 'file':
      return finding.place?.file ?? '';
    case 'engine':
      return finding.engine;
  }
}

const weight = (finding: PlacedFinding): number => (finding.kind === 'leak' ? (finding.bytes ?? 0) : Number.MAX_SAFE_INTEGER);
const errorsOf = (group: FindingGroup): number => (group.findings.some(({ finding }) => finding.kind !== 'leak') ? 1 : 0);
const sum = (members: readonly StoredFinding[], of: 'bytes' | 'blocks'): number =>
  members.reduce((total, { finding }) => total + (finding[of] ?? 0), 0);
