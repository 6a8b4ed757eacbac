import { judged, type ProcessFacts } from '../../../src/findings/standing.js';
import type { PlacedFinding, Voice } from '../../../src/model/report.js';

/** A finding that stands alone in its report. */
export const judgedOne = (finding: PlacedFinding, voices: readonly Voice[], facts: ProcessFacts): PlacedFinding =>
  judged([[finding, voices]], facts)[0]!;
