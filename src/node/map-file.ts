import { stat } from 'node:fs/promises';
import { openSavedMap } from '../app/map/open-map.js';
import type { Fault } from '../base/fault.js';
import { err, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { localChunks } from './local-chunks.js';

/** The map in a file that the user names; `-` is standard input, and pipes are read, too. Faults: those of openSavedMap. */
export async function readMapFile(name: string): Promise<Result<MapSnapshot, Fault>> {
  if (name === '-') return openSavedMap(process.stdin as AsyncIterable<Buffer>, 'standard input', Date.now());
  const facts = await stat(name).catch(() => undefined);
  if (facts?.isDirectory() === true) return err({ code: 'unreadable', path: name, detail: detailOfDirectory(name) });
  return openSavedMap(localChunks(name), name, writtenAt(facts));
}

/** Of a pipe or a device the time tells nothing. */
function writtenAt(facts: { isFile(): boolean; readonly mtimeMs: number } | undefined): Milliseconds {
  return facts?.isFile() === true ? Math.max(0, Math.round(facts.mtimeMs)) : Date.now();
}

function detailOfDirectory(name: string): string {
  const pid = /^\/proc\/(\d+)\/?$/.exec(name)?.[1];
  return `${name} is a directory${pid === undefined ? '' : `; the map of this process is shown by: memlens map ${pid}`}`;
}
