import { baseName } from '../base/path.js';
import type { Finding } from '../model/finding.js';
import type { Frame } from '../model/stack.js';

/** Two 32-bit FNV-1a hashes with different starts: 64 bits without the cost of BigInt. */
class Hash {
  private low = 0x811c9dc5;
  private high = 0x9e3779b9;

  add(text: string): void {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i));
    // ends the field, so that ('ab', 'c') and ('a', 'bc') differ; no UTF-16 unit has this value
    this.mix(0x10000);
  }

  get hex(): string {
    return [this.high, this.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private mix(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193);
    this.high = Math.imul(this.high ^ value, 0x85ebca6b);
    this.high ^= this.high >>> 15;
  }
}

/** Without symbols, the place in the module's file is all there is; an address in the process changes with every run. */
function frameKey(frame: Frame): string {
  const file = frame.file === undefined ? '' : baseName(frame.file);
  if (frame.function !== undefined || file !== '') return `${frame.function ?? ''}\0${file}\0${frame.line ?? ''}`;
  return `\0${frame.module === undefined ? '' : baseName(frame.module)}\0${frame.offset ?? ''}`;
}

/**
 * 16 hexadecimal digits that are the same in every run of the same code, wherever it was built: engine, kind, and each
 * stack's functions, file names and lines. A call that repeats at once counts once, so the depth of a recursion is no part.
 */
export function fingerprint(finding: Finding): string {
  const hash = new Hash();
  hash.add(finding.engine);
  hash.add(finding.kind);
  hash.add(finding.leakKind ?? '');
  for (const stack of finding.stacks) {
    hash.add(stack.role);
    let last: string | undefined;
    for (const frame of stack.frames) {
      const key = frameKey(frame);
      if (key !== last) hash.add(key);
      last = key;
    }
  }
  return hash.hex;
}
