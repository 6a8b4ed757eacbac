import type { Finding } from '../model/finding.js';
import { plainFunctionName } from './function-name.js';
import { kernelAllocatorOf } from './kernel-frame.js';
import { isRuntimeFrame } from './runtime-frame.js';
import { ALLOCATORS, LIBC } from './runtime-names.js';

/** The name as a user writes it: without a sanitizer's or libc's own prefix. */
export function userName(name: string): string | undefined {
  const plain = plainFunctionName(name).replace(/^(?:_{2,4}interceptor_(?:trampoline_)?|__GI_|__libc_|wrap_|::)/, '');
  if (/^operator new(?:\[\])?$/.test(plain)) return plain;
  // _IO_puts, __strdup, __vasprintf_internal, _IO_new_popen, __pthread_create_2_1
  const bare = plain.replace(/^(?:_IO_|_+)(?:new_)?/, '').replace(/_internal$|(?:_\d){2,3}$/, '');
  return ALLOCATORS.has(bare) || LIBC.has(bare) ? bare : undefined;
}

/**
 * The function of the runtime that the user's code called to get the block: `strdup`, where that called `malloc`; for a
 * container of the standard library, the `operator new` below it. undefined when the stack does not tell.
 */
export function allocatorOf(finding: Finding): string | undefined {
  const stack =
    finding.stacks.find(({ role }) => role === 'allocation') ?? (finding.kind === 'leak' ? finding.stacks[0] : undefined);
  if (finding.engine === 'kmemleak') return kernelAllocatorOf(stack?.frames ?? []);
  let found: string | undefined;
  for (const frame of stack?.frames ?? []) {
    if (!isRuntimeFrame(frame)) break;
    const name = frame.function === undefined ? undefined : userName(frame.function);
    // What is above these is the start of a thread or program, no caller of an allocator.
    if (name === 'start_thread' || name === 'clone' || name === 'clone3' || name === 'thread_start') break;
    if (name !== undefined) found = name;
  }
  return found;
}
