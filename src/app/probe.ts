import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { CompilerFacts, TargetFacts } from '../engines/engine.js';
import { HEAPTRACK_FILES } from './heaptrack-files.js';
import type { Target } from './ports.js';

export interface ProbeOptions {
  /** Compilers that the user named; absent or empty: the first of `cc`, `gcc`, `clang` (or their C++ sisters) with an ASan runtime. */
  readonly c?: string;
  readonly cpp?: string;
  readonly valgrind?: string;
  readonly cancel?: Cancel;
}

/**
 * One shell for everything: each line of its output is `key<TAB>value`. It runs in any POSIX sh; a tool that is missing
 * leaves its line out. All names arrive as arguments, so none of them is read as code.
 */
const SCRIPT = `
say() { printf '%s\\t%s\\n' "$1" "$2"; }
LC_ALL=C; export LC_ALL
m=$(uname -m); say machine "$m"
compiler() { # key, names
  key=$1; shift
  for cc do
    path=$(command -v "$cc" 2>/dev/null) || continue
    version=$("$cc" --version 2>/dev/null </dev/null) || continue
    say "$key" "$cc"
    say "$key.version" "\${version%%
*}"
    have=
    for lib in asan lsan; do
      for file in "lib$lib.so" "libclang_rt.$lib-$m.a" "lib$lib.a" "libclang_rt.$lib.a" "libclang_rt.$lib-$m.so"; do
        found=$("$cc" "-print-file-name=$file" 2>/dev/null </dev/null)
        case $found in
          /*) if [ -e "$found" ]; then say "$key.$lib" "$found"; have=$have$lib; break; fi ;;
        esac
      done
    done
    case $have in asan*) break ;; esac
  done
}
valgrind=$1; shift
# Side by side: a line of a few bytes is written to a pipe in one piece (pipe(7), PIPE_BUF).
compiler c "$1" "$2" "$3" &
compiler cpp "$4" "$5" "$6" &
if path=$(command -v "$valgrind" 2>/dev/null); then
  version=$("$path" --version 2>/dev/null </dev/null) && { say valgrind "$path"; say valgrind.version "$version"; }
fi
for lib in /usr/lib/*/liblsan.so.* /usr/lib64/liblsan.so.* /usr/lib/liblsan.so.* /usr/lib/gcc/*/*/liblsan.so; do
  if [ -e "$lib" ]; then say lsan "$lib"; fi
done
for file in ${HEAPTRACK_FILES.preload}; do
  if [ -e "$file" ]; then say heaptrack.library "$file"; break; fi
done
for file in ${HEAPTRACK_FILES.interpreter}; do
  if [ -x "$file" ]; then say heaptrack.interpreter "$file"; break; fi
done
for tool in llvm-symbolizer llvm-symbolizer-21 llvm-symbolizer-20 llvm-symbolizer-19 llvm-symbolizer-18 llvm-symbolizer-17 llvm-symbolizer-16 llvm-symbolizer-15 llvm-symbolizer-14 addr2line; do
  if path=$(command -v "$tool" 2>/dev/null); then say symbolizer "$path"; break; fi
done
if command -v setarch >/dev/null 2>&1; then say setarch yes; fi
if read -r value 2>/dev/null </proc/sys/vm/mmap_rnd_bits; then say mmapRndBits "$value"; fi
if read -r value 2>/dev/null </proc/sys/kernel/yama/ptrace_scope; then say ptraceScope "$value"; fi
for file in /etc/os-release /usr/lib/os-release; do
  if [ -r "$file" ]; then
    while IFS= read -r line; do
      case $line in ID=*|ID_LIKE=*) say os "$line" ;; esac
    done <"$file"
    break
  fi
done
wait
`;

/** Looks once at what the target has. Fails only when its shell can't be run. */
export async function probe(target: Target, options: ProbeOptions = {}): Promise<Result<TargetFacts, Fault>> {
  if (target.platform !== 'linux') return err({ code: 'unsupported-platform', platform: target.platform });
  const c = options.c ? [options.c, '', ''] : ['cc', 'gcc', 'clang'];
  const cpp = options.cpp ? [options.cpp, '', ''] : ['c++', 'g++', 'clang++'];
  const captured = await target.capture(
    { argv: ['/bin/sh', '-c', SCRIPT, 'memlens', options.valgrind || 'valgrind', ...c, ...cpp] },
    { timeLimitMs: 20_000, ...(options.cancel === undefined ? {} : { cancel: options.cancel }) },
  );
  return captured.ok ? ok(readFacts(captured.value.stdout)) : captured;
}

/** The facts in the script's output; what is not understood is left out. */
export function readFacts(output: string): TargetFacts {
  const values = new Map<string, string>();
  const compilers = { c: [] as Draft[], cpp: [] as Draft[] };
  const runtimes: string[] = [];
  const distribution: string[] = [];
  for (const line of output.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const key = line.slice(0, tab);
    const value = line.slice(tab + 1);
    const [first, second] = key.split('.');
    if (first === 'c' || first === 'cpp') {
      if (second === undefined) compilers[first].push({ command: value, version: '', asan: false, lsan: false });
      const draft = compilers[first].at(-1);
      if (draft === undefined) continue;
      if (second === 'version') draft.version = value;
      if (second === 'asan') draft.asan = true;
      if (second === 'lsan') {
        draft.lsan = true;
        if (/\.so(\.|$)/.test(value)) runtimes.unshift(value);
      }
    } else if (key === 'lsan') runtimes.push(value);
    else if (key === 'os') {
      const text = value.slice(value.indexOf('=') + 1).replace(/^["']|["']$/g, '');
      distribution.push(...text.split(/\s+/).filter((word) => word !== ''));
    } else if (!values.has(key)) values.set(key, value);
  }
  const valgrind = values.get('valgrind');
  const symbolizer = values.get('symbolizer');
  const facts: Mutable<TargetFacts> = { distribution };
  const chosen = { c: choose(compilers.c), cpp: choose(compilers.cpp) };
  if (chosen.c) facts.c = chosen.c;
  if (chosen.cpp) facts.cpp = chosen.cpp;
  if (valgrind !== undefined) {
    facts.valgrind = { path: valgrind, version: /\d+(\.\d+)+/.exec(values.get('valgrind.version') ?? '')?.[0] ?? '' };
  }
  if (runtimes[0] !== undefined) facts.lsanRuntime = runtimes[0];
  const [library, interpreter] = [values.get('heaptrack.library'), values.get('heaptrack.interpreter')];
  if (library !== undefined && interpreter !== undefined) facts.heaptrack = { library, interpreter };
  if (symbolizer !== undefined) {
    facts.symbolizer = { path: symbolizer, kind: symbolizer.includes('llvm-symbolizer') ? 'llvm-symbolizer' : 'addr2line' };
  }
  if (values.has('setarch')) facts.setarch = true;
  const bits = Number.parseInt(values.get('mmapRndBits') ?? '', 10);
  if (Number.isFinite(bits)) facts.mmapRndBits = bits;
  const scope = Number.parseInt(values.get('ptraceScope') ?? '', 10);
  if (Number.isFinite(scope)) facts.ptraceScope = scope;
  const machine = values.get('machine');
  if (machine !== undefined) facts.machine = machine;
  return facts;
}

interface Draft {
  command: string;
  version: string;
  asan: boolean;
  lsan: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function choose(drafts: readonly Draft[]): CompilerFacts | undefined {
  const best = drafts.find((draft) => draft.asan) ?? drafts[0];
  if (best === undefined) return undefined;
  const family = /\bclang\b/i.test(best.version) ? 'clang' : 'gcc';
  // `clang version 14.0.6`, `gcc (Debian 12.2.0-14) 12.2.0 Copyright`: the version stands behind the vendor's brackets.
  const version = (family === 'clang' ? /version (\d+(\.\d+)+)/ : /\) (\d+(\.\d+)+)/).exec(best.version)?.[1];
  return { ...best, family, version: version ?? /\d+(\.\d+)+/.exec(best.version)?.[0] ?? '' };
}
