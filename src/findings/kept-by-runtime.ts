import type { Frame } from '../model/stack.js';
import { userName } from './allocator.js';
import { isRuntimeFrame } from './runtime-frame.js';
import { ALLOCATORS, HANDED_OUT, LIBC } from './runtime-names.js';

/**
 * Whether a block is the C library's own: the function of it that the user's code called gives nothing to its caller that he could free (`puts` makes the buffer of
 * stdout, `localtime` reads the time zone). `frames`: innermost first.
 */
export function keptByRuntime(frames: readonly Frame[]): boolean {
  let called: string | undefined;
  for (const frame of frames) {
    if (!isRuntimeFrame(frame)) break;
    const name = frame.function === undefined ? undefined : userName(frame.function);
    // The buffer of a stream, whoever opened it: a stream that is not closed holds a block of its own.
    if (/^(?:__GI_)?_IO_file_doallocate$/.test(frame.function ?? '')) return true;
    if (name !== undefined) called = name;
  }
  return called !== undefined && LIBC.has(called) && !ALLOCATORS.has(called) && !HANDED_OUT.has(called);
}
