import { formatBytes } from '../base/units.js';
import type { Finding } from '../model/finding.js';

const number = (text: string): number => Number(text.replaceAll(',', ''));

/** `8 bytes inside`, `just after`, `4 bytes before`. */
function distance(bytes: number, direction: string): string {
  const side = /^inside/.test(direction) ? 'inside' : /^(?:before|to the left of)$/.test(direction) ? 'before' : 'after';
  if (bytes > 0) return `${formatBytes(bytes)} ${side}`;
  return side === 'inside' ? 'at the start of' : `just ${side}`;
}

/** `40-byte block`, `2 KiB block`. */
const sized = (bytes: number): string => (bytes < 1024 ? `${bytes}-byte` : formatBytes(bytes));

// AddressSanitizer: "0x602 is located 8 bytes inside of 40-byte region [0x..,0x..)"; "to the right of" until LLVM 15
const REGION = /is located (\d{1,15}) bytes? (inside of|before|after|to the left of|to the right of) (\d{1,15})-byte region/;
// Memcheck: "Address 0x4a is 8 bytes inside a block of size 40 free'd"
const BLOCK =
  /is ([\d,]{1,20}) bytes (inside|before|after) an? (?:recently re-allocated )?block of size ([\d,]{1,20}) (alloc'd|free'd|in arena|client-defined)?/;
const GLOBAL =
  /is located (\d{1,15}) bytes? (inside of|before|after|to the left of|to the right of) global variable '([^']{1,200})'.* of size (\d{1,15})/;
// "[32, 72) 'buffer' (line 4) <== Memory access at offset 72 overflows this variable"
const LOCAL =
  /'([^']{1,200})'(?: \(line \d+\))? <== Memory access at offset \d+ (overflows|underflows|is inside|partially overflows|partially underflows) this variable/;

/** Where the accessed address lies, as the engine's own sentences tell it: `8 bytes inside a 40-byte block freed before`. */
export function whereOf(finding: Finding): string | undefined {
  for (const sentence of finding.details ?? []) {
    // a sentence of an engine fits in this; a longer text is no such sentence
    if (sentence.length > 2000) continue;
    const region = REGION.exec(sentence);
    if (region !== null) {
      const [, bytes, direction, size] = region as unknown as [string, string, string, string];
      const freed = /use-after-free|double-free/.test(finding.kind) ? ' freed before' : '';
      return `${distance(number(bytes), direction)} a ${sized(number(size))} block${freed}`;
    }
    const block = BLOCK.exec(sentence);
    if (block !== null) {
      const [, bytes, direction, size, state] = block as unknown as [string, string, string, string, string | undefined];
      const freed = state === "free'd" ? ' freed before' : '';
      return `${distance(number(bytes), direction)} a ${sized(number(size))} block${freed}`;
    }
    const global = GLOBAL.exec(sentence);
    if (global !== null) {
      const [, bytes, direction, name, size] = global as unknown as [string, string, string, string, string];
      return `${distance(number(bytes), direction)} the ${sized(number(size))} global variable ${name}`;
    }
    const local = LOCAL.exec(sentence);
    if (local !== null) {
      const [, name, how] = local as unknown as [string, string, string];
      const side = how.endsWith('underflows') ? 'before the start of' : how === 'is inside' ? 'inside' : 'past the end of';
      return `${side} the local variable ${name}`;
    }
  }
  return undefined;
}

/** Memcheck's words on a block: it was freed, or the address is outside of a live one. */
export function blockState(finding: Finding): 'freed' | 'outside' | undefined {
  for (const sentence of finding.details ?? []) {
    if (sentence.length > 2000) continue;
    const block = BLOCK.exec(sentence);
    if (block === null) continue;
    if (block[4] === "free'd") return 'freed';
    if (block[2] !== 'inside') return 'outside';
  }
  return undefined;
}

/** `reads 4 bytes`, `writes`; undefined when this is no access. */
export function accessOf(finding: Finding): string | undefined {
  const verb = finding.access === 'read' ? 'reads' : finding.access === 'write' ? 'writes' : undefined;
  if (verb === undefined) return undefined;
  return finding.size === undefined ? verb : `${verb} ${formatBytes(finding.size)}`;
}
