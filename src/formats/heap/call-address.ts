/**
 * A return address, and the address of the call before it: one byte less lies within the call's instruction, which is enough to find its line.
 * Both hexadecimal; those of kernels are above 2^53, so that a number can't hold them.
 */
export function callBefore(returnAddress: string): string {
  const digits = returnAddress.startsWith('0x') ? returnAddress.slice(2) : returnAddress;
  if (!/^[\da-f]{1,16}$/i.test(digits)) return '';
  const value = digits.length < 14 ? Number.parseInt(digits, 16) : BigInt(`0x${digits}`);
  if (typeof value === 'bigint') return value === 0n ? '0x0' : `0x${(value - 1n).toString(16)}`;
  return `0x${Math.max(0, value - 1).toString(16)}`;
}
