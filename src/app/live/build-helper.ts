import type { Fault } from '../../base/fault.js';
import { shortHash } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import type { LiveSession } from './live-way.js';

/**
 * A library of ours (a C source of media/) built by the compiler of the process's machine, once for each text of it: its path there. With -O2, since the last
 * function of inject-leaks.c must end in a jump, and without symbols.
 */
export async function buildHelper(session: LiveSession, source: string): Promise<Result<string, Fault>> {
  const { target, machine, helpers, work } = session;
  const cc = machine.tools.cc?.path;
  if (cc === undefined)
    return err({ code: 'tool-missing', tool: 'cc', remedy: 'Install gcc or clang on the machine of the process.' });
  const text = await helpers.text(source);
  if (!text.ok) return text;
  const flags = ['-O2', '-foptimize-sibling-calls', '-shared', '-fPIC', '-fvisibility=hidden', '-s', '-Wl,-z,now'];
  const key = shortHash(
    Array.from([text.value, cc, machine.machine ?? '', ...flags].join('\0'), (letter) => letter.charCodeAt(0)),
  );
  const library = `${helpers.cache}/${source.replace(/\.c$/, '')}-${key}.so`;
  if ((await target.stat(library)).ok) return ok(library);
  const file = `${work}/${source}`;
  const written = await target.writeText(file, text.value);
  if (!written.ok) return written;
  const argv = [cc, ...flags, '-o', `${work}/helper.so`, file, '-ldl', '-pthread'];
  const compiled = await target.capture({ argv, env: { LC_ALL: 'C' } }, { timeLimitMs: 60_000 });
  if (!compiled.ok) return compiled;
  if (compiled.value.exitCode !== 0) {
    const { exitCode, stderr } = compiled.value;
    return err({ code: 'tool-failed', tool: cc, trace: { argv, exitCode, stderrTail: stderr.slice(-4096) } });
  }
  // Copied under a name of its own and then renamed: two at once never see half a library.
  const move = await target.capture({
    argv: [
      '/bin/sh',
      '-c',
      'mkdir -p "$3" && cp "$1" "$2.$$" && mv -f "$2.$$" "$2" || { rm -f "$2.$$"; false; }',
      'memlens',
      `${work}/helper.so`,
      library,
      helpers.cache,
    ],
  });
  return ok(move.ok && move.value.exitCode === 0 ? library : `${work}/helper.so`);
}
