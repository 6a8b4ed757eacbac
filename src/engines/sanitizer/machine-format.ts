import type { Frame } from '../../model/stack.js';
import type { NumberedFrame } from './frame.js';
import { isUnknown } from './frame-place.js';

const SEPARATOR = '\x1f';
/** What no program writes by chance: record separator, our letters, unit separator. */
export const MACHINE_START = `\x1eML${SEPARATOR}`;
/** Ends a frame, for a file's name may hold a line end. */
export const MACHINE_END = '\x1e';

/**
 * Our value of `stack_trace_format` (sanitizer common flags): number, pc, module, offset, function, its offset, source,
 * line, column. gcc and clang write the same; a missing text is `<null>`, a missing number 0.
 */
export const MACHINE_FORMAT = `${MACHINE_START}${['%n', '%p', '%m', '%o', '%f', '%q', '%s', '%l', '%c'].join(SEPARATOR)}${MACHINE_END}`;

const HEX = /^0x[0-9a-f]+$/;

/**
 * Reads what MACHINE_FORMAT made, without its start and end. Undefined when it is not whole. Cut from both ends, so
 * that separators inside of a name do no harm.
 */
export function parseMachineFrame(body: string): NumberedFrame | undefined {
  const fields = body.split(SEPARATOR);
  const column = Number(fields.pop());
  const line = Number(fields.pop());
  const [number, address = '', ...names] = fields;
  if (number === undefined || number === '' || !HEX.test(address) || !Number.isInteger(line) || !Number.isInteger(column)) {
    return undefined;
  }
  const offsetAt = names.findIndex((field, index) => index > 0 && HEX.test(field));
  const functionOffsetAt = names.findIndex((field, index) => index > offsetAt + 1 && HEX.test(field));
  if (offsetAt < 0 || functionOffsetAt < 0 || !Number.isInteger(Number(number))) return undefined;
  const module = names.slice(0, offsetAt).join(SEPARATOR);
  const name = names.slice(offsetAt + 1, functionOffsetAt).join(SEPARATOR);
  const file = names.slice(functionOffsetAt + 1).join(SEPARATOR);
  const frame: Frame = {
    ...(isUnknown(name) ? {} : { function: name }),
    ...(isUnknown(file) ? {} : { file, ...(line > 0 ? { line } : {}), ...(line > 0 && column > 0 ? { column } : {}) }),
    ...(isUnknown(module) ? {} : { module, offset: names[offsetAt] as string }),
    address,
  };
  return { number: Number(number), frame };
}
