import { type Token, tokenize } from './c-tokens.js';

/** From 0, as an editor counts; columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the name `main` of the program's entry function stands, if the text defines one: `main` outside of every block (but inside of
 * `extern "C" { }`), followed by parameters and a body. Preprocessor conditions are not evaluated, so a `main` in `#if 0` is found too;
 * a `main` that a macro makes is not. Sources: C17 5.1.2.2.1 and 6.9.1, C++20 [basic.start.main] and [dcl.fct.def].
 */
export function findMain(text: string, language: 'c' | 'cpp'): TextPosition | undefined {
  if (!text.includes('main')) return undefined;
  const offset = findMainOffset(text, language);
  return offset === undefined ? undefined : positionOf(text, offset);
}

function findMainOffset(text: string, language: 'c' | 'cpp'): number | undefined {
  const blocks = new Blocks();
  let candidate: Candidate | undefined;
  let before: Token | undefined;
  let beforeThat: Token | undefined;
  for (const token of tokenize(text, language)) {
    if (token.kind === 'directive') {
      blocks.directive(token.text);
      continue;
    }
    const verdict = candidate?.take(token);
    if (verdict === 'definition') return candidate?.offset;
    if (verdict === 'no') candidate = undefined;

    if (candidate === undefined && token.text === 'main' && blocks.outside && !isMember(before)) {
      candidate = new Candidate(token.offset, language);
    }
    if (token.text === '{') blocks.open(before?.kind === 'string' && beforeThat?.text === 'extern');
    if (token.text === '}') blocks.close();
    beforeThat = before;
    before = token;
  }
  return undefined;
}

const isMember = (before: Token | undefined): boolean =>
  before !== undefined && ['.', '>', ':', '(', ',', '='].includes(before.text);

/** The open braces. Those of `extern "C" { }` do not count as a block. */
class Blocks {
  private readonly stack: boolean[] = [];
  private readonly conditions: number[] = [];
  private opaque = 0;

  get outside(): boolean {
    return this.opaque === 0;
  }

  open(transparent: boolean): void {
    this.stack.push(transparent);
    if (!transparent) this.opaque++;
  }

  close(): void {
    if (this.stack.pop() === false) this.opaque--;
  }

  /** Each branch of a condition begins with the braces that were open before it: `#if A` / `f() {` / `#else` / `g() {` / `#endif`. */
  directive(name: string): void {
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') this.conditions.push(this.stack.length);
    else if (name === 'endif') this.conditions.pop();
    else if (name === 'else' || name.startsWith('elif')) {
      const depth = this.conditions.at(-1);
      if (depth === undefined) return;
      while (this.stack.length > depth) this.close();
      while (this.stack.length < depth) this.open(false);
    }
  }
}

/** Watches the tokens behind a `main` until they decide. */
class Candidate {
  private phase: 'name' | 'parameters' | 'after' | 'attribute' | 'trailing' | 'old-style' = 'name';
  private depth = 0;
  /** Only identifiers and commas in the parentheses: it may be an old-style definition, with declarations behind them. */
  private onlyNames = true;
  private names = 0;
  private words = 0;

  constructor(
    readonly offset: number,
    private readonly language: 'c' | 'cpp',
  ) {}

  take(token: Token): 'definition' | 'no' | undefined {
    const { text } = token;
    switch (this.phase) {
      case 'name':
        if (text !== '(') return 'no';
        this.phase = 'parameters';
        this.depth = 1;
        return undefined;
      case 'parameters':
        if (text === '{' || text === ';') return 'no';
        if (token.kind !== 'word' && text !== ',' && text !== ')') this.onlyNames = false;
        if (token.kind === 'word') this.names++;
        if (text === 'void') this.onlyNames = false;
        if (this.closed(text)) this.phase = 'after';
        return undefined;
      case 'attribute':
        if (text === ';') return 'no';
        if (this.closed(text)) this.phase = 'after';
        return undefined;
      case 'after':
        return this.afterParameters(token);
      case 'trailing':
        if (text === '{') return 'definition';
        return text === ';' || text === '=' ? 'no' : undefined;
      case 'old-style':
        if (text === '{') return this.words === 0 ? 'definition' : 'no';
        if (text === ';') {
          // A declaration has a type and a name at least.
          if (this.words < 2) return 'no';
          this.words = 0;
        } else if (token.kind === 'word') this.words++;
        else if (!'*,[]()'.includes(text) && token.kind !== 'number') return 'no';
        return undefined;
    }
  }

  private afterParameters(token: Token): 'definition' | 'no' | undefined {
    const { text } = token;
    if (text === '{') return 'definition';
    if (text === '(' || text === '[') {
      this.phase = 'attribute';
      this.depth = 1;
      return undefined;
    }
    if (text === '-') {
      this.phase = 'trailing';
      return undefined;
    }
    if (token.kind !== 'word') return 'no';
    // `noexcept`, `try`, `__attribute__` and macros for them; or the first declaration of old-style parameters.
    if (
      this.language === 'c' &&
      this.onlyNames &&
      this.names > 0 &&
      !/^(__attribute|__attribute__|__asm|__asm__|asm)$/.test(text)
    ) {
      this.phase = 'old-style';
      this.words = 1;
    }
    return undefined;
  }

  private closed(text: string): boolean {
    if (text === '(' || text === '[') this.depth++;
    else if (text === ')' || text === ']') this.depth--;
    return this.depth === 0;
  }
}

function positionOf(text: string, offset: number): TextPosition {
  let line = 0;
  let start = 0;
  // An editor takes \n, \r\n and a lone \r as line ends.
  for (let at = 0; at < offset; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) {
      line++;
      start = at + 1;
    }
  }
  return { line, column: offset - start };
}
