/** CRC-32 of .gnu_debuglink: that of zlib and IEEE 802.3, reflected, polynomial 0xedb88320. Four tables take four bytes at once. */
const TABLES = ((): readonly Uint32Array[] => {
  const tables = [0, 1, 2, 3].map(() => new Uint32Array(256));
  const [first] = tables as [Uint32Array];
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    first[byte] = value;
  }
  for (let at = 1; at < 4; at++) {
    const before = tables[at - 1]!;
    for (let byte = 0; byte < 256; byte++) tables[at]![byte] = (before[byte]! >>> 8) ^ first[before[byte]! & 0xff]!;
  }
  return tables;
})();

/** Of bytes that come piece by piece; begins with 0. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let value = ~before;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value = t3[value & 0xff]! ^ t2[(value >>> 8) & 0xff]! ^ t1[(value >>> 16) & 0xff]! ^ t0[value >>> 24]!;
  }
  for (; at < bytes.length; at++) value = (value >>> 8) ^ t0[(value ^ bytes[at]!) & 0xff]!;
  return ~value >>> 0;
}
