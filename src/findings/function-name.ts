/** Index of the first character of `text` outside of `<...>` and `(...)` that `wanted` accepts, or -1. */
function topLevelIndex(text: string, wanted: (c: string, index: number) => boolean): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (depth === 0 && wanted(c, i)) return i;
    if (c === '<' || c === '(') depth++;
    else if ((c === '>' || c === ')') && depth > 0) depth--;
  }
  return -1;
}

/** Templates are demangled with the type that they return in front. */
function withoutReturnType(text: string): string {
  let from = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '<' || c === '(') depth++;
    else if ((c === '>' || c === ')') && depth > 0) depth--;
    else if (c === ' ' && depth === 0) from = i + 1;
  }
  return text.slice(from);
}

/**
 * The name of a function without its return type, parameters and version: `std::__invoke_impl<void>` of
 * `void std::__invoke_impl<void>(int)`, `realloc` of `realloc@@GLIBC_2.2.5`, `operator new[]` of `operator new[](unsigned long)`.
 */
export function plainFunctionName(name: string): string {
  let text = name.trim();
  const version = text.indexOf('@');
  if (version > 0) text = text.slice(0, version);
  // `operator()`, `operator<` and `operator new` hold the very characters that are looked for below.
  const operator = /(?:^|[ :])operator(?: new| delete|[^\w\s])/.exec(text);
  if (operator !== null) {
    const name = text.slice(operator.index + (operator[0].startsWith('o') ? 0 : 1));
    const allocator = /^operator (?:new|delete)(?:\[\])?/.exec(name);
    return withoutReturnType(text.slice(0, text.length - name.length)) + (allocator?.[0] ?? name);
  }
  const parameters = topLevelIndex(text, (c, i) => c === '(' && i > 0 && !text.startsWith('(anonymous', i));
  return withoutReturnType(parameters > 0 ? text.slice(0, parameters).trimEnd() : text);
}
