import type { SymbolFrame, SymbolTable } from './symbol-frame.js';

const PLACE = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/s;
/** eu-addr2line: `deep inlined at /t/a.c:10:3 in make`. */
const INLINED = / inlined at .+:\d+(?::\d+)? in .*$/;
const PLACE_WITH_COLUMN = /^(.*?):(\d+|\?)(?::(\d+))?$/s;

/**
 * addr2line(1) and eu-addr2line(1) with -a -f -i, llvm-symbolizer(1) with -a: the address, then pairs of a function's line and a place's line. The latter is
 * `file:line`, and with columns `file:line:column`. llvm-symbolizer ends each answer with an empty line. A newline in the name of a file makes its place two
 * lines. Equal frames are one object: an inlined function is met again and again, and its name may be long.
 */
export function readSymbols<A>(text: string, hasColumns: boolean, addressOf: (text: string) => A): SymbolTable<A> {
  const table: SymbolTable<A> = new Map();
  const known = new Map<string, SymbolFrame>();
  let frames: SymbolFrame[] | undefined;
  let name: string | undefined;
  let place = '';
  for (const line of text.split('\n')) {
    if (name === undefined && /^0x[0-9a-f]+$/.test(line)) {
      frames = [];
      table.set(addressOf(line), frames);
    } else if (frames === undefined || (line === '' && name === undefined)) continue;
    else if (name === undefined) name = line;
    else {
      place = place === '' ? line : `${place}\n${line}`;
      const key = `${name}\n${place}`;
      let frame = known.get(key);
      if (frame === undefined) {
        const parts = hasColumns ? lastNumbers(place) : PLACE.exec(place);
        if (parts === null) continue;
        frame = symbolFrame(name.replace(INLINED, ''), parts[1], Number(parts[2]), Number(parts[3]));
        known.set(key, frame);
      }
      frames.push(frame);
      name = undefined;
      place = '';
    }
  }
  return table;
}

/** The name of a file may end in a number behind a colon itself. */
const lastNumbers = (place: string): RegExpExecArray | null => /^(.*):(\d+):(\d+)$/s.exec(place) ?? PLACE_WITH_COLUMN.exec(place);

/** A piece of a long text keeps the whole of it in memory; this one does not. */
const ownText = (piece: string): string => ` ${piece}`.slice(1);

function symbolFrame(name: unknown, file: unknown, line: unknown, column: unknown): SymbolFrame {
  return {
    ...(typeof name === 'string' && name !== '' && name !== '??' ? { function: ownText(name) } : {}),
    ...(typeof file === 'string' && file !== '' && file !== '??' ? { file: ownText(file) } : {}),
    ...(typeof line === 'number' && line > 0 ? { line } : {}),
    ...(typeof column === 'number' && column > 0 ? { column } : {}),
  };
}
