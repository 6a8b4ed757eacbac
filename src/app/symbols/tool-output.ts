import type { SymbolFrame, SymbolTable } from './symbol-frame.js';

/** llvm-symbolizer(1), `--output-style=JSON` (LLVM 13 and newer): an object a line. */
export function readJson(text: string): SymbolTable {
  const table: SymbolTable = new Map();
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
      const address = Number(Address);
      if (!Number.isSafeInteger(address)) continue;
      table.set(
        address,
        symbols.map((symbol: Record<string, unknown>) =>
          symbolFrame(symbol.FunctionName, symbol.FileName, symbol.Line, symbol.Column),
        ),
      );
    }
  }
  return table;
}

const PLACE = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/s;
/** eu-addr2line: `deep inlined at /t/a.c:10:3 in make`. */
const INLINED = / inlined at .+:\d+(?::\d+)? in .*$/;
const PLACE_WITH_COLUMN = /^(.*?):(\d+|\?)(?::(\d+))?$/s;

/**
 * addr2line(1) and eu-addr2line(1) with -a -f -i: the address, then pairs of a function's line and a place's line. The latter is `file:line`, and
 * `file:line:column` of eu-addr2line. A newline in the name of a file makes its place two lines.
 */
export function readAddr2line(text: string, hasColumns: boolean): SymbolTable {
  const table: SymbolTable = new Map();
  let frames: SymbolFrame[] | undefined;
  let name: string | undefined;
  let place = '';
  for (const line of text.split('\n')) {
    if (name === undefined && /^0x[0-9a-f]+$/.test(line)) {
      frames = [];
      table.set(Number(line), frames);
    } else if (frames === undefined) continue;
    else if (name === undefined) name = hasColumns ? line.replace(INLINED, '') : line;
    else {
      place = place === '' ? line : `${place}\n${line}`;
      const parts = hasColumns ? lastNumbers(place) : PLACE.exec(place);
      if (parts === null) continue;
      frames.push(symbolFrame(name, parts[1], Number(parts[2]), Number(parts[3])));
      name = undefined;
      place = '';
    }
  }
  return table;
}

/** The name of a file may end in a number behind a colon itself. */
const lastNumbers = (place: string): RegExpExecArray | null => /^(.*):(\d+):(\d+)$/s.exec(place) ?? PLACE_WITH_COLUMN.exec(place);

function symbolFrame(name: unknown, file: unknown, line: unknown, column: unknown): SymbolFrame {
  return {
    ...(typeof name === 'string' && name !== '' && name !== '??' ? { function: name } : {}),
    ...(typeof file === 'string' && file !== '' && file !== '??' ? { file } : {}),
    ...(typeof line === 'number' && line > 0 ? { line } : {}),
    ...(typeof column === 'number' && column > 0 ? { column } : {}),
  };
}
