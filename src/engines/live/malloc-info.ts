import { formatBytes, formatCount } from '../../base/units.js';
import type { Note } from '../../model/finding.js';
import { isMostlyFree, type LiveMachine, type LiveProcess, type MallocUse } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { gdbObstacles } from './gdb-obstacles.js';

/**
 * What malloc_info(3) writes, version 1 of its form: elements `heap`, one for each arena, and after them the sums over all. Lossy: sizes of single bins are
 * not kept. undefined: it is something else, or cut before the sums. Blocks that a thread keeps for itself (tcache) count as in use, as they do for malloc.
 */
export function parseMallocInfo(xml: string, keepCost?: number): MallocUse | undefined {
  if (!/^\s*<malloc version="1">/.test(xml) || !xml.includes('</malloc>')) return undefined;
  const arenas = xml.split('<heap nr="').length - 1;
  const sums = xml.slice(xml.lastIndexOf('</heap>') + 1);
  const value = (element: string, type: string, attribute: string): number | undefined => {
    const found = new RegExp(`<${element} type="${type}"[^>]* ?${attribute}="(\\d+)"`).exec(sums)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const held = value('system', 'current', 'size');
  const fast = value('total', 'fast', 'size');
  const rest = value('total', 'rest', 'size');
  if (arenas === 0 || held === undefined || fast === undefined || rest === undefined) return undefined;
  const free = Math.min(held, fast + rest);
  return {
    arenas,
    held,
    inUse: held - free,
    free,
    // It was asked for after the text that malloc_info(3) was written to was freed.
    ...(keepCost === undefined ? {} : { top: Math.min(keepCost, free) }),
    mapped: { bytes: value('total', 'mmap', 'size') ?? 0, blocks: value('total', 'mmap', 'count') ?? 0 },
  };
}

/** What the numbers mean, one sentence each. */
export function mallocNotes(use: MallocUse): readonly Note[] {
  const { arenas, held, inUse, free, top, mapped } = use;
  const notes: Note[] = [];
  const note = (code: string, text: string): void => void notes.push({ severity: 'info', code, text });
  const share = held === 0 ? 0 : free / held;
  note(
    'malloc-use',
    `malloc holds ${formatBytes(held)} from the kernel in ${formatCount(arenas, 'arena')}: the program has ${formatBytes(inUse)} of it, and ${formatBytes(free)} (${Math.round(share * 100)} %) is free.`,
  );
  if (mapped.blocks > 0) {
    note(
      'malloc-mapped',
      `Beside that, ${formatCount(mapped.blocks, 'large block has', 'large blocks have')} mappings of their own, ${formatBytes(mapped.bytes)}: these go back to the kernel when they are freed.`,
    );
  }
  if (isMostlyFree(use)) {
    note(
      'malloc-retains',
      'Most of what malloc holds is free: it was used before, and was not given back. That is no leak; blocks that are still in use between the free ones keep it (fragmentation), or it is kept for the next need.',
    );
  }
  if (top !== undefined && top > 0) {
    note(
      'malloc-trim',
      `malloc_trim(3) gives back what of the ${formatBytes(top)} at the end of the main heap is resident, and pages inside the heaps that are wholly free: at most ${formatBytes(free)}. It was not called.`,
    );
  }
  return notes;
}

/** What stands in the way of asking malloc. */
export function mallocInfoObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found = [...gdbObstacles(process, machine)];
  const add = (code: string, reason: string, remedy: string): void => void found.push({ blocking: true, code, reason, remedy });
  if (process.sanitizer !== undefined) {
    const reason = `${process.sanitizer === 'asan' ? 'AddressSanitizer' : 'LeakSanitizer'} has replaced the allocator: malloc_info(3) knows nothing of it.`;
    add('other-allocator', reason, 'Check its leaks instead.');
  } else if (process.allocator === 'jemalloc' || process.allocator === 'tcmalloc') {
    const reason = `The process uses ${process.allocator}, of which malloc_info(3) knows nothing.`;
    add('other-allocator', reason, "Use the allocator's own profiler.");
  } else if (process.libc === 'musl' || process.libc === 'other') {
    const name = process.libc === 'musl' ? 'musl' : 'another C library than glibc';
    add('not-glibc', `The process uses ${name}, which can't tell what its allocator holds.`, 'Choose another way.');
  }
  return found;
}
