import type { Finding, LeakSummary, SizeAndCount } from '../model/finding.js';

const NOTHING: SizeAndCount = { bytes: 0, blocks: 0 };

export const emptySummary: LeakSummary = {
  definitely: NOTHING,
  indirectly: NOTHING,
  possibly: NOTHING,
  reachable: NOTHING,
  suppressed: NOTHING,
};

const add = (a: SizeAndCount, b: SizeAndCount): SizeAndCount => ({ bytes: a.bytes + b.bytes, blocks: a.blocks + b.blocks });

export function addSummaries(a: LeakSummary, b: LeakSummary): LeakSummary {
  return {
    definitely: add(a.definitely, b.definitely),
    indirectly: add(a.indirectly, b.indirectly),
    possibly: add(a.possibly, b.possibly),
    reachable: add(a.reachable, b.reachable),
    suppressed: add(a.suppressed, b.suppressed),
  };
}

/** The row of valgrind's summary a leak belongs to; undefined for what is no leak, and for a leak whose reachability no engine has looked at. */
export function summaryRow(finding: Finding): 'definitely' | 'indirectly' | 'possibly' | 'reachable' | undefined {
  if (finding.kind !== 'leak') return undefined;
  switch (finding.leakKind) {
    case undefined:
      return finding.certainty === 'definite' ? 'definitely' : finding.certainty === 'possible' ? 'possibly' : undefined;
    case 'direct':
      return 'definitely';
    case 'indirect':
      return 'indirectly';
    case 'unreferenced':
      return 'possibly';
    case 'unfreed':
      return undefined;
    default:
      return finding.leakKind;
  }
}

/** Of what was not freed, where the engine does not tell more of it. */
export function unfreedSize(findings: readonly Finding[]): SizeAndCount {
  return findings
    .filter(({ leakKind }) => leakKind === 'unfreed')
    .reduce((sum, { bytes = 0, blocks = 0 }) => add(sum, { bytes, blocks }), NOTHING);
}

/**
 * Totals of folded findings. The engine's own summary is preferred: it also knows what was suppressed or not listed.
 * LeakSanitizer's direct and indirect leaks count as definitely and indirectly lost. `errors` counts every sighting.
 */
export function summarise(findings: readonly Finding[], fromEngine?: LeakSummary): { summary: LeakSummary; errors: number } {
  let counted = emptySummary;
  let errors = 0;
  for (const finding of findings) {
    if (finding.kind !== 'leak') errors += finding.count;
    const row = summaryRow(finding);
    if (row === undefined) continue;
    const size = { bytes: finding.bytes ?? 0, blocks: finding.blocks ?? 0 };
    counted = { ...counted, [row]: add(counted[row], size) };
  }
  return { summary: fromEngine ?? counted, errors };
}
