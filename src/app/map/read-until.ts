import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';

export interface ReadChunks {
  readonly bytes: number;
  /** Time between asking for a chunk and its being there. */
  readonly waitedMs: Milliseconds;
  /** Why it ended before its end. */
  readonly failure?: 'permission' | 'missing' | 'other';
}

/** Gives each chunk to `take`, to the end, until it fails, or until cancel is requested, which does not wait for the chunk that is on its way. */
export async function readUntil(
  chunks: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void,
  clock: Clock,
  cancel: Cancel,
): Promise<ReadChunks> {
  const iterator = chunks[Symbol.asyncIterator]();
  let stop = (): void => undefined;
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  const registered = cancel.onRequest(() => stop());
  let bytes = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const asked = clock.now();
      const next = iterator.next();
      const step = await Promise.race([next, stopped]);
      waitedMs += clock.now() - asked;
      if (step === 'stopped') {
        // Its end may come late, and its failure is nobody's any more.
        next.then(
          () => undefined,
          () => undefined,
        );
        iterator.return?.().then(
          () => undefined,
          () => undefined,
        );
        return { bytes, waitedMs };
      }
      if (step.done === true) return { bytes, waitedMs };
      bytes += step.value.length;
      take(step.value);
    }
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return { bytes, waitedMs, failure: failureOf(code) };
  } finally {
    registered.dispose();
  }
}

function failureOf(code: unknown): 'permission' | 'missing' | 'other' {
  if (code === 'EACCES' || code === 'EPERM') return 'permission';
  // ESRCH: the process ended after the file was opened.
  return code === 'ENOENT' || code === 'ESRCH' ? 'missing' : 'other';
}
