/** What a binary file is, where that helps: a journal of systemd, or a file that is packed in a way that nothing here unpacks. */
export type BinaryKind = 'journal' | 'xz' | 'bzip2' | 'zip' | 'other';

/** So much of a file tells. */
export const BINARY_HEAD_BYTES = 1 << 16;

const MAGIC: readonly (readonly [kind: BinaryKind, bytes: readonly (number | undefined)[]])[] = [
  ['journal', [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
];
/** Of its bytes, in hundredths: of bytes by chance it is 9, and a console has some noise. */
const MOST_CONTROL = 5;

/** By the first bytes of a file; undefined: it may be text, also in UTF-16. Bytes above 0x7f say nothing: a text may be in any encoding. */
export function binaryKind(head: Uint8Array): BinaryKind | undefined {
  const told = MAGIC.find(([, bytes]) => bytes.every((byte, at) => byte === undefined || head[at] === byte))?.[0];
  if (told !== undefined) return told;
  const bytes = head.subarray(0, BINARY_HEAD_BYTES);
  if (isUtf16(bytes)) return undefined;
  let control = 0;
  for (const byte of bytes)
    if (byte < 0x07 || (byte > 0x0d && byte < 0x1b) || (byte > 0x1b && byte < 0x1e) || byte === 0x7f) control++;
  return control * 100 > bytes.length * MOST_CONTROL ? 'other' : undefined;
}

/** Every second byte is zero, and hardly any other. */
function isUtf16(bytes: Uint8Array): boolean {
  const zeros = [0, 0] as [number, number];
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[(at % 2) as 0 | 1]++;
  const [least, most] = zeros[0] < zeros[1] ? zeros : [zeros[1], zeros[0]];
  return most * 10 > bytes.length * 4 && least * 50 < bytes.length;
}
