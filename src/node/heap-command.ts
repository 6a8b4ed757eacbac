import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { heapNoteWords } from '../app/heap/heap-note-words.js';
import { openHeapProfile } from '../app/heap/open-heap.js';
import { systemFrames } from '../app/heap/system-frames.js';
import type { Symbolizer } from '../app/symbols/symbolizer.js';
import { neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { heapCsv } from '../export/heap-csv.js';
import { heapFolded } from '../export/heap-folded.js';
import { heapJson } from '../export/heap-json.js';
import { heapPprof } from '../export/heap-pprof.js';
import { heapSpeedscope } from '../export/heap-speedscope.js';
import { heapText } from '../export/heap-text.js';
import { diffProfiles } from '../insight/heap/diff.js';
import { withoutCalls } from '../insight/heap/expand-frames.js';
import { filterStacks, matchingFrames } from '../insight/heap/filter.js';
import { measureId } from '../insight/heap/measure-words.js';
import { foldFrames } from '../insight/heap/own-code.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { CLEAN, FAILED } from './exit-status.js';
import type { HeapLine } from './heap-options.js';
import { localChunks } from './local-chunks.js';
import { writePacked } from './packed-output.js';
import { complain, say } from './standard-error.js';
import { lineSymbolizer } from './symbol-options.js';
import { fileOutput, standardOutput, widthOf, writeAll } from './text-output.js';
import { nodeUnpackers } from './unpack.js';
import { suggestion, UsageError } from './usage.js';

/** memlens heap and memlens heap diff. The result is the exit status. Throws UsageError where the profile has not what is asked for. */
export async function runHeapCommand(line: HeapLine, { version }: { readonly version: string }): Promise<number> {
  const done = await showHeap(line, `memlens ${version}`);
  if (done.ok) return CLEAN;
  complain(done.error);
  return FAILED;
}

async function showHeap(line: HeapLine, tool: string): Promise<Result<void, Fault>> {
  if (line.format === 'pprof' && line.output === undefined && process.stdout.isTTY) {
    throw new UsageError('pprof is no text: name a file with --output');
  }
  const read = await readWhole(line);
  if (!read.ok) return read;
  const shown = narrowed(read.value, line);
  const measure = measureOf(shown, line.measure);
  const opened = line.output === undefined ? ok(standardOutput()) : await fileOutput(resolve(line.output));
  if (!opened.ok) return opened;
  if (line.format === 'pprof') await writePacked(opened.value, heapPprof(shown, measure));
  else await writeAll(opened.value, textOf(shown, measure, line, tool));
  return opened.value.close();
}

/** What memlens heap prints of a profile when nothing else is asked for. */
export function usualHeapText(
  profile: HeapProfile,
  file: string,
  { format, verbose, output }: { readonly format: 'text' | 'json'; readonly verbose: boolean; readonly output?: string },
  tool: string,
): Iterable<string> {
  const shown = { format, verbose, by: 'stack', top: 10, file, ...(output === undefined ? {} : { output }) } as const;
  return textOf(profile, profile.chief, shown, tool);
}

/** Says what a person should know of a profile, on standard error. */
export function sayHeapNotes(profile: HeapProfile, where: string): void {
  for (const note of profile.notes) say(`memlens: ${where}${heapNoteWords(note)}`);
}

async function readWhole(line: HeapLine): Promise<Result<HeapProfile, Fault>> {
  const { file, before } = line;
  const symbolizer = line.symbols.which === 'off' ? undefined : lineSymbolizer(line.symbols, line.verbose);
  const earlier = before === undefined ? undefined : await readOne(before, line, symbolizer);
  if (earlier?.ok === false) return earlier;
  const later = await readOne(file, line, symbolizer);
  if (!later.ok || earlier === undefined) return later;
  const diff = diffProfiles(earlier.value, later.value);
  if (diff === undefined) throw new UsageError('the two profiles have no measure in common: nothing can be compared');
  return ok(diff);
}

async function readOne(
  file: string,
  { before, symbols, verbose }: HeapLine,
  symbolizer: Symbolizer | undefined,
): Promise<Result<HeapProfile, Fault>> {
  const name = file === '-' ? 'standard input' : file;
  const facts = file === '-' ? undefined : await stat(file).catch(() => undefined);
  if (facts?.isDirectory() === true) return err({ code: 'unreadable', path: file, detail: `${file} is a directory` });
  const chunks = file === '-' ? (process.stdin as AsyncIterable<Buffer>) : localChunks(file);
  const opened = await openHeapProfile(chunks, name, await nodeUnpackers());
  if (!opened.ok) return opened;
  const takenMs = symbols.which === 'any' ? undefined : (opened.value.at ?? facts?.mtimeMs);
  const { sysroot, which } = symbols;
  const origin = {
    isForeign: which === 'sure',
    ...(takenMs === undefined ? {} : { takenMs }),
    ...(sysroot === undefined ? {} : { sysroot }),
  };
  const named = await symbolizer?.symbolizeProfile(opened.value, origin, neverCancelled);
  const profile = named?.profile ?? withoutCalls(opened.value);
  const where = before === undefined ? '' : `${name}: `;
  sayHeapNotes(profile, where);
  for (const { severity, text } of named?.notes ?? []) if (severity !== 'info' || verbose) say(`memlens: ${where}${text}`);
  return ok(profile);
}

/** First what the file tells is looked for, then frames are folded away: a filter finds them, too. */
function narrowed(profile: HeapProfile, { filter, module, ownCode }: HeapLine): HeapProfile {
  const wanted = { ...(filter === undefined ? {} : { text: filter }), ...(module === undefined ? {} : { module }) };
  const found = Object.keys(wanted).length === 0 ? profile : filterStacks(profile, matchingFrames(profile, wanted));
  return ownCode ? foldFrames(found, systemFrames(found)) : found;
}

function measureOf({ measures, chief }: HeapProfile, word: string | undefined): number {
  if (word === undefined) return chief;
  const ids = measures.map(measureId);
  const index = ids.indexOf(word);
  if (index < 0) throw new UsageError(`this profile has no measure "${word}"${suggestion(word, ids)}`);
  return index;
}

type ShownLine = Pick<HeapLine, 'file' | 'format' | 'by' | 'top' | 'verbose' | 'output'>;

function textOf(profile: HeapProfile, measure: number, line: ShownLine, tool: string): Iterable<string> {
  const name = baseName(line.file === '-' ? 'standard input' : line.file);
  switch (line.format) {
    case 'folded':
      return heapFolded(profile, measure);
    case 'speedscope':
      return heapSpeedscope(profile, { tool, name, measure });
    case 'json':
      return heapJson(profile, tool);
    case 'csv':
      return heapCsv(profile);
    default: {
      const { by, top: most, verbose, output } = line;
      const width = widthOf(output);
      return heapText(profile, { name, measure, by, most, verbose, ...(width === undefined ? {} : { width }) });
    }
  }
}
