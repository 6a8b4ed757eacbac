import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Bytes } from '../../base/units.js';
import { readSystemJson } from '../../formats/system-json.js';
import { accountMachine } from '../../insight/system/accounting.js';
import { slabTable, vmallocTable } from '../../insight/system/table-files.js';
import type { SystemFacts } from '../../model/machine-accounting.js';
import type { MissingFile, SystemState } from '../../model/system-state.js';
import { parsePasswd } from '../../procfs/passwd.js';
import { readFault } from '../file-chunks.js';
import { memoryFileKind } from '../kernel-files/file-kind.js';
import type { Target } from '../ports.js';
import { factsOfTexts } from './facts-of-texts.js';
import { dmaBufs } from './memory-files.js';
import { processesOfTexts } from './process-shares.js';
import { openRecorded } from './recorded-system.js';
import { isOfAnotherMatter, knownBy, savedAs } from './saved-names.js';
import { savedSections } from './saved-sections.js';

/** Of one file: smaps of a large process are tens of megabytes. */
const MOST_BYTES: Bytes = 256 << 20;
/** A file whose name says nothing is looked into for its first lines; beyond this it is no file of /proc. */
const MOST_FOREIGN: Bytes = 4 << 20;
const MOST_FILES = 20_000;
const MOST_ENTRIES = 100_000;
const DEEPEST = 8;
/** Of files without a meaning, so many are named. */
const MOST_NAMED = 100;

interface OpenSystemOptions {
  /** vmallocinfo and slabinfo are shown without a meminfo, too. */
  readonly tables?: boolean;
}

/** A machine's memory as somebody has saved it: as `openSaved`, or the end of a recording of trends. Faults: as there. */
export async function openSystem(
  path: string,
  target: Target,
  cancel: Cancel,
  options: OpenSystemOptions = {},
): Promise<Result<SystemState, Fault>> {
  const recorded = await openRecorded(path, target, cancel);
  if (recorded === undefined) return openSaved(path, target, cancel, options);
  return recorded.ok ? ok(recorded.value.state) : recorded;
}

/**
 * What is no recording: a folder of files of /proc and /sys, in whatever layout; one text with one or more of them; or the JSON of `memlens system`.
 * Files that are there and not understood are in `missing`. Faults: `unrecognised-system`, `not-found`, `permission`, `unreadable`, `cancelled`.
 */
export async function openSaved(
  path: string,
  target: Target,
  cancel: Cancel,
  { tables = false }: OpenSystemOptions = {},
): Promise<Result<SystemState, Fault>> {
  const facts = await target.stat(path);
  if (!facts.ok) return facts;
  if (facts.value.kind === 'directory') return openFolder(path, target, cancel, tables);
  if (facts.value.size > MOST_BYTES) return err({ code: 'unrecognised-system', path });
  const text = await readAll(target, path, cancel);
  if (!text.ok) return text;
  if (/^\s*\ufeff?\s*\{/.test(text.value)) {
    const state = readSystemJson(text.value.replace(/^\ufeff/, ''));
    if (state === undefined) return err({ code: 'unrecognised-system', path });
    return isOfUse(state) ? ok(state) : err({ code: 'unrecognised-system', path, holds: 'no-total' });
  }
  if (isPacked(text.value)) return err({ code: 'unrecognised-system', path, holds: 'packed' });
  const saved = new Saved(path);
  // The name of a single file is a hint where it has one file in it without a heading.
  saved.addText(path, text.value, savedAs(path));
  return saved.state(path, tables);
}

async function openFolder(root: string, target: Target, cancel: Cancel, tables: boolean): Promise<Result<SystemState, Fault>> {
  if (await isRealProc(root, target)) {
    return err({
      code: 'unreadable',
      path: root,
      detail: 'It is the /proc of this machine itself, which is read without saved files.',
    });
  }
  const saved = new Saved(root);
  const inside = await insideOf(root, target);
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: root.replace(/(?<=.)\/+$/, ''), depth: 0 }];
  let files = 0;
  let entries = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (cancel.requested) return err({ code: 'cancelled' });
    const names = await target.list(folder.path);
    if (!names.ok) {
      if (folder.depth === 0) return names;
      saved.miss(folder.path, 'unreadable');
      continue;
    }
    for (const name of [...names.value].sort()) {
      if (++entries > MOST_ENTRIES)
        return err({
          code: 'unreadable',
          path: root,
          detail: 'There are too many files in it: name the folder that holds meminfo.',
        });
      const path = `${folder.path === '/' ? '' : folder.path}/${name}`;
      const facts = await target.stat(path);
      // A link that leads nowhere, or out of the folder: there is the machine that reads, and not the one that was saved.
      const place = await inside(path);
      if (place === 'away' && savedAs(path.slice(root.length)) !== undefined) saved.miss(path, 'unreadable');
      if (place !== 'new') continue;
      if (!facts.ok) saved.miss(path, 'unreadable');
      else if (facts.value.kind === 'directory') {
        if (folder.depth < DEEPEST) folders.push({ path, depth: folder.depth + 1 });
      } else if (facts.value.kind === 'file' && ++files <= MOST_FILES) {
        await addFile(saved, target, { root, path, size: facts.value.size }, cancel);
      }
    }
  }
  if (files > MOST_FILES) saved.miss(root, 'unreadable', files - MOST_FILES);
  return saved.state(root, tables);
}

/** Whether a path leads to something in the folder that was not yet met: links may lead anywhere, and in circles. */
async function insideOf(root: string, target: Target): Promise<(path: string) => Promise<'new' | 'met' | 'away'>> {
  const real = await target.realPath(root);
  const home = real.ok ? real.value.replace(/(?<=.)\/+$/, '') : root;
  const met = new Set([home]);
  return async (path) => {
    const place = await target.realPath(path);
    if (!place.ok || !(home === '/' || place.value === home || place.value.startsWith(`${home}/`))) return 'away';
    if (met.has(place.value)) return 'met';
    met.add(place.value);
    return 'new';
  };
}

/** Files of a mounted /proc have no size, and there is a link to the process that reads it. */
async function isRealProc(root: string, target: Target): Promise<boolean> {
  const [meminfo, self] = await Promise.all([target.stat(`${root}/meminfo`), target.stat(`${root}/self/stat`)]);
  return meminfo.ok && meminfo.value.size === 0 && self.ok;
}

async function addFile(
  saved: Saved,
  target: Target,
  { root, path, size }: { readonly root: string; readonly path: string; readonly size: Bytes },
  cancel: Cancel,
): Promise<void> {
  const inner = path.slice(root.length).replace(/^\/+/, '');
  const name = savedAs(inner);
  if (size === 0) {
    // What could not be read when it was saved; and files of a mounted /proc have no size, of which some never end.
    if (name !== undefined) saved.miss(path, 'unreadable');
    return;
  }
  if (size > (name === undefined ? MOST_FOREIGN : MOST_BYTES)) {
    if (name === undefined && isReport(await beginningOf(target, path))) saved.report(path);
    else saved.notUnderstood(path);
    return;
  }
  const text = await readAll(target, path, cancel);
  if (!text.ok) saved.miss(path, text.error.code === 'permission' ? 'permission' : 'unreadable');
  else saved.addText(path, text.value, name);
}

/** The first piece of a file that is too large to be one of /proc. */
async function beginningOf(target: Target, path: string): Promise<string> {
  try {
    for await (const piece of target.readText(path)) return narrowed(piece);
  } catch {
    // Nobody need know why: it is named as not understood.
  }
  return '';
}

async function readAll(target: Target, path: string, cancel: Cancel): Promise<Result<string, Fault>> {
  const pieces: string[] = [];
  let length = 0;
  try {
    for await (const piece of target.readText(path)) {
      if (cancel.requested) return err({ code: 'cancelled' });
      pieces.push(piece);
      length += piece.length;
      // A file of /proc has no size before it is read.
      if (length > MOST_BYTES) return err({ code: 'unreadable', path, detail: 'it is too large for a file of /proc' });
    }
  } catch (error) {
    return err(readFault(error, path));
  }
  return ok(narrowed(pieces.join('')));
}

/** The first bytes of gzip, xz, zstd, bzip2 and zip, as text. */
const isPacked = (text: string): boolean => /^(?:\x1f\ufffd|\ufffd7zXZ|\(\ufffd\/\ufffd|BZh\d1AY|PK\x03\x04)/.test(text);

/** UTF-16, as some shells write what they redirect: what the kernel prints is ASCII but for names. */
const narrowed = (text: string): string =>
  /^(?:\ufffd\ufffd)?(?:[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/.test(text)
    ? text.replace(/^\ufffd\ufffd/, '').replaceAll('\0', '')
    : text;

/** Findings, or a heap profile of which nobody need be asked whether it is one. */
function isReport(text: string): boolean {
  const kind = memoryFileKind(text);
  return kind === 'report' || kind === 'heap';
}

/** Texts by the files that they are on their machine. */
class Saved {
  private readonly texts = new Map<string, string>();
  /** Those that lie where the machine has them: `proc/uptime`, and not what the command uptime has printed. */
  private readonly inPlace = new Set<string>();
  private readonly missing: MissingFile[] = [];
  private foreign = 0;

  constructor(private readonly root: string) {}

  /** `name`: the file that it is by its name. */
  addText(path: string, text: string, name: string | undefined): void {
    // Of a process: large, and one file for sure.
    if (name !== undefined && /^\/proc\/\d+\//.test(name)) {
      this.add(name, text.replace(/\r+\n/g, '\n'), path);
      return;
    }
    const sections = savedSections(text);
    if (name === undefined && !sections.some(({ path: file }) => file !== undefined) && isReport(text)) {
      this.report(path);
      return;
    }
    const isOne = sections.length === 1 && sections[0]?.heading === undefined;
    if (name !== undefined && (isOne || sections.length === 0)) {
      this.add(name, text.replace(/\r+\n/g, '\n'), path);
      return;
    }
    let understood = false;
    for (const { path: file, heading, text: part } of sections) {
      if (file !== undefined) {
        this.add(file, part, path);
        understood = true;
      } else if (heading !== undefined) this.notUnderstood(`${path}: ${heading}`);
    }
    if (!understood) this.notUnderstood(path);
  }

  private add(file: string, text: string, path: string): void {
    // Of two with the same name, the one whose text is that of the file.
    const known = this.texts.get(file);
    const isInPlace = path.endsWith(file) && (knownBy(text) ?? file) === file;
    const wasInPlace = this.inPlace.has(file);
    if (
      known === undefined ||
      (isInPlace && !wasInPlace) ||
      (isInPlace === wasInPlace && knownBy(known) !== file && knownBy(text) === file)
    ) {
      this.texts.set(file, text);
      if (isInPlace) this.inPlace.add(file);
      // What is not in its place needs no word where the file itself is there.
    } else if (known !== text && !(wasInPlace && !isInPlace)) this.notUnderstood(path);
  }

  miss(path: string, why: MissingFile['why'], count?: number): void {
    this.missing.push({ path, why, ...(count === undefined ? {} : { count }) });
  }

  report(path: string): void {
    if (this.foreign++ < MOST_NAMED) this.miss(path, 'report');
  }

  notUnderstood(path: string): void {
    if (isOfAnotherMatter(path.slice(this.root.length).replace(/^\/+/, ''))) return;
    if (this.foreign++ < MOST_NAMED) this.miss(path, 'not-understood');
  }

  state(source: string, tables: boolean): Result<SystemState, Fault> {
    const { texts } = this;
    const { facts, owners, notUnderstood } = factsOfTexts(texts);
    const hasTotal = accountMachine(facts) !== undefined;
    const page = hasTotal || !tables ? undefined : tablePage(facts);
    if (!hasTotal && page === undefined) {
      const holds = texts.has('/proc/meminfo') ? ({ holds: 'no-total' } as const) : {};
      return err({ code: 'unrecognised-system', path: source, ...holds });
    }
    const processes = processesOfTexts(texts, parsePasswd(texts.get('/etc/passwd') ?? ''));
    const buffers = dmaBufs(texts, [], new Map(), new Map());
    const absent = (hasTotal ? EXPECTED : ['/proc/meminfo'])
      .filter((file) => !texts.has(file))
      .map((file): MissingFile => ({ path: file, why: 'absent' }));
    return ok({
      source,
      facts: {
        ...facts,
        ...(page === undefined || facts.pageSize !== undefined ? {} : { pageSize: page }),
        ...(processes?.mostPageTables === undefined ? {} : { mostPageTables: processes.mostPageTables }),
        ...(processes?.mostThreads === undefined ? {} : { mostThreads: processes.mostThreads }),
      },
      owners: {
        ...owners,
        ...(processes === undefined ? {} : { processes: processes.shares }),
        ...(buffers === undefined ? {} : { dmaBufs: buffers }),
      },
      missing: [...absent, ...this.missing, ...notUnderstood],
    });
  }
}

/** Without a total only what tables of allocators tell. */
const isOfUse = ({ facts }: SystemState): boolean =>
  accountMachine(facts) !== undefined || (facts.slab?.length ?? 0) + (facts.vmalloc?.length ?? 0) > 0;

/** How large a page is by the tables of allocators alone; undefined: there are none. */
function tablePage({ slab = [], vmalloc = [] }: SystemFacts): Bytes | undefined {
  const pages = [...(vmalloc.length > 0 ? [vmallocTable(vmalloc).page] : []), ...(slab.length > 0 ? [slabTable(slab).page] : [])];
  return (pages.find(({ isSeen }) => isSeen) ?? pages[0])?.bytes;
}

/** What the accounting is less certain without. */
const EXPECTED: readonly string[] = ['/proc/zoneinfo', '/proc/vmstat', '/proc/vmallocinfo', '/proc/slabinfo'];
