// A deterministic host for the page Memory Map: the host's own code from the session up, over captured texts of /proc/PID/smaps and a
// clock that goes when it is told to. Only the process itself, its pages and, where a test wants them, the findings are made up.
import { readFileSync } from 'node:fs';
import { MapFeed } from '../../src/app/map/map-feed.ts';
import { MapSession } from '../../src/app/map/map-session.ts';
import { classify } from '../../src/insight/map/classify.ts';
import { contextOfFile } from '../../src/insight/map/map-context.ts';
import { MapHistory } from '../../src/insight/map/map-history.ts';
import { MapTextParser } from '../../src/procfs/map-text.ts';
import { FakeClock } from '../unit/app/fake-clock.ts';
import { bigMap } from './big-map.mjs';

/** When the first map was read. */
export const START = Date.UTC(2026, 0, 15, 10, 0, 0);
const KIB = 1024;
const PAGE = 4096;

/** The captured smaps of a process (odd-maps-64, odd-maps-32, process), byte by byte as characters: paths need not be UTF-8. */
export const fixtureText = (name) =>
  readFileSync(new URL(`../fixtures/linux/6.18/${name}/smaps`, import.meta.url)).toString('latin1');

/** MapSnapshot of a text of smaps, maps or pmap. `more`: fields that differ, as `notes`. */
export function snapshotOf(text, { at = START, origin, threads, ...more } = {}) {
  const parser = new MapTextParser();
  parser.push(Buffer.from(text, 'latin1'));
  const { table, form, bits, notes } = parser.end();
  const executable = table.path.texts.find((path) => path.startsWith('/'));
  const context = { ...contextOfFile(table, bits), ...(executable && { executable }), ...(threads && { threads }) };
  const process = {
    kind: 'process',
    target: 'local',
    process: { pid: 4711, startTicks: 88_000 },
    command: executable?.split('/').at(-1) ?? 'program',
    ...(executable && { executable, commandLine: `${executable} --serve` }),
  };
  const classes = classify(table, context);
  return { at, origin: origin ?? process, form, bits, pageSize: PAGE, table, classes, maxMapCount: 65_530, notes, ...more };
}

/** A map of as many mappings as the kernel allows, of all the kinds that the captured one has. */
export const bigSnapshot = (count = 65_530, at = START) => bigMap(snapshotOf(fixtureText('odd-maps-64'), { at }), count);

/**
 * The text a little later. Regions are named by their path or its last name (`[heap]`, `libc.so.6`), or by the start address in hexadecimal; all of that name.
 * @param change.grown KiB by name, written and private; negative: shrunk
 * @param change.gone names
 * @param change.fresh new ones: { start, kib, resident, permissions, path }
 */
export function changedText(text, { grown = {}, gone = [], fresh = [] } = {}) {
  const blocks = text.split(/^(?=[\da-f]+-[\da-f]+ )/m);
  const pathOf = (block) => block.split('\n', 1)[0].split(/\s+/).slice(5).join(' ');
  // `[heap]` is not the file /tmp/[heap].
  const isNamed = (block, name) =>
    block.startsWith(`${name}-`) || pathOf(block) === name || (!name.startsWith('[') && pathOf(block).endsWith(`/${name}`));
  const changed = blocks
    .filter((block) => !gone.some((name) => isNamed(block, name)))
    .map((block) => Object.entries(grown).reduce((one, [name, kib]) => (isNamed(one, name) ? grow(one, kib) : one), block));
  const start = (block) => Number.parseInt(block, 16);
  const added = fresh.map((region) => freshBlock(blocks.find((block) => block.includes('\nRss:')) ?? '', region));
  return [...changed, ...added].sort((a, b) => start(a) - start(b)).join('');
}

function grow(block, kib) {
  const more = (line) => line.replace(/\d+(?= kB)/, (value) => `${Math.max(0, Number(value) + kib)}`);
  return block
    .replace(/^([\da-f]+)-([\da-f]+)/, (_, from, to) => `${from}-${(Number.parseInt(to, 16) + kib * KIB).toString(16)}`)
    .replace(/^(Size|Rss|Pss|Pss_Dirty|Private_Dirty|Referenced|Anonymous):.*$/gm, more);
}

function freshBlock(like, { start, kib, resident = kib, permissions = 'rw-p', path = '' }) {
  const line = `${start.toString(16)}-${(start + kib * KIB).toString(16)} ${permissions} 00000000 00:00 0 ${path}\n`;
  const values = { Size: kib, KernelPageSize: 4, MMUPageSize: 4 };
  for (const name of ['Rss', 'Pss', 'Pss_Dirty', 'Private_Dirty', 'Referenced', 'Anonymous']) values[name] = resident;
  const figures = like
    .slice(like.indexOf('\n') + 1)
    .replace(/^(\w+):(\s+)\d+ kB$/gm, (_, name) => `${name}: ${values[name] ?? 0} kB`);
  return `${line}${figures.replace(/^VmFlags:.*$/m, 'VmFlags: rd wr mr mw me ac sd')}`;
}

/** PageStrip: the first third written, the next read from a file, then some swapped out; a huge page where the strip is long enough. */
function madeStrip(start, end, cells, { written = false, at = START } = {}) {
  const pages = Math.ceil((end - start) / PAGE);
  const pagesPerCell = Math.ceil(pages / cells);
  const count = Math.ceil(pages / pagesPerCell);
  const each = (share) =>
    Uint32Array.from({ length: count }, (_, cell) => {
      const inCell = Math.min(pagesPerCell, pages - cell * pagesPerCell);
      return Math.round(inCell * share(cell / count));
    });
  const present = each((place) => (place < 0.5 ? 1 : place < 0.6 ? 0.5 : 0));
  return {
    start,
    end,
    pageSize: PAGE,
    pagesPerCell,
    present,
    swapped: each((place) => (place >= 0.7 && place < 0.8 ? 1 : 0)),
    fileOrShared: each((place) => (place >= 0.3 && place < 0.5 ? 1 : 0)),
    huge: each((place) => (pages >= 512 && place < 0.1 ? 1 : 0)),
    softDirty: each((place) => (written ? (place < 0.2 ? 1 : 0) : place < 0.6 ? 1 : 0)),
    at,
  };
}

/**
 * The host's side of the page. Whatever differs from a local process whose map is read once is an option.
 * @param options.fixture captured text to begin with, or `text`, or `snapshot`
 * @param options.live milliseconds between readings
 * @param options.kind `file` or `recorded`, of `readings` (snapshots), oldest first; `labels`: the user's words for some of them
 * @param options.held nothing is read before `release()`
 * @param options.fault that reading gives instead of a map
 * @param options.findings instead of those of the rules: MapFinding[]
 * @param options.consents to Mark Pages, when asked
 * @param options.strip (start, end, cells) => PageStrip or Fault; a Fault is told by its `code`
 */
export function createMapFeed({
  fixture = 'odd-maps-64',
  text = fixtureText(fixture),
  snapshot,
  live,
  kind = 'process',
  readings,
  labels,
  held = false,
  fault,
  findings,
  strip,
  consents = true,
  saved,
  notes,
} = {}) {
  const clock = new FakeClock();
  const begun = clock.now();
  const history = new MapHistory();
  const posted = [];
  let current = snapshot ?? text;
  let failing = fault;
  let told = findings;
  let kept = saved;
  let pagesMarked = false;
  let release = () => undefined;
  const gate = held ? new Promise((done) => (release = done)) : undefined;
  const now = () => START + clock.now() - begun;
  const take = async () => {
    await gate;
    if (failing !== undefined) return { ok: false, error: failing };
    const more = { at: now(), ...(notes && { notes }) };
    return { ok: true, value: typeof current === 'string' ? snapshotOf(current, more) : { ...current, ...more } };
  };
  const learner = {
    add: (one) => history.add(one),
    growth: () => history.growth(),
    findings: () => told ?? history.findings(),
    get watchedMs() {
      return history.watchedMs;
    },
  };
  const session = new MapSession({ clock, budget: () => 0.01, learner, ...(kind === 'process' && { source: { take } }) });
  const readStrip = async (start, end, cells) => {
    const given = (strip ?? madeStrip)(start, end, cells, { written: pagesMarked, at: now() });
    return 'code' in given ? { ok: false, error: given } : { ok: true, value: given };
  };
  const feed = new MapFeed(session, {
    post: (message) => posted.push(message),
    saved: () => kept,
    title: 'odd-maps (4711)',
    description: '/tmp/maps/odd-maps --serve',
    ...(kind === 'process' && { readStrip }),
  });
  if (kind !== 'process')
    session.load(kind, 'saved.smaps', readings ?? [snapshotOf(text, { origin: { kind: 'file', name: 'saved.smaps' } })], labels);
  session.live(live);
  feed.setVisible(true);
  /** What the page is told now; all promises are settled first. */
  const answers = async (ms = 0) => {
    await clock.advance(ms);
    return posted.splice(0);
  };
  const read = () => {
    session.refresh();
    return answers();
  };
  return {
    session,
    feed,
    release: () => {
      release();
      return answers();
    },
    /** The session's and the feed's answers, and what the editor does of the wishes: Mark, Save, Mark Pages. */
    async hear(message) {
      // What went on before the page was there is told once it is ready.
      if (message.kind === 'ready') await answers();
      if (message.kind === 'save') kept = message.state;
      else if (!feed.receive(message)) {
        if (message.kind === 'mark') session.mark();
        if (message.kind === 'mark-pages' && consents) {
          pagesMarked = true;
          feed.pagesMarked(now());
        }
      }
      return answers();
    },
    /** The next reading, `ms` later: a change of the text (see changedText), another text or snapshot. To be posted. */
    next(change, ms = 2000) {
      if (typeof change === 'string' || change?.table !== undefined) current = change;
      else if (change !== undefined) current = changedText(current, change);
      if (session.state.kind === 'live') return answers(session.state.everyMs);
      clock.stall(ms);
      return read();
    },
    mark(label) {
      clock.stall(1000);
      session.mark(label);
      return answers();
    },
    /** The next reading fails, as of a process that is gone: { code: 'not-found', path, what }. */
    fail(next) {
      failing = next;
      return session.state.kind === 'live' ? answers(session.state.everyMs) : read();
    },
    /** Other findings with the next reading, or undefined for those of the rules. */
    setFindings: (next) => {
      told = next;
    },
  };
}
