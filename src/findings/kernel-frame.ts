import type { Frame } from '../model/stack.js';

/** What a compiler and the kernel's own build put behind a name. */
const SUFFIX = /(?:_noprof)?(?:\.(?:constprop|isra|part|cold|llvm)(?:\.\d+)*)*$/;

/** Functions of the kernel that get memory for their caller, and those of kmemleak, which stand before them in a trace. */
const NAMES = [
  /^(?:_*save_stack_trace|stack_trace_save|stack_trace_consume_entry|stack_depot_save|arch_stack_walk|walk_stackframe|dump_backtrace|set_track(?:_prepare)?|___?slab_alloc|__?create_object|create_object|kmemleak_\w+)$/,
  /^_*(?:do_)?(?:devm_)?kv?[mzc]alloc(?:_\w+)?$/,
  /^_*(?:do_|devm_)?k(?:v)?realloc(?:_\w+)?$/,
  /^_*k(?:mem_cache|malloc_cache)_(?:z?alloc)(?:_\w+)?$/,
  /^_*(?:devm_)?k(?:strdup|strndup|memdup|asprintf|vasprintf)(?:_\w+)?$/,
  /^(?:v?memdup_user(?:_nul)?|strndup_user)$/,
  /^(?:slab_(?:pre|post)_alloc_hook|slab_alloc(?:_node)?|allocate_slab|alloc_slab_page|new_slab|kmalloc_\w+)$/,
  /^_*(?:vmalloc|vzalloc|vmap|dma_alloc|dmam_alloc|dma_pool_alloc|mempool_alloc|mempool_kmalloc|pcpu_alloc|alloc_percpu|genradix_\w+)(?:_\w+)?$/,
  /^_*(?:alloc_pages?|alloc_frozen_pages|folio_alloc|get_free_pages?|get_zeroed_page|vma_alloc_folio|alloc_pages_\w+)(?:_\w+)?$/,
  /^(?:prep_new_page|post_alloc_hook|get_page_from_freelist|set_page_owner|__set_page_owner|save_stack|register_early_stack)$/,
];

/** The name as it is in the source. */
const plainName = (name: string): string => name.replace(SUFFIX, '');

/** Which frames allocate for their caller, as `malloc` does for a program; what is inlined into such a function is a part of it. */
export function kernelAllocators(frames: readonly Frame[]): readonly boolean[] {
  const found: boolean[] = new Array(frames.length);
  let isIntoOne = false;
  for (let at = frames.length - 1; at >= 0; at--) {
    const frame = frames[at]!;
    const isOne = isKernelAllocator(frame);
    found[at] = isOne || (frame.inlined === true && isIntoOne);
    if (frame.inlined !== true) isIntoOne = isOne;
  }
  return found;
}

function isKernelAllocator({ function: name }: Frame): boolean {
  return name !== undefined && name.length < 200 && NAMES.some((pattern) => pattern.test(plainName(name)));
}

/** The last one before the code that wanted the memory: `__kmalloc`. */
export function kernelAllocatorOf(frames: readonly Frame[]): string | undefined {
  let found: string | undefined;
  const isAllocator = kernelAllocators(frames);
  for (const [at, frame] of frames.entries()) {
    if (isAllocator[at] !== true) break;
    if (isKernelAllocator(frame)) found = plainName(frame.function ?? '');
  }
  return found === undefined || /^(?:kmemleak_|create_object|__create_object)/.test(found) ? undefined : found;
}
