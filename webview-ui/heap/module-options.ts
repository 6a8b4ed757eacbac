import { baseName } from '../../src/base/path.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';

/** A module, and how many frames are of it. */
export interface ModuleShare {
  readonly module: string;
  readonly frames: number;
}

/** More are not listed; the search finds the others. */
const MOST = 60;

/** Those that frames are of, the ones with the most frames first. */
export function modulesOf({ frames, texts }: HeapProfile): readonly ModuleShare[] {
  const counts = new Map<number, number>();
  for (let frame = 0; frame < frames.length; frame++) {
    const module = frames.module[frame]!;
    if (module !== 0) counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  return [...counts]
    .map(([module, count]) => ({ module: texts[module] ?? '', frames: count }))
    .sort((one, other) => other.frames - one.frames)
    .slice(0, MOST);
}

/** The names; where two are the same, with their folders. */
export function moduleOptions(
  modules: readonly ModuleShare[],
  chosen: string | undefined,
): readonly (readonly [module: string, label: string])[] {
  const names = modules.map(({ module }) => module);
  const all = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  const counts = new Map<string, number>();
  for (const module of all) counts.set(baseName(module), (counts.get(baseName(module)) ?? 0) + 1);
  return all.map((module) => [module, visibleText(counts.get(baseName(module)) === 1 ? baseName(module) : module)]);
}
