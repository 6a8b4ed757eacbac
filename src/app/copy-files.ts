import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes } from '../base/units.js';
import type { RemoteTarget, Target } from './ports.js';

/** What the user is asked to agree to. */
export interface CopyRequest {
  /** The name of the run. */
  readonly run: string;
  /** On this machine. */
  readonly files: readonly string[];
  readonly bytes: Bytes;
  /** As the user calls it. */
  readonly target: string;
  /** On the target; it is removed after the run. */
  readonly directory: string;
}

const CHUNK_BYTES: Bytes = 8 << 20;

/** Copies a file to `to` on the target, for its owner alone. */
export async function copyFile(
  host: Target,
  target: RemoteTarget,
  from: string,
  to: string,
  executable: boolean,
  cancel: Cancel,
): Promise<Result<void, Fault>> {
  const facts = await host.stat(from);
  if (!facts.ok) return facts;
  for (let offset = 0; offset === 0 || offset < facts.value.size; offset += CHUNK_BYTES) {
    if (cancel.requested) return err({ code: 'cancelled' });
    const bytes = await host.readBytes(from, { offset, length: Math.min(CHUNK_BYTES, facts.value.size - offset) });
    if (!bytes.ok) return bytes;
    const written = await target.writeBytes(to, bytes.value, { append: offset > 0, executable });
    if (!written.ok) return written;
  }
  const there = await target.stat(to);
  if (!there.ok) return there;
  if (there.value.size === facts.value.size) return ok(undefined);
  return err({ code: 'unwritable', path: to, detail: `${there.value.size} of ${facts.value.size} bytes have arrived` });
}
