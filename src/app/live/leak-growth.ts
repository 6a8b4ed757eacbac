import { formatBytes, formatCount, formatDuration, type Milliseconds } from '../../base/units.js';
import { fingerprint } from '../../findings/fingerprint.js';
import type { Finding } from '../../model/finding.js';

const MINUTE_MS = 60_000;

/** What is lost now, each leak with what it was at a check `sinceMs` before: two checks can tell what goes on. */
export function withGrowth(before: readonly Finding[], now: readonly Finding[], sinceMs: Milliseconds): readonly Finding[] {
  const past = new Map(before.map((finding) => [fingerprint(finding), finding]));
  return now.map((finding) => {
    if (finding.kind !== 'leak' || finding.bytes === undefined) return finding;
    const words = growthWords(past.get(fingerprint(finding)), finding.bytes, finding.blocks ?? 0, sinceMs);
    return { ...finding, details: [...(finding.details ?? []), words] };
  });
}

function growthWords(past: Finding | undefined, bytes: number, blocks: number, sinceMs: Milliseconds): string {
  const ago = `${formatDuration(sinceMs)} before`;
  const more = bytes - (past?.bytes ?? 0);
  if (more <= 0) return `Not growing: it was as much at the check ${ago}.`;
  const rate = `${formatBytes(Math.round((more * MINUTE_MS) / sinceMs))} a minute`;
  if (past === undefined) return `New since the check ${ago}: ${rate}.`;
  return `Still growing: ${formatBytes(past.bytes ?? 0)} in ${formatCount(past.blocks ?? 0, 'block')} at the check ${ago}, ${formatBytes(bytes)} in ${formatCount(blocks, 'block')} now; ${rate}.`;
}
