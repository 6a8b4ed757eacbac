import type { Frame } from '../../model/stack.js';

const FRAME = /^(?:at|by) (0x[0-9A-Fa-f]{1,16}): (.*)$/;
const LINE_NUMBER = /:(\d{1,9})\)$/;

/**
 * `at 0x4C2FB0F: malloc (in /usr/lib/valgrind/vgpreload_memcheck-amd64-linux.so)`, `by 0x1092A1: main (leak.c:24)`
 * (VG_(describe_IP) in coregrind/m_debuginfo/debuginfo.c). The file has no directory unless --fullpath-after was given.
 */
export function readTextFrame(text: string): Frame | undefined {
  const match = FRAME.exec(text);
  return match === null ? undefined : { ...readTextSymbol(match[2] as string), address: match[1] as string };
}

/** What follows the address and its colon. */
export function readTextSymbol(rest: string): Frame {
  const module = moduleStart(rest);
  if (module !== undefined) {
    const name = rest.slice(module.nameAt, -1);
    return { ...named(rest.slice(0, module.at)), ...(name === '???' || name === '' ? {} : { module: name }) };
  }
  const number = LINE_NUMBER.exec(rest);
  const at = number === null ? -1 : placeStart(rest);
  if (number === null || at < 0) return named(rest);
  const file = rest.slice(at + 2, number.index);
  return { ...named(rest.slice(0, at)), ...(file === '' ? {} : { file, line: Number(number[1]) }) };
}

function named(name: string): Frame {
  const trimmed = name.trim();
  return trimmed === '' || trimmed === '???' ? {} : { function: trimmed };
}

/** ` (in MODULE)`, or ` (within MODULE)` before 3.5. */
function moduleStart(rest: string): { at: number; nameAt: number } | undefined {
  if (!rest.endsWith(')') || LINE_NUMBER.test(rest)) return undefined;
  for (const opening of [' (in ', ' (within ']) {
    const at = rest.lastIndexOf(opening);
    if (at >= 0) return { at, nameAt: at + opening.length };
  }
  return undefined;
}

/** Where ` (FILE:LINE)` begins: names of functions and of files may hold parentheses themselves. */
function placeStart(rest: string): number {
  let depth = 0;
  for (let i = rest.length - 1; i > 0; i--) {
    const c = rest[i];
    if (c === ')') depth++;
    else if (c === '(' && --depth === 0) {
      if (rest[i - 1] === ' ') return i - 1;
      break;
    }
  }
  return rest.lastIndexOf(' (');
}
