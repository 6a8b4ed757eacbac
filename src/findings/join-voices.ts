import type { PlacedFinding, Report, Voice } from '../model/report.js';
import { sortFindings } from './order.js';
import { standingOf, voiceOf } from './standing.js';
import { summarise } from './summary.js';

/**
 * Two looks at one process as one report: where both speak of the same line, there is one finding with both voices. What an engine said before is dropped
 * when it speaks again. `now` is the later one; its notes and its run are those of the whole.
 */
export function joinVoices(before: Report, now: Report): Report {
  const engine = now.run?.engine;
  // Where it named lost blocks, lines that only touch memory after them look as if they grew: then nothing is concluded.
  const foundNothing =
    engine === 'leak-check' &&
    !now.partial &&
    now.findings.length === 0 &&
    !now.notes.some(({ severity }) => severity !== 'info');
  const older = new Map<string, PlacedFinding[]>();
  const isFromNow = new Set(now.findings.map((finding) => finding.engine));
  for (const finding of before.findings) {
    if (isFromNow.has(finding.engine) || before.run?.engine === engine) continue;
    const key = siteOf(finding);
    older.set(key, [...(older.get(key) ?? []), finding]);
  }
  const joined: PlacedFinding[] = [];
  const told = new Set<string>();
  for (const finding of now.findings) {
    const key = siteOf(finding);
    // Several findings of one line, such as direct and indirect leaks: the older voice is told with the first one.
    const others = finding.kind === 'leak' && !told.has(key) ? (older.get(key) ?? []) : [];
    if (others.length > 0) told.add(key);
    joined.push(
      withVoices(
        finding,
        others.flatMap((other) => [voiceOf(other), ...(other.voices ?? [])]),
        foundNothing,
        isFromNow,
      ),
    );
  }
  for (const [key, findings] of older) {
    if (told.has(key)) continue;
    for (const finding of findings) joined.push(withVoices(finding, finding.voices ?? [], foundNothing, isFromNow));
  }
  const findings = sortFindings(joined);
  return { ...now, findings, ...summarise(findings) };
}

function withVoices(
  finding: PlacedFinding,
  voices: readonly Voice[],
  foundNothing: boolean,
  dropped: ReadonlySet<string>,
): PlacedFinding {
  const { voices: _, standing: __, ...plain } = finding;
  const kept = voices.filter(({ engine }) => engine !== finding.engine && !dropped.has(engine));
  const standing = standingOf(finding, { voices: kept, foundNothingLost: foundNothing });
  return { ...plain, ...(kept.length === 0 ? {} : { voices: kept }), ...(standing === undefined ? {} : { standing }) };
}

/** The line of the user that it is about; of one without a line, the finding itself. */
const siteOf = ({ place, fingerprint }: PlacedFinding): string =>
  place === null || place.file === null || place.line === null ? fingerprint : `${place.file}\0${place.line}`;
