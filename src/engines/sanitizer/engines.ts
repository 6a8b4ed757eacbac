import type { Engine } from '../engine.js';
import { asanObstacles, lsanObstacles, lsanPreloadObstacles } from './obstacles.js';
import { createSanitizerParser } from './parse.js';
import { planSanitizer } from './plan.js';

/** malloc(3) answers NULL for a size that it can't give, and the program goes on: by default the runtimes would end it there. */
const AS_LIBC = { allocator_may_return_null: '1' } as const;

/** -O0: from -O1 on, compilers drop allocations that are never used, and their leaks with them. */
const READABLE = ['-g', '-O0', '-fno-omit-frame-pointer'] as const;

export const asanEngine: Engine = {
  id: 'asan',
  family: 'sanitizer',
  title: 'AddressSanitizer',
  description: 'Rebuilds the program; finds memory errors and leaks at two to three times its running time.',
  compileFlags: ['-fsanitize=address', '-fsanitize-recover=address', ...READABLE],
  linkFlags: ['-fsanitize=address'],
  obstacles: asanObstacles,
  plan: (input) =>
    planSanitizer(input, {
      engine: 'asan',
      defaults: { halt_on_error: '0', detect_leaks: '1', detect_stack_use_after_return: '1', ...AS_LIBC },
    }),
  parser: createSanitizerParser,
};

export const lsanEngine: Engine = {
  id: 'lsan',
  family: 'sanitizer',
  title: 'LeakSanitizer',
  description: 'Rebuilds the program; finds leaks at nearly full speed.',
  compileFlags: ['-fsanitize=leak', ...READABLE],
  linkFlags: ['-fsanitize=leak'],
  obstacles: lsanObstacles,
  plan: (input) => planSanitizer(input, { engine: 'lsan', defaults: { detect_leaks: '1', ...AS_LIBC } }),
  parser: createSanitizerParser,
};

export const lsanPreloadEngine: Engine = {
  id: 'lsan-preload',
  family: 'sanitizer',
  title: 'LeakSanitizer (preloaded)',
  description: 'Needs no rebuild: preloads the LeakSanitizer runtime into a dynamically linked program, and finds its leaks.',
  compileFlags: [...READABLE],
  linkFlags: [],
  obstacles: lsanPreloadObstacles,
  plan: (input) => planSanitizer(input, { engine: 'lsan-preload', defaults: { detect_leaks: '1', ...AS_LIBC } }),
  parser: createSanitizerParser,
};
