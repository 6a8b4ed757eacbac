import type { Finding, LeakSummary, Note } from '../model/finding.js';
import type { Report, RunRecord } from '../model/report.js';
import type { Frame } from '../model/stack.js';
import { fingerprint } from './fingerprint.js';
import { sortFindings } from './order.js';
import { type Locate, type Located, placeFinding } from './place.js';
import { summarise } from './summary.js';

/** What was read from one or more reports, already folded. */
export interface ReportParts {
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  readonly summary?: LeakSummary;
  readonly partial: boolean;
}

/** Asks once for each file of each module. */
function remember(locate: Locate): Locate {
  const known = new Map<string, Located | undefined>();
  return (file, frame) => {
    const key = `${file}\0${frame.module ?? ''}`;
    if (!known.has(key)) known.set(key, locate(file, frame));
    return known.get(key);
  };
}

export function assembleReport(parts: ReportParts, locate: Locate, run?: RunRecord): Report {
  const cached = remember((file: string, frame: Frame) => locate(file, frame));
  const findings = sortFindings(parts.findings).map((finding) => ({
    ...finding,
    fingerprint: fingerprint(finding),
    ...placeFinding(finding, cached),
  }));
  return {
    findings,
    ...summarise(parts.findings, parts.summary),
    partial: parts.partial,
    notes: parts.notes,
    ...(run === undefined ? {} : { run }),
  };
}
