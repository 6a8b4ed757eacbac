import { bareAddressOf, kernelSymbolOf } from '../../base/kernel-symbol.js';
import { callBefore } from './call-address.js';
import type { FrameTold } from './profile-builder.js';

/** A line of a kernel's stack, such as ` leak_pages+0x1e/0x41 [leakmod]`. Undefined: it is none. */
export function readKernelFrame(line: string): FrameTold | undefined {
  const symbol = kernelSymbolOf(line);
  if (symbol !== undefined) {
    const { name, file = '', line: at = 0, module = '', inlined = false, offset, size } = symbol;
    const call = offset === undefined || size === undefined || file !== '' ? '' : `${offset}/${size}`;
    return { function: name, file, line: at, module, inlined, call };
  }
  const address = bareAddressOf(line);
  // Kernels up to about 5.2 print so where a stack ends.
  return address === undefined || /^0xf{8}(?:f{8})?$/.test(address) ? undefined : { address: callBefore(address) };
}
