import type { ReadRequest } from '../app/reader.js';
import type { Hello } from './shell-hello.js';

export interface RawFile {
  readonly pid: number;
  readonly name: string;
}

export interface EncodedRequest {
  readonly text: string;
  /** Files that the shell gives by cat, those of one cat together: the tag is the place in this list. */
  readonly raw: readonly (readonly RawFile[])[];
  /** Files that can't be asked for. */
  readonly refused: readonly RawFile[];
}

/** Stands for what is wanted of maps; no file of /proc/PID has this name. */
export const MAPS_DIGEST = '@';

/** Too long for awk, which puts texts together line by line. */
const LARGE = new Set(['smaps', 'maps', 'numa_maps', '/proc/vmallocinfo', '/proc/kallsyms']);
/** Files of one cat: some shells copy all words for each one that is added. */
const MOST_TOGETHER = 64;
/** Texts with NUL bytes. */
const WITH_NUL = new Set(['cmdline', 'environ', 'auxv']);
/** When one cat of several files has failed, an empty one is either unreadable or of these. */
export const mayBeEmpty = ({ pid, name }: RawFile): boolean => pid === 0 || WITH_NUL.has(name);
/** What may stand in the line of a request; anything else is registered as a path. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_./]*$/;

/** `pid` 0 is for a path of its own. */
export const pathOf = (pid: number, name: string): string => (pid === 0 ? name : `/proc/${pid}/${name}`);

/** Makes the lines of a tick. Paths are registered once, and have short numbers from then on. */
export class RequestEncoder {
  private readonly ids = new Map<string, number>();
  /** By number. */
  readonly registered: RawFile[] = [];

  constructor(private readonly hello: Hello) {}

  encode(request: ReadRequest, sequence: number): EncodedRequest {
    const small: RawFile[] = [];
    const large: RawFile[] = [];
    const refused: RawFile[] = [];
    const before: string[] = [];
    const ids: number[] = [];
    const byName = new Map<string, number[]>();
    const add = (pid: number, name: string): void => {
      const path = pathOf(pid, name === MAPS_DIGEST ? 'maps' : name);
      if (/[\n\0]/.test(path) || !path.startsWith('/')) {
        refused.push({ pid, name });
      } else if (this.isRaw(name)) {
        (LARGE.has(name) || name === MAPS_DIGEST ? large : small).push({ pid, name });
      } else if (pid !== 0 && PLAIN_NAME.test(name)) {
        const pids = byName.get(name);
        if (pids === undefined) byName.set(name, [pid]);
        else pids.push(pid);
      } else {
        ids.push(this.register(path, { pid, name }, before));
      }
    };
    for (const path of request.files) add(0, path);
    for (const { pid, names } of request.processes) for (const name of names) add(pid, name);
    if (this.hello.way === 'awk') byName.set(MAPS_DIGEST, [...request.maps]);
    else for (const pid of request.maps) add(pid, MAPS_DIGEST);
    const raw = [...batches(small, this.hello.separator === undefined ? 1 : MOST_TOGETHER), ...batches(large, 1)];
    before.push(rawLines(raw));
    let text = this.hello.way === 'awk' ? before.join('') : '';
    text += `b${sequence}\n`;
    if (request.everyStat) text += 's\n';
    if (this.hello.way === 'cat') text += before.join('');
    const words = ids.map((id) => `=${id}`);
    for (const [name, pids] of byName) if (pids.length > 0) words.push(`/${name}`, ...differences(pids));
    if (words.length > 0) text += `r ${words.join(' ')}\n`;
    if (request.fds.length > 0) text += `f${request.fds.join(' ')}\n`;
    return { text: `${text}e\n`, raw, refused };
  }

  private isRaw(name: string): boolean {
    return this.hello.way === 'cat' || LARGE.has(name) || (this.hello.nul === 'none' && WITH_NUL.has(name)) || name === 'auxv';
  }

  private register(path: string, file: RawFile, lines: string[]): number {
    const known = this.ids.get(path);
    if (known !== undefined) return known;
    const id = this.registered.push(file) - 1;
    this.ids.set(path, id);
    lines.push(`+${id} ${path}\n`);
    return id;
  }
}

const pathOfFile = ({ pid, name }: RawFile): string => pathOf(pid, name === MAPS_DIGEST ? 'maps' : name);

function batches(files: readonly RawFile[], most: number): RawFile[][] {
  const all: RawFile[][] = [];
  for (let from = 0; from < files.length; from += most) all.push(files.slice(from, from + most));
  return all;
}

/** What the shell is to give by cat: one file, or several with the separator after each. */
export function rawLines(raw: readonly (readonly RawFile[])[]): string {
  return raw
    .map(
      (files, tag) =>
        `${files.length === 1 ? `c${tag}` : `k${tag} ${files.length}`}\n${files.map((file) => `${pathOfFile(file)}\n`).join('')}`,
    )
    .join('');
}

/** Shells read byte by byte, a system call each: the lines are kept short. */
function differences(pids: number[]): string[] {
  let last = 0;
  return pids
    .sort((a, b) => a - b)
    .map((pid) => {
      const difference = pid - last;
      last = pid;
      return String(difference);
    });
}
