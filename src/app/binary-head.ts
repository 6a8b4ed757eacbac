/** What a binary file is, where that helps: a journal of systemd. */
export type BinaryKind = 'journal' | 'other';

/** So much of a file tells. */
export const BINARY_HEAD_BYTES = 1 << 16;

const JOURNAL = [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48];
/** Of its bytes, in hundredths: of bytes by chance it is 9, and a console has some noise. */
const MOST_CONTROL = 5;

/** By the first bytes of a file; undefined: it may be text, also in UTF-16. Bytes above 0x7f say nothing: a text may be in any encoding. */
export function binaryKind(head: Uint8Array): BinaryKind | undefined {
  if (JOURNAL.every((byte, at) => head[at] === byte)) return 'journal';
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
