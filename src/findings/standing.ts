import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { LeakKind } from '../model/finding.js';
import type { LeakCheck } from '../model/leak-check.js';
import type { LookSpan } from '../model/live.js';
import type { MappedPart, PlacedFinding, Report, Standing, Voice } from '../model/report.js';
import type { Segment } from '../model/segment.js';
import { trackOf, trackWords } from './check-words.js';
import { heldEvidence, mallocVoice } from './held-memory.js';
import { headline } from './wording.js';

/** What is known of the process of a finding, beside what was said of its line. */
export interface ProcessFacts {
  /** Looks into it, in any order; of each way but malloc-info the newest. */
  readonly looks?: readonly LookSpan[];
  /** The verdict of its trend, made after the look: `USS grows by 14.1 MiB an hour over 31 min (leak)`. */
  readonly trend?: string;
  /** The leak check of a program that goes on, whose report this is. */
  readonly check?: LeakCheck;
}

const LOST: readonly (LeakKind | undefined)[] = ['definitely', 'indirectly', 'direct', 'indirect'];
/** What no allocator gives blocks from. Pages of hugetlbfs are left out: an allocator may have been told to take them. */
const NOT_HEAP: ReadonlySet<Segment> = new Set([
  'main-stack',
  'thread-stack',
  'guard',
  'library-text',
  'library-read-only-data',
  'library-data',
  'library-bss',
  'file',
  'shared-anonymous',
  'tmpfs',
  'memfd',
  'posix-shm',
  'sysv-shm',
  'device',
]);

/** A finding, and what was said beside it: by other looks at its line, and of the whole process. */
export type Heard = readonly [PlacedFinding, readonly Voice[]];

/** With what all of that says of their memory. What follows from the facts is made anew. */
export function judged(heard: readonly Heard[], facts: ProcessFacts): readonly PlacedFinding[] {
  const grown = grownByFunction(heard);
  return heard.map(([finding, voices]) => {
    const { voices: _, standing: __, ...plain } = finding;
    if (finding.kind !== 'leak') return plain;
    const ofLine = ofLineOf([finding, voices]);
    const malloc = ofLine.map((voice) => mallocVoice(voice, facts.looks ?? [])).find((voice) => voice !== undefined);
    const trend: Voice | undefined =
      facts.trend === undefined ? undefined : { engine: 'trend', of: 'process', text: facts.trend, certainty: 'possible' };
    const all = [...voices.filter((voice) => !isMadeAnew(voice)), ...[malloc, trend].filter((voice) => voice !== undefined)];
    const found = byCheck(finding, facts) ?? byVoices(ofLine, all, (voice) => held(voice, finding, grown, facts));
    const trends = all.filter(({ engine, of }) => of === 'process' && engine === 'trend').map(sentence);
    const standing = found === undefined ? undefined : { ...found, evidence: [...found.evidence, ...trends] };
    return { ...plain, ...(all.length === 0 ? {} : { voices: all }), ...(standing === undefined ? {} : { standing }) };
  });
}

/** A report of which more is known now. */
export const judgedReport = (report: Report, facts: ProcessFacts): Report => ({
  ...report,
  findings: judged(
    report.findings.map((finding) => [finding, finding.voices ?? []]),
    facts,
  ),
});

const ofLineOf = ([finding, voices]: Heard): readonly Voice[] => [
  voiceOf(finding),
  ...voices.filter(({ of }) => of !== 'process'),
];

/** Bytes of what grows, by who said it, and of that by the function that it is in. */
function grownByFunction(heard: readonly Heard[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const one of heard) {
    for (const { engine, certainty, bytes = 0 } of ofLineOf(one)) {
      if (certainty !== 'growing') continue;
      for (const key of [engine, functionKey(engine, one[0])]) sums.set(key, (sums.get(key) ?? 0) + bytes);
    }
  }
  return sums;
}

/** What has no function stands alone. */
const functionKey = (engine: string, { place, fingerprint }: PlacedFinding): string =>
  `${engine}\0${place?.function == null ? fingerprint : `${place.file ?? ''}\0${place.function}`}`;

function held(voice: Voice, finding: PlacedFinding, grown: ReadonlyMap<string, number>, { looks = [] }: ProcessFacts) {
  const bytes = grown.get(functionKey(voice.engine, finding)) ?? 0;
  return heldEvidence(voice, looks, { bytes, share: bytes / Math.max(1, grown.get(voice.engine) ?? 0) });
}

const isMadeAnew = ({ engine, of }: Voice): boolean => of === 'process' && (engine === 'trend' || engine === 'malloc-info');

/** What all that was said of a finding says of its memory; undefined: nothing yet. Never more than that: growth alone is no proof of anything. */
function byVoices(
  ofLine: readonly Voice[],
  all: readonly Voice[],
  heldBy: (voice: Voice) => string | undefined,
): Standing | undefined {
  const growing = ofLine.filter(({ certainty }) => certainty === 'growing');
  const lost = ofLine.filter(isLost);
  if (lost.length > 0) {
    return { state: 'lost', evidence: ofLine.filter((voice) => lost.includes(voice) || growing.includes(voice)).map(sentence) };
  }
  if (growing.length === 0) return undefined;
  const reachable = ofLine.filter(({ leakKind }) => leakKind === 'reachable');
  if (reachable.length > 0) return { state: 'reachable-growing', evidence: [...reachable, ...growing].map(sentence) };
  if (growing.every(({ mapped }) => isNotHeap(mapped))) {
    return {
      state: 'not-heap',
      evidence: [...growing.map(sentence), ...growing.flatMap(({ mapped = [] }) => mappedWords(mapped))],
    };
  }
  // By each of them: who counts what is not freed speaks of something else.
  const kept = growing.flatMap((voice) => heldBy(voice) ?? []);
  if (kept.length === growing.length) {
    return { state: 'held-by-allocator', evidence: [...growing.map(sentence), ...new Set(kept)] };
  }
  const nothingLost = all.filter(({ engine, of }) => of === 'process' && engine === 'leak-check');
  return nothingLost.length === 0
    ? undefined
    : { state: 'reachable-growing', evidence: [...growing, ...nothingLost].map(sentence) };
}

/** Of a leak that checks have followed. One check can't tell what grows from what does not. */
function byCheck(finding: PlacedFinding, { check }: ProcessFacts): Standing | undefined {
  const track = check === undefined ? undefined : trackOf(check, finding);
  if (check === undefined || track === undefined) return undefined;
  const followed = trackWords(track, check);
  if (isLost(finding)) return { state: 'lost', evidence: [sentence(voiceOf(finding)), followed] };
  if (finding.leakKind !== 'reachable') return undefined;
  // Its headline is that of the end of a program, which goes on here.
  const evidence = [`${finding.engine}: something still points to it.`, followed];
  if (track.statement === 'still-growing') return { state: 'reachable-growing', evidence };
  return track.statement === 'once-only' || track.statement === 'steady' ? { state: 'reachable-steady', evidence } : undefined;
}

const isLost = ({ leakKind, certainty }: Pick<Voice, 'leakKind' | 'certainty'>): boolean =>
  LOST.includes(leakKind) || (leakKind === undefined && certainty === 'definite');

/** A whole leak check of the process came after it was seen to grow, and found nothing that is lost. */
export const NOTHING_LOST: Voice = {
  engine: 'leak-check',
  of: 'process',
  text: 'the whole process was looked at after that, and nothing is lost',
  certainty: 'possible',
};

export function voiceOf(finding: PlacedFinding): Voice {
  const { engine, leakKind, certainty, bytes, mapped } = finding;
  return {
    engine,
    text: headline(finding),
    certainty,
    ...(leakKind === undefined ? {} : { leakKind }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(mapped === undefined ? {} : { mapped }),
  };
}

/** Guards stand beside the stacks that they guard. */
const isNotHeap = (mapped: readonly MappedPart[] | undefined): boolean =>
  mapped?.every(({ segment }) => NOT_HEAP.has(segment)) === true && mapped.some(({ segment }) => segment !== 'guard');

const MOST_PARTS = 4;

function mappedWords(mapped: readonly MappedPart[]): readonly string[] {
  const parts = mapped.filter(({ segment }) => segment !== 'guard').sort((a, b) => b.bytes - a.bytes);
  const words = parts.slice(0, MOST_PARTS).map(({ label, name, start, count, bytes }) => {
    const at = `0x${start.toString(16)}`;
    const where = count === 1 ? `at ${at}` : `in ${formatCount(count, 'mapping')}, the first at ${at}`;
    return `Memory map: ${label}${name === '' ? '' : ` ${visibleText(name)}`}, ${formatBytes(bytes)} ${where}.`;
  });
  const more = parts.length - words.length;
  return more === 0
    ? words
    : [...words, `Memory map: and ${formatCount(more, 'other file or object', 'other files or objects')}.`];
}

/** `lsan: Leaks 100 bytes in 2 blocks (direct leak), allocated by malloc.` */
const sentence = ({ engine, text }: Voice): string => `${engine}: ${text}.`;

/** What stands beside its headline: the evidence, or what others said when that tells nothing yet. */
export function besideHeadline(finding: PlacedFinding): readonly string[] {
  if (finding.standing === undefined) return (finding.voices ?? []).map(sentence);
  const own = sentence(voiceOf(finding));
  return finding.standing.evidence.filter((words) => words !== own);
}

const STATES: Readonly<Record<Standing['state'], { readonly words: string; readonly short: string }>> = {
  lost: { words: 'Lost: nothing points to it any more.', short: 'lost' },
  'reachable-growing': {
    words: 'Still reachable, and growing: a cache or a list that is not trimmed.',
    short: 'reachable, growing',
  },
  'reachable-steady': { words: 'Reachable, and steady.', short: 'reachable, steady' },
  'held-by-allocator': { words: 'Held by the allocator: freed, but not given back to the kernel.', short: 'held by malloc' },
  'not-heap': { words: 'Not of the heap.', short: 'not of the heap' },
};

/** `Still reachable, and growing: a cache or a list that is not trimmed.` */
export const standingWords = ({ state }: Standing): string => STATES[state].words;

/** For a narrow view: `reachable, growing`. */
export const shortStandingWords = ({ state }: Standing): string => STATES[state].short;
