import { describe, expect, test } from 'vitest';
import { kernelAllocatorOf, kernelAllocators } from '../../../src/findings/kernel-frame.js';
import { placeFinding } from '../../../src/findings/place.js';
import type { Finding } from '../../../src/model/finding.js';
import type { Frame } from '../../../src/model/stack.js';

/** `*` marks what is inlined into the next one: a stack of Linux 6.1 as debug information tells it. */
const frames = [
  '*__save_stack_trace arch/um/kernel/stacktrace.c:62',
  'save_stack_trace arch/um/kernel/stacktrace.c:67',
  'set_track_prepare mm/kmemleak.c:621',
  '*create_object mm/kmemleak.c:730',
  'kmemleak_alloc mm/kmemleak.c:982',
  '*kmemleak_alloc_recursive include/linux/kmemleak.h:42',
  'slab_post_alloc_hook.constprop.0 mm/slab.h:745',
  '*slab_alloc_node mm/slub.c:3366',
  '__kmem_cache_alloc_node mm/slub.c:3405',
  '*__do_kmalloc_node mm/slab_common.c:935',
  '__kmalloc mm/slab_common.c:949',
  '*kmalloc include/linux/slab.h:568',
  '*fill_table drivers/leak/leak.c:10',
  'leak_kmalloc drivers/leak/leak.c:13',
  'do_one_initcall init/main.c:1271',
].map((text): Frame => {
  const [, star, name = '', file = '', line] = /^(\*?)(\S+) (.*):(\d+)$/.exec(text)!;
  return { function: name, file, line: Number(line), inlined: star === '*' };
});

describe('a stack of a kernel whose inlined functions are known', () => {
  test('what is inlined into an allocator is a part of it; an allocator that is inlined into other code is one by itself', () => {
    expect(kernelAllocators(frames).lastIndexOf(true)).toBe(11);
    expect(kernelAllocators(frames).slice(0, 12)).not.toContain(false);
  });

  const findingOf = (stack: readonly Frame[]): Finding => ({
    engine: 'kmemleak',
    kind: 'leak',
    certainty: 'possible',
    message: '',
    count: 1,
    stacks: [{ role: 'allocation', frames: stack }],
  });

  test('of a module whose lines are not known, the kernel that calls it is not blamed', () => {
    const stack: readonly Frame[] = [
      ...frames.slice(0, 11),
      { function: 'leak_kmalloc', module: 'leakmod' },
      { function: 'do_one_initcall', file: 'init/main.c', line: 1271 },
    ];
    const { place } = placeFinding(findingOf(stack), (file) => ({ path: `/k/${file}`, owner: 'workspace' }));
    expect(place).toEqual({ function: 'leak_kmalloc', file: null, line: null, column: null });
  });

  test('the leak is at the first function behind them', () => {
    const finding = findingOf(frames);
    const { place } = placeFinding(finding, (file) => ({ path: `/k/${file}`, owner: 'workspace' }));
    expect(place).toEqual({ function: 'fill_table', file: '/k/drivers/leak/leak.c', line: 10, column: null });
    expect(kernelAllocatorOf(frames)).toBe('kmalloc');
  });
});
