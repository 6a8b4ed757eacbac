import type { Frame } from '../../model/stack.js';

/** A call as a kernel prints it (`leak_kmalloc+0x21/0x5c [leakmod]`): by the name of the function, without an address. */
export interface KernelCall {
  readonly name: string;
  /** Of the return address in the function. */
  readonly offset: number;
  /** Of the function, to the next symbol. */
  readonly size: number;
  /** '' is the kernel itself. */
  readonly module: string;
  /** Of the module, where the kernel prints it. */
  readonly buildId?: string;
}

/** As `HeapProfile` keeps it: `0x21/0x5c`. Without the size nothing tells whether a file is of the same build. */
export function kernelCall(name: string, call: string, module: string, buildId?: string): KernelCall | undefined {
  const found = /^(0x[\da-f]{1,8})\/(0x[\da-f]{1,8})$/.exec(call);
  if (found === null || name === '') return undefined;
  const [offset, size] = [Number(found[1]), Number(found[2])];
  return offset > size ? undefined : { name, offset, size, module, ...(buildId === undefined ? {} : { buildId }) };
}

/** The call of a frame that has no line yet. */
export function callOf({ function: name, file, symbolOffset, symbolSize, module, buildId }: Frame): KernelCall | undefined {
  if (name === undefined || file !== undefined || symbolOffset === undefined || symbolSize === undefined) return undefined;
  return kernelCall(name, `${symbolOffset}/${symbolSize}`, module ?? '', buildId);
}

/** Two calls of one key have the same names. */
export const callKey = ({ name, offset, size, module }: KernelCall): string => `${module} ${name} ${offset} ${size}`;
