import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { LiveOutcome } from '../model/live.js';
import type { PlacedFinding, Report } from '../model/report.js';

/** `Page faults (perf): server (1234) grows at 2 places, 12 MiB in 30 s; most of it at serve (server.c:88). It goes on running.` */
export function liveSentence(title: string, way: string, outcome: LiveOutcome, report: Report): string {
  const seconds = (outcome.overMs / 1000).toFixed(outcome.overMs < 10_000 ? 1 : 0);
  const found = report.findings;
  const [first] = found;
  const bytes = found.reduce((sum, finding) => sum + (finding.bytes ?? 0), 0);
  // What malloc says of itself is no finding.
  const figures = report.notes.find(({ code }) => code === 'malloc-use');
  const what =
    first === undefined
      ? (figures?.text.replace(/\.$/, '') ?? `nothing that grows or is lost was found in ${seconds} s`)
      : `${formatCount(found.length, 'finding')}${bytes > 0 ? `, ${formatBytes(bytes)}` : ''} in ${seconds} s${placeWords(first)}`;
  return `${way}: ${title}: ${what}. ${ENDS[outcome.ended ?? 'time']}`;
}

function placeWords({ place }: PlacedFinding): string {
  if (place === null || place.file === null) return '';
  const name = place.file.slice(place.file.lastIndexOf('/') + 1);
  return `; most of it at ${visibleText(place.function ?? '')} (${visibleText(name)}${place.line === null ? '' : `:${place.line}`})`;
}

const ENDS: Readonly<Record<NonNullable<LiveOutcome['ended']> | 'time', string>> = {
  time: 'It goes on running.',
  user: 'You stopped looking; it goes on running.',
  exited: 'It ended meanwhile.',
  'too-slow': 'It became slower than the limit, so MemLens let go of it; it goes on running.',
};

/** Why a page of a look does not go on any more. */
export const endWords = (ended: LiveOutcome['ended']): string =>
  ({
    time: 'The look is over',
    user: 'You stopped looking',
    exited: 'The process has ended',
    'too-slow': 'It became slower than the limit, so MemLens let go of it',
  })[ended ?? 'time'];
