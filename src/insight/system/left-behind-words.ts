import { formatBytes } from '../../base/units.js';
import type { LeftBehind } from '../../model/system-state.js';

const MOST_NAMED = 5;

/** Sentences about it; none without a program that ran meanwhile. */
export function leftBehindWords(left: LeftBehind | undefined): readonly string[] {
  if (left === undefined) return [];
  const programs = some(
    left.programs.map(({ name, pid }) => `${name} (${pid})`),
    3,
  );
  const have = left.programs.length === 1 ? 'has' : 'have';
  if (left.lines.length === 0) {
    return [`${programs} ran meanwhile and ${have} exited: no slab cache and no caller of vmalloc that grew then stays larger.`];
  }
  const of = (kind: string): readonly string[] =>
    left.lines.flatMap((line) =>
      line.kind === kind ? [`${line.name} ${formatBytes(line.stays)} of ${formatBytes(line.came)}`] : [],
    );
  const kinds = [
    ['slab caches', of('slab')],
    ['callers of vmalloc', of('vmalloc')],
  ] as const;
  const stays = kinds.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what} ${some(names, MOST_NAMED)}`]));
  return [
    `${programs} ran meanwhile and ${have} exited, and of what came then these stay: ${stays.join('; ')}.`,
    'A cache of the kernel may fill once and stay so: run it once more, and what grows by as much again is a leak.',
  ];
}

function some(names: readonly string[], most: number): string {
  const more = names.length > most ? `, and ${names.length - most} more` : '';
  return names.slice(0, most).join(', ') + more;
}
