import type { WayOffer } from '../app/live/attach.js';
import { liveRatesWords } from '../app/live/rates-words.js';
import { formatBytes, formatCount, formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { LiveOutcome, LiveProcess, LiveRates, MallocUse } from '../model/live.js';
import type { Report } from '../model/report.js';

export const whoIs = ({ command, pid }: LiveProcess, target: string): string =>
  `${visibleText(command)} (${pid}${target === 'local' ? '' : ` on ${target}`})`;

/** All ways into a process, for people. */
export function waysText(offers: readonly WayOffer[], process: LiveProcess, target: string, rates: LiveRates): string {
  const lines = [`${whoIs(process, target)}: ${liveRatesWords(rates)}`];
  for (const { way, price, obstacles } of offers) {
    lines.push('', `${way.id}: ${way.title}`, `  ${way.gives}`, `  Price: ${price.words}`);
    if (price.isDangerous) lines.push('  It could stall the process: it needs --yes.');
    for (const { blocking, reason, remedy } of obstacles) {
      lines.push(`  ${blocking ? 'Not possible' : 'Note'}: ${visibleText(`${reason} ${remedy}`.trim())}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What came of it, in a sentence; undefined: it is that of a leak check. */
export function lookSummary({ way, overMs, profile }: LiveOutcome, { findings }: Report): string | undefined {
  if (way === 'leak-check') return undefined;
  const time = formatDuration(overMs);
  const growing = findings.filter(({ certainty }) => certainty === 'growing');
  if (growing.length > 0) {
    const bytes = growing.reduce((sum, finding) => sum + (finding.bytes ?? 0), 0);
    return `${formatCount(growing.length, 'line')} ${growing.length === 1 ? 'grows' : 'grow'}, by ${formatBytes(bytes)} in ${time}`;
  }
  if (way === 'malloc-info') return 'malloc was asked what it holds';
  return `${profile === undefined ? 'nothing was seen' : 'nothing that grows to the end was seen'} in ${time}`;
}

/** What glibc's allocator holds, for people. */
export function mallocText({ arenas, held, inUse, free, top, mapped }: MallocUse): string {
  const rows: readonly (readonly [string, string])[] = [
    ['held from the kernel', formatBytes(held)],
    ['given to the program', formatBytes(inUse)],
    ['free, and not given back', formatBytes(free)],
    ...(top === undefined ? [] : [['of it at the top of the heaps', formatBytes(top)] as const]),
    ['blocks with mappings of their own', `${formatBytes(mapped.bytes)} in ${formatCount(mapped.blocks, 'block')}`],
    ['arenas', arenas.toLocaleString('en-US')],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => `${title.padEnd(width)}  ${text}\n`).join('');
}
