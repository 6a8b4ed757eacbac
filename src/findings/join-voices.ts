import { LIVE_WAYS } from '../model/live.js';
import type { PlacedFinding, Report } from '../model/report.js';
import { sortFindings } from './order.js';
import { type Heard, judged, NOTHING_LOST, type ProcessFacts, voiceOf } from './standing.js';
import { summarise } from './summary.js';

/**
 * Two looks at one process as one report: where both speak of the same line, there is one finding with both voices. What an engine said before is dropped
 * when it speaks again. `now` is the later one; its notes and its run are those of the whole. `facts`: of all looks until now.
 */
export function joinVoices(before: Report, now: Report, facts: ProcessFacts = {}): Report {
  const engine = now.run?.engine;
  // Where it named lost blocks, lines that only touch memory after them look as if they grew: then nothing is concluded.
  const foundNothing =
    engine === 'leak-check' &&
    !now.partial &&
    now.findings.length === 0 &&
    !now.notes.some(({ severity }) => severity !== 'info');
  const older = new Map<string, PlacedFinding[]>();
  const speaks = new Set(now.findings.map((finding) => finding.engine));
  // It speaks again, though it may have found nothing this time. A leak check's findings are in the words of the sanitizer that made it.
  const isAgain: IsAgain = (id) =>
    speaks.has(id) || id === engine || (engine === 'leak-check' && !(LIVE_WAYS as readonly string[]).includes(id));
  for (const finding of before.findings) {
    if (isAgain(finding.engine)) continue;
    const key = siteOf(finding);
    older.set(key, [...(older.get(key) ?? []), finding]);
  }
  const joined: Heard[] = [];
  const told = new Set<string>();
  for (const finding of now.findings) {
    const key = siteOf(finding);
    // Several findings of one line, such as direct and indirect leaks: the older voice is told with the first one.
    const others = finding.kind === 'leak' && !told.has(key) ? (older.get(key) ?? []) : [];
    if (others.length > 0) told.add(key);
    const voices = others.flatMap((other) => [voiceOf(other), ...(other.voices ?? []).filter(({ of }) => of !== 'process')]);
    const heard = voices.filter(({ engine: id }) => id !== finding.engine && !isAgain(id));
    joined.push([finding, heard]);
  }
  for (const [key, findings] of older) {
    if (told.has(key)) continue;
    for (const finding of findings) {
      const heard = (finding.voices ?? []).filter((voice) => !isAgain(voice.engine));
      const voices = foundNothing && finding.certainty === 'growing' ? [...heard, NOTHING_LOST] : heard;
      joined.push([finding, voices]);
    }
  }
  const findings = sortFindings(judged(joined, facts));
  return { ...now, findings, ...summarise(findings) };
}

type IsAgain = (engine: string) => boolean;

/** The line of the user that it is about; of one without a line, the finding itself. */
const siteOf = ({ place, fingerprint }: PlacedFinding): string =>
  place === null || place.file === null || place.line === null ? fingerprint : `${place.file}\0${place.line}`;
