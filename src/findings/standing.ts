import type { LeakKind } from '../model/finding.js';
import type { PlacedFinding, Standing, Voice } from '../model/report.js';
import { headline } from './wording.js';

const LOST: readonly (LeakKind | undefined)[] = ['definitely', 'indirectly', 'direct', 'indirect'];

/** What is known besides the finding. */
export interface Seen {
  readonly voices: readonly Voice[];
  /** A whole leak check of the process came after it was seen to grow, and found nothing that is lost. */
  readonly foundNothingLost: boolean;
}

/** What all that was seen of a finding says of its memory; undefined: nothing yet. Never more than that: growth alone is no proof of anything. */
export function standingOf(finding: PlacedFinding, { voices, foundNothingLost }: Seen): Standing | undefined {
  if (finding.kind !== 'leak') return undefined;
  const all: readonly Voice[] = [voiceOf(finding), ...voices];
  const lost = all.filter(
    ({ leakKind, certainty }) => LOST.includes(leakKind) || (leakKind === undefined && certainty === 'definite'),
  );
  if (lost.length > 0)
    return {
      state: 'lost',
      evidence: all.filter((voice) => lost.includes(voice) || voice.certainty === 'growing').map(sentence),
    };
  const growing = all.filter(({ certainty }) => certainty === 'growing');
  const reachable = all.filter(({ leakKind }) => leakKind === 'reachable');
  if (reachable.length > 0 && growing.length > 0) {
    return { state: 'reachable-growing', evidence: [...reachable, ...growing].map(sentence) };
  }
  if (growing.length > 0 && foundNothingLost) {
    return {
      state: 'reachable-growing',
      evidence: [...growing.map(sentence), 'A leak check of the whole process after that found nothing lost.'],
    };
  }
  return undefined;
}

export function voiceOf(finding: PlacedFinding): Voice {
  const { engine, leakKind, certainty, bytes } = finding;
  return {
    engine,
    text: headline(finding),
    certainty,
    ...(leakKind === undefined ? {} : { leakKind }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

const sentence = ({ engine, text }: Voice): string => `${engine}: ${text}.`;

const STATES: Readonly<Record<Standing['state'], string>> = {
  lost: 'Lost: nothing points to it any more.',
  'reachable-growing': 'Still reachable, and growing: a cache or a list that is not trimmed.',
  'reachable-steady': 'Reachable, and steady.',
  'held-by-allocator': 'Held by the allocator: freed, but not given back to the kernel.',
  'not-heap': 'Not of the heap.',
};

/** `Still reachable, and growing: a cache or a list that is not trimmed.` */
export const standingWords = ({ state }: Standing): string => STATES[state];
