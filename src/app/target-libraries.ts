import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { ProgramFacts } from '../engines/engine.js';
import type { Target } from './ports.js';

/**
 * What a program needs and its machine lacks: its loader, or libraries, as the loader itself tells (`--list`, ld.so(8), which runs nothing of
 * the program; musl's loader knows it too). A loader that can't say is no reason to complain.
 */
export async function missingLibraries(
  target: Target,
  program: ProgramFacts,
  env: Readonly<Record<string, string>>,
): Promise<Result<readonly string[], Fault>> {
  const { interpreter } = program;
  if (interpreter === undefined) return ok([]);
  const loader = await target.stat(interpreter);
  if (!loader.ok) return loader.error.code === 'not-found' ? ok([interpreter]) : loader;
  const said = await target.capture(
    { argv: [interpreter, '--list', program.path], env: { ...env, LC_ALL: 'C' } },
    { timeLimitMs: 20_000, maxBytes: 1 << 20 },
  );
  if (!said.ok) return said.error.code === 'target-unreachable' ? said : ok([]);
  return ok(readMissing(`${said.value.stdout}\n${said.value.stderr}`));
}

/** glibc: `\tlibx.so.1 => not found`, or a sentence with `libx.so.1: cannot open shared object file`; musl: `Error loading shared library libx.so.1: ...`. */
export function readMissing(text: string): readonly string[] {
  const missing = new Set<string>();
  for (const line of text.split('\n')) {
    const name =
      /^\s*(\S+) => not found/.exec(line)?.[1] ??
      /Error loading shared library (\S+?):/.exec(line)?.[1] ??
      /: (\S+): cannot open shared object file/.exec(line)?.[1];
    if (name !== undefined) missing.add(name);
  }
  return [...missing];
}
