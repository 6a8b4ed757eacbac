import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { heapNoteWords } from '../app/heap/heap-note-words.js';
import type { LiveLook } from '../app/live/attach.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { heapCsv } from '../export/heap-csv.js';
import { heapFolded } from '../export/heap-folded.js';
import { heapPprof } from '../export/heap-pprof.js';
import { heapSpeedscope } from '../export/heap-speedscope.js';
import { heapText } from '../export/heap-text.js';
import { liveLookJson } from '../export/live-json.js';
import { toText } from '../export/text.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LivePrice, LiveRates } from '../model/live.js';
import type { AttachLine } from './attach-options.js';
import { lookSummary, mallocText, whoIs } from './attach-text.js';
import { say } from './standard-error.js';
import { fileOutput, standardOutput, type TextOutput, widthOf, writeAll } from './text-output.js';

export interface LookFacts {
  readonly version: string;
  readonly price: LivePrice;
  readonly rates: LiveRates;
}

/** In text, so many of the largest stacks follow the findings. */
const TOP_STACKS = 5;

/** Writes what was seen, to standard output or the file of --output. */
export async function writeLook(line: AttachLine, look: LiveLook, facts: LookFacts): Promise<Result<void, Fault>> {
  const { profile, process: of } = look.outcome;
  for (const note of profile?.notes ?? []) say(`memlens: ${heapNoteWords(note)}`);
  if (line.format !== 'text' && line.format !== 'json') {
    for (const { text } of look.report.notes) say(`memlens: ${text}`);
    if (profile === undefined) {
      say(`memlens: no stack was seen of ${whoIs(of, line.target)}: nothing is written; --format text or json tell the rest`);
      return ok(undefined);
    }
  }
  const opened = line.output === undefined ? ok(standardOutput()) : await fileOutput(resolve(line.output));
  if (!opened.ok) return opened;
  if (line.format === 'pprof' && profile !== undefined) await writePacked(opened.value, heapPprof(profile, profile.chief));
  else await writeAll(opened.value, textOf(line, look, facts));
  return opened.value.close();
}

function textOf(line: AttachLine, look: LiveLook, { version, price, rates }: LookFacts): Iterable<string> {
  const { profile, process: of } = look.outcome;
  if (line.format === 'json') return liveLookJson(look.outcome, look.report, price, { version, target: line.target, rates });
  if (line.format === 'text' || profile === undefined) return lookText(line, look);
  const measure = profile.chief;
  switch (line.format) {
    case 'folded':
      return heapFolded(profile, measure);
    case 'csv':
      return heapCsv(profile);
    default:
      return heapSpeedscope(profile, { tool: `memlens ${version}`, name: whoIs(of, line.target), measure });
  }
}

function* lookText(line: AttachLine, { outcome, report }: LiveLook): Generator<string> {
  const isTerminal = line.output === undefined && process.stdout.isTTY;
  const colour = isTerminal && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
  const summary = lookSummary(outcome, report);
  yield toText(report, { colour, verbose: line.verbose, ...(summary === undefined ? {} : { summary }) });
  if (outcome.malloc !== undefined) yield `\n${mallocText(outcome.malloc)}`;
  if (outcome.profile !== undefined) yield* topStacks(line, outcome.profile, whoIs(outcome.process, line.target));
}

function* topStacks(line: AttachLine, profile: HeapProfile, name: string): Generator<string> {
  yield '\n';
  const width = widthOf(line.output);
  const { verbose } = line;
  const options = { name, measure: profile.chief, by: 'stack', most: TOP_STACKS, verbose } as const;
  yield* heapText(profile, { ...options, ...(width === undefined ? {} : { width }) });
}

/** pprof reads files that are packed by gzip. */
async function writePacked(output: TextOutput, pieces: Iterable<Uint8Array>): Promise<void> {
  for await (const chunk of Readable.from(pieces).pipe(createGzip())) {
    output.write(chunk as Buffer);
    await output.drain();
  }
}
