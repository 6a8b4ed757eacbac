import type { Cancel } from '../../base/cancel.js';
import { baseName } from '../../base/path.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Target } from '../ports.js';

/** Programs that unpack, by the end of a file's name: modules are installed packed by one of them (CONFIG_MODULE_COMPRESS). */
const TOOLS: Readonly<Record<string, string>> = { gz: 'gzip', xz: 'xz', zst: 'zstd' };
const PACKED = /\.(gz|xz|zst)$/;

const LIMIT_MS: Milliseconds = 60_000;

/**
 * `$1` the program, `$2` the packed file, `$3` the new one. The new one may have 512 MiB (a kernel with debug information): a small file can be packed
 * that would fill the disk. Read from standard input, so that neither a name nor its end is taken for an option.
 */
const UNPACK = 'umask 077; ulimit -f 1048576 2>/dev/null; command -v "$1" >/dev/null || exit 127; exec "$1" -dc < "$2" > "$3"';

export const isPacked = (path: string): boolean => PACKED.test(path);

/** The name without what tells how it is packed: `a.ko.xz` is `a.ko`. */
export const unpackedName = (path: string): string => path.replace(PACKED, '');

export interface UnpackedFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** A packed file, unpacked into a folder of its own that only its owner may read; it has to be removed. The error says in words why there is none. */
export async function unpackFile(host: Target, path: string, cancel: Cancel): Promise<Result<UnpackedFile, string>> {
  const tool = TOOLS[PACKED.exec(path)?.[1] ?? ''] ?? 'xz';
  const folder = await host.makeTemporaryDirectory('memlens-module-');
  if (!folder.ok) return err('could not be unpacked: no file can be written for it');
  const file = { path: `${folder.value}/${unpackedName(baseName(path))}`, remove: () => host.remove(folder.value) };
  const argv = ['sh', '-c', UNPACK, 'memlens', tool, path, file.path];
  const ran = await host.capture({ argv }, { cancel, timeLimitMs: LIMIT_MS });
  if (ran.ok && ran.value.exitCode === 0) return ok(file);
  await file.remove();
  if (ran.ok && ran.value.exitCode === 127) return err(`is packed, and ${tool} is not installed on this machine`);
  return err(`could not be unpacked by ${tool}`);
}
