import type { Cancel } from '../base/cancel.js';
import { baseName } from '../base/path.js';
import type { TargetFacts } from '../engines/engine.js';
import type { Finding } from '../model/finding.js';
import type { Frame } from '../model/stack.js';
import type { Target } from './ports.js';

/** What debug information says of one offset, innermost (inlined) first. */
interface SymbolFrame {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

type SymbolTable = ReadonlyMap<string, readonly SymbolFrame[]>;

const OFFSETS_A_CALL = 400;
const MAX_OFFSETS = 20_000;
/** The system's own libraries hold no line of the user. */
const SYSTEM_MODULE = /^\/(usr\/)?lib(32|64|x32)?\/|^\[|libclang_rt\./;

/**
 * Adds to frames what the engine did not say and the module's debug information knows: function, file and line where
 * they are missing, and the column where the line is the same. Never replaces what the engine said.
 */
export async function symbolize(
  target: Target,
  facts: TargetFacts,
  findings: readonly Finding[],
  cancel?: Cancel,
  /** The file of `target` that stands for a module of the report; undefined: there is none. */
  fileOf: (module: string) => string | undefined = (module) => module,
): Promise<readonly Finding[]> {
  const tool = facts.symbolizer;
  if (tool === undefined) return findings;
  const wanted = new Map<string, Set<string>>();
  let count = 0;
  for (const finding of findings) {
    for (const stack of finding.stacks) {
      for (const frame of stack.frames) {
        if (!isWanting(frame, tool.kind) || count >= MAX_OFFSETS) continue;
        const offsets = wanted.get(frame.module as string) ?? new Set();
        wanted.set(frame.module as string, offsets.add(frame.offset as string));
        count++;
      }
    }
  }
  if (count === 0) return findings;
  const tables = new Map<string, SymbolTable>();
  for (const [module, offsets] of wanted) {
    if (cancel?.requested === true) break;
    const file = fileOf(module);
    if (file !== undefined) tables.set(module, await resolve(target, tool, file, [...offsets], cancel));
  }
  return findings.map((finding) => ({
    ...finding,
    stacks: finding.stacks.map((stack) => ({ ...stack, frames: stack.frames.flatMap((frame) => completed(frame, tables)) })),
  }));
}

function isWanting(frame: Frame, kind: 'llvm-symbolizer' | 'addr2line'): boolean {
  if (frame.module === undefined || frame.offset === undefined || !frame.module.startsWith('/')) return false;
  if (SYSTEM_MODULE.test(frame.module)) return false;
  // Of the two only llvm-symbolizer knows columns.
  return frame.file === undefined || (frame.column === undefined && kind === 'llvm-symbolizer');
}

function completed(frame: Frame, tables: ReadonlyMap<string, SymbolTable>): readonly Frame[] {
  const symbols = tables.get(frame.module ?? '')?.get(frame.offset ?? '');
  if (symbols === undefined || symbols.length === 0) return [frame];
  if (frame.file !== undefined) {
    if (frame.column !== undefined) return [frame];
    const same = symbols.find(
      (symbol) => symbol.line === frame.line && baseName(symbol.file ?? '') === baseName(frame.file ?? ''),
    );
    return [same?.column === undefined ? frame : { ...frame, column: same.column }];
  }
  if (!symbols.some((symbol) => symbol.file !== undefined)) return [frame];
  return symbols.map((symbol, index) => ({ ...frame, ...symbol, inlined: index < symbols.length - 1 }));
}

async function resolve(
  target: Target,
  tool: NonNullable<TargetFacts['symbolizer']>,
  module: string,
  offsets: readonly string[],
  cancel: Cancel | undefined,
): Promise<SymbolTable> {
  const table = new Map<string, readonly SymbolFrame[]>();
  for (let from = 0; from < offsets.length; from += OFFSETS_A_CALL) {
    const part = offsets.slice(from, from + OFFSETS_A_CALL);
    const argv =
      tool.kind === 'llvm-symbolizer'
        ? [tool.path, '--output-style=JSON', '--demangle', '--inlines', `--obj=${module}`, ...part]
        : [tool.path, '-a', '-f', '-i', '-C', '-e', module, ...part];
    const captured = await target.capture({ argv }, { timeLimitMs: 60_000, ...(cancel === undefined ? {} : { cancel }) });
    if (!captured.ok) break;
    const results = tool.kind === 'llvm-symbolizer' ? readJson(captured.value.stdout) : readAddr2line(captured.value.stdout);
    for (const [offset, frames] of results) table.set(offset, frames);
  }
  // Both tools print an address in a form of their own: `0x0000000000001179`.
  return new Map(offsets.map((offset) => [offset, table.get(canonical(offset)) ?? []]));
}

function canonical(address: string): string {
  return /^0x[0-9a-f]+$/i.test(address) ? `0x${BigInt(address).toString(16)}` : address;
}

/** llvm-symbolizer(1), `--output-style=JSON` (LLVM 13 and newer): one object a line. */
export function readJson(text: string): Map<string, readonly SymbolFrame[]> {
  const table = new Map<string, readonly SymbolFrame[]>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('{') && !line.startsWith('[')) continue;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      continue;
    }
    for (const entry of Array.isArray(parsed) ? parsed : [parsed]) {
      const { Address, Symbol: symbols } = entry as { Address?: unknown; Symbol?: unknown };
      if (typeof Address !== 'string' || !Array.isArray(symbols)) continue;
      table.set(
        canonical(Address),
        symbols.map((symbol: Record<string, unknown>) =>
          symbolFrame(symbol.FunctionName, symbol.FileName, symbol.Line, symbol.Column),
        ),
      );
    }
  }
  return table;
}

/** addr2line(1) with -a -f -i: the address, then pairs of a function's line and a place's line. */
export function readAddr2line(text: string): Map<string, readonly SymbolFrame[]> {
  const table = new Map<string, readonly SymbolFrame[]>();
  let frames: SymbolFrame[] | undefined;
  let name: string | undefined;
  for (const line of text.split('\n')) {
    if (/^0x[0-9a-f]+$/.test(line) && name === undefined) {
      frames = [];
      table.set(canonical(line), frames);
    } else if (frames === undefined) continue;
    else if (name === undefined) name = line;
    else {
      const place = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(line);
      frames.push(symbolFrame(name, place?.[1], Number(place?.[2]), undefined));
      name = undefined;
    }
  }
  return table;
}

function symbolFrame(name: unknown, file: unknown, line: unknown, column: unknown): SymbolFrame {
  return {
    ...(typeof name === 'string' && name !== '' && name !== '??' ? { function: name } : {}),
    ...(typeof file === 'string' && file !== '' && file !== '??' ? { file } : {}),
    ...(typeof line === 'number' && line > 0 ? { line } : {}),
    ...(typeof column === 'number' && column > 0 ? { column } : {}),
  };
}
