/** Values of the hexadecimal digits as the kernel writes them, by their byte; 16 for all else. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : 16,
);

/** Where the hexadecimal digits from `from` on end. */
export function hexadecimalEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (DIGITS[bytes[at] as number] as number) < 16) at++;
  return at;
}

/** Of digits only. Exact for 64 bits when the number is a multiple of 4,096. */
export function hexadecimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 16 + (DIGITS[bytes[at] as number] as number);
  return value;
}

/** Where the decimal digits from `from` on end. */
export function decimalEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  return at;
}

/** Of digits only. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] as number) - 0x30;
  return value;
}

const SPACE = 0x20;
const TAB = 0x09;

export function blankEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

export function wordEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
  return at;
}
