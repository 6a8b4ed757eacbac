import { baseName } from '../../base/path.js';
import { visibleText } from '../../base/visible-text.js';
import type { HeapProfile } from '../../model/heap-profile.js';

/** The name of a frame: its function; else where it is: `libfoo.so+0x1234`, `libfoo.so`, `0x7f001234`; else `?`. */
export function frameName({ frames, texts, addresses }: HeapProfile, frame: number): string {
  const name = texts[frames.function[frame]!];
  if (name !== undefined && name !== '') return name;
  const module = baseName(texts[frames.module[frame]!] ?? '');
  const address = texts[frames.address[frame]!] ?? '';
  if (module === '') return address === '' ? '?' : address;
  if (address === '') return module;
  return addresses === 'module' ? `${module}+${address}` : `${module} ${address}`;
}

/** `src/list.c:42`, or `src/list.c`; empty where the file is not told. */
export function framePlace({ frames, texts }: HeapProfile, frame: number): string {
  const file = texts[frames.file[frame]!] ?? '';
  const line = frames.line[frame]!;
  return file === '' || line === 0 ? file : `${file}:${line}`;
}

/** `grow  src/list.c:42`, with the module where the file is not told. */
export function frameText(profile: HeapProfile, frame: number): string {
  const { frames, texts } = profile;
  const place = framePlace(profile, frame) || (texts[frames.module[frame]!] ?? '');
  const name = visibleText(frameName(profile, frame));
  return `${name}${place === '' ? '' : `  ${visibleText(place)}`}${frames.inlined[frame] === 1 ? '  (inlined)' : ''}`;
}
