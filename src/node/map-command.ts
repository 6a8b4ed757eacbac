import { existsSync } from 'node:fs';
import { mapNoteWords } from '../app/map/map-note-words.js';
import { takeSingleMap } from '../app/map/single-map.js';
import type { Target } from '../app/ports.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { mapCsv } from '../export/map-csv.js';
import { mapDiffJson } from '../export/map-diff-json.js';
import { mapDiffText } from '../export/map-diff-text.js';
import { mapJson } from '../export/map-json.js';
import { isSameProcess } from '../export/map-origin.js';
import { mapText } from '../export/map-text.js';
import { diffMaps } from '../insight/map/diff.js';
import { mapFindings } from '../insight/map/findings.js';
import { factsOf } from '../insight/map/map-facts.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { NamedTarget } from '../model/target-config.js';
import { CLEAN, FAILED } from './exit-status.js';
import { readMapFile } from './map-file.js';
import type { MapLine, MapSubject } from './map-options.js';
import { nodeClock } from './node-clock.js';
import { complain, say } from './standard-error.js';
import { whileStoppable } from './stoppable.js';
import { readTargetOption } from './target-option.js';
import { widthOf, writeOutput } from './text-output.js';

export interface MapCommandParts {
  readonly version: string;
  readonly openTarget: (target: NamedTarget) => Target & Disposable;
}

/** memlens map and memlens map diff. The result is the exit status. */
export async function runMapCommand(line: MapLine, parts: MapCommandParts): Promise<number> {
  const done = await (line.verb === 'map' ? showMap(line, parts) : showDiff(line, parts));
  if (done.ok) return done.value;
  complain(done.error);
  const hint = hintOf(done.error, line);
  if (hint !== undefined) say(`         ${hint}`);
  return FAILED;
}

/** For those who gave a process as if it were a file, or the other way round. */
function hintOf(fault: Fault, line: MapLine): string | undefined {
  if (fault.code === 'not-found' && fault.what === 'file') return 'A process is given by its number: memlens ps tells it.';
  if (fault.code !== 'not-found' && fault.code !== 'no-process') return undefined;
  const pids = (line.verb === 'map' ? [line.subject] : [line.before, line.after]).flatMap((one) =>
    'pid' in one ? [one.pid] : [],
  );
  const file = pids.find((pid) => existsSync(String(pid)));
  return file === undefined ? undefined : `The file of this name is written ./${file}.`;
}

async function showMap(line: Extract<MapLine, { verb: 'map' }>, parts: MapCommandParts): Promise<Result<number, Fault>> {
  const read = await readMap(line.subject, line, parts);
  if (!read.ok) return read;
  const map = read.value;
  sayNotes(map);
  const written = await writeOutput(line.output, textOf(map, line, parts.version));
  if (!written.ok) return written;
  // What is written then holds what all may know, and no mapping.
  return ok(map.table.length === 0 && map.notes.some(({ code }) => code === 'no-permission') ? FAILED : CLEAN);
}

function textOf(map: MapSnapshot, line: Extract<MapLine, { verb: 'map' }>, version: string): Iterable<string> {
  // A single reading: the rules on growth are silent.
  const findings = mapFindings({ readings: [factsOf(map)], growing: [] });
  switch (line.format) {
    case 'json':
      return mapJson(map, { tool: `memlens ${version}`, findings });
    case 'csv':
      return mapCsv(map);
    case 'text':
      return mapText(map, { findings, verbose: line.verbose, ...width(line.output) });
  }
}

async function showDiff(line: Extract<MapLine, { verb: 'map diff' }>, parts: MapCommandParts): Promise<Result<number, Fault>> {
  const first = await readMap(line.before, line, parts);
  if (!first.ok) return first;
  const second = await readMap(line.after, line, parts);
  if (!second.ok) return second;
  const [before, after] = [first.value, second.value];
  sayNotes(before, nameOf(line.before));
  sayNotes(after, nameOf(line.after));
  sayDoubts(before, after);
  const diff = diffMaps(before, after);
  const text =
    line.format === 'json'
      ? mapDiffJson(before, after, diff, `memlens ${parts.version}`)
      : mapDiffText(before, after, diff, { verbose: line.verbose, ...width(line.output) });
  const written = await writeOutput(line.output, text);
  if (!written.ok) return written;
  return ok([before, after].some(({ table }) => table.length === 0) ? FAILED : CLEAN);
}

const nameOf = (subject: MapSubject): string =>
  'pid' in subject ? `process ${subject.pid}` : subject.file === '-' ? 'standard input' : subject.file;

function sayNotes({ notes }: MapSnapshot, name?: string): void {
  for (const note of notes) say(`memlens: ${name === undefined ? '' : `${name}: `}${mapNoteWords(note)}`);
}

/** Why the difference may not be what it looks like. */
function sayDoubts(before: MapSnapshot, after: MapSnapshot): void {
  if (before.at > after.at) {
    say('memlens: the first map is later than the second one: what is told as new or grown was there before.');
  }
  if (before.origin.kind === 'process' && after.origin.kind === 'process' && !isSameProcess(before.origin, after.origin)) {
    say('memlens: the maps are of two processes: their mappings are compared by address and by file, and only alike.');
  }
}

const width = (output: string | undefined): { readonly width?: number } => {
  const cells = widthOf(output);
  return cells === undefined ? {} : { width: cells };
};

async function readMap(subject: MapSubject, line: MapLine, parts: MapCommandParts): Promise<Result<MapSnapshot, Fault>> {
  return 'pid' in subject ? readProcess(subject.pid, line.target, parts) : readMapFile(subject.file);
}

async function readProcess(
  pid: number,
  targetName: string,
  { openTarget }: MapCommandParts,
): Promise<Result<MapSnapshot, Fault>> {
  const target = openTarget(readTargetOption(targetName));
  try {
    if (target.platform !== 'linux') return err({ code: 'unsupported-platform', platform: target.platform, target: target.id });
    return await whileStoppable((stop) => takeSingleMap(target, pid, { clock: nodeClock, epochMs: Date.now }, stop));
  } finally {
    target.dispose();
  }
}
