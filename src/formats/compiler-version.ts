export interface CompilerVersion {
  readonly family: 'gcc' | 'clang';
  /** Digits and dots. Apple's clang has numbers of its own: they say nothing about LLVM's. */
  readonly version: string;
  readonly apple: boolean;
}

/**
 * Reads what `gcc --version` or `clang --version` printed in the C locale, also under the names `cc`, `g++`,
 * `aarch64-linux-gnu-gcc-12`... undefined: it is neither.
 */
export function parseCompilerVersion(text: string): CompilerVersion | undefined {
  const top = text.slice(0, 4096);
  const clang = /\b(Apple )?(?:clang|LLVM) version (\d+(?:\.\d+)*)/.exec(top);
  if (clang !== null) return { family: 'clang', version: clang[2] as string, apple: /^Apple /m.test(top) };
  if (!top.includes('Free Software Foundation')) return undefined;
  // `g++ (GCC) 4.8.5 20150623 (Red Hat 4.8.5-44)`: packagers write into the parentheses what they like. The program's own
  // name may hold a number too, so only what stands behind the first parenthesis counts.
  const line = top.split('\n', 1)[0] ?? '';
  const version = /\d+(?:\.\d+)+/.exec(outsideParentheses(line.slice(Math.max(0, line.indexOf('(')))));
  return version === null ? undefined : { family: 'gcc', version: version[0], apple: false };
}

/** Reads `valgrind --version`: `valgrind-3.19.0`, `valgrind-3.24.0.GIT`. */
export function parseValgrindVersion(text: string): string | undefined {
  return /^valgrind-(\d+(?:\.\d+)*)/m.exec(text.slice(0, 4096))?.[1];
}

/** Negative, zero or positive, by the numbers between dots; what is missing counts as 0, what is no number ends a version. */
export function compareVersions(left: string, right: string): number {
  const a = numbersOf(left);
  const b = numbersOf(right);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersOf = (version: string): number[] => (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);

function outsideParentheses(line: string): string {
  let depth = 0;
  let outside = '';
  for (const letter of line) {
    if (letter === '(') depth++;
    else if (letter === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) outside += letter;
  }
  return outside;
}
