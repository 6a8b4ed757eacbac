import { baseName } from '../../base/path.js';
import type { NamedFrame } from '../../insight/heap/expand-frames.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { type KernelCall, kernelCall } from './kernel-call.js';
import { type ProcessSpace, rangeAt, type SpaceModule } from './process-space.js';
import type { SymbolFrame } from './symbol-frame.js';

/** Where a frame's address lies: in the file of a module, or as that is linked. */
export interface ProfileAddress {
  readonly frame: number;
  readonly value: number;
  readonly form: 'file' | 'linked';
}

/** A module with the addresses in it for which names are wanted. */
export interface ProfileModule {
  readonly path: string;
  /** What the process told of it. */
  readonly told?: SpaceModule;
  readonly addresses: ProfileAddress[];
}

/** Frames that have an address and no line, by module. Two modules of a process that have the same path are told apart by the address only. */
export function wantedAddresses(profile: HeapProfile, space: ProcessSpace | undefined): readonly ProfileModule[] {
  const { frames, texts, addresses } = profile;
  const modules = new Map<string, ProfileModule>();
  // heaptrack's raw form counts from where the module was moved to, and not from the file's beginning.
  const form = profile.format === 'heaptrack' ? 'linked' : 'file';
  const add = (path: string, told: SpaceModule | undefined, address: ProfileAddress): void => {
    const key = told === undefined ? path : `${told.device} ${told.inode} ${path}`;
    const module = modules.get(key);
    if (module === undefined) modules.set(key, { path, ...(told === undefined ? {} : { told }), addresses: [address] });
    else module.addresses.push(address);
  };
  for (let frame = 0; frame < frames.length; frame++) {
    const value = Number(texts[frames.address[frame]!] || Number.NaN);
    if (frames.file[frame] !== 0 || !Number.isSafeInteger(value)) continue;
    const path = texts[frames.module[frame]!] ?? '';
    if (addresses === 'process' || path === '') {
      const range = space === undefined ? undefined : rangeAt(space, value);
      const told = range === undefined ? undefined : space?.modules[range.module];
      // The tool names another file: one of the two does not know what lay there.
      if (range === undefined || told === undefined || (path !== '' && baseName(path) !== baseName(told.path))) continue;
      add(told.path, told, { frame, value: value - range.start + range.offset, form: 'file' });
      continue;
    }
    if (!path.startsWith('/')) continue;
    const same = space?.modules.filter((module) => module.path === path) ?? [];
    if (same.length > 1) continue;
    add(path, same[0], { frame, value, form });
  }
  return [...modules.values()];
}

/** Calls in a kernel that have no line, by frame. */
export function profileCalls({ frames, texts }: HeapProfile): ReadonlyMap<number, KernelCall> {
  const calls = new Map<number, KernelCall>();
  const column = frames.call;
  for (let frame = 0; column !== undefined && frame < frames.length; frame++) {
    if (column[frame] === 0 || frames.file[frame] !== 0) continue;
    const [name, call, module] = [frames.function[frame]!, column[frame]!, frames.module[frame]!].map((at) => texts[at] ?? '');
    const known = kernelCall(name ?? '', call ?? '', module ?? '');
    if (known !== undefined) calls.set(frame, known);
  }
  return calls;
}

/** What takes the place of a frame; undefined: nothing better is known. */
export function namesFor(
  profile: HeapProfile,
  frame: number,
  symbols: readonly SymbolFrame[] | undefined,
): readonly NamedFrame[] | undefined {
  if (symbols === undefined || symbols.length === 0) return undefined;
  if (symbols.some(({ file }) => file !== undefined)) return symbols;
  // A name that the tool knew already is as good.
  return profile.frames.function[frame] === 0 ? symbols : undefined;
}
