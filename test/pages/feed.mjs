// A deterministic host for the pages: the numbers of captured.csv, which were read once a second from /proc of a real machine and of
// a program on it that leaks 16 KiB a second (in KiB, but for counters and counts). The machine's free memory is cut to that of a
// machine with 1.5 GiB, and swap and pressure, of which it had none, are made up.

import { readFileSync } from 'node:fs';
import { machineValues } from '../../src/insight/machine-values.ts';
import { measureOf } from '../../src/insight/measures.ts';
import { createSeriesTable } from '../../src/insight/series-table.ts';
import { PROCESS_MEASURES } from '../../src/model/measure.ts';
import { TRENDS_PROTOCOL } from '../../src/protocol/trends.ts';

const KIB = 1024;
export const MEM_TOTAL = 1.5 * 2 ** 30;
export const START = Date.UTC(2026, 0, 15, 10, 0, 0);
const SWAP_TOTAL = 2 ** 30;
const CUT = 24_684_092 - MEM_TOTAL / KIB;

/** Rows as {name: number}; one a second. */
const captured = (() => {
  const [head, ...lines] = readFileSync(new URL('captured.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index], Number(value)])));
})();

export const ROWS = captured.length;
const at = (index) => START + index * 1000;

function sample(index) {
  const row = captured[index];
  const kib = (name, value) => ({ name, value: value * KIB, unit: 'bytes' });
  const names = Object.keys(row).filter((name) => /^[A-Z]/.test(name));
  const busy = index > 400 ? Math.max(0, Math.sin((index - 400) / 30)) : 0;
  const swapUsed = index > 380 ? Math.min(220, (index - 380) * 1.1) * 2 ** 20 : 0;
  const line = (share) => ({ avg10: share, avg60: share / 2, avg300: share / 5, totalMicroseconds: index * 1000 });
  return {
    at: at(index),
    meminfo: [
      kib('MemTotal', MEM_TOTAL / KIB),
      ...names.map((name) => kib(name, row[name] - (name === 'MemFree' || name === 'MemAvailable' ? CUT : 0))),
      { name: 'SwapTotal', value: SWAP_TOTAL, unit: 'bytes' },
      { name: 'SwapFree', value: SWAP_TOTAL - swapUsed, unit: 'bytes' },
      { name: 'HugePages_Total', value: 0, unit: 'count' },
    ],
    pressure: { some: line(Math.round(busy * 620) / 100), full: line(Math.round(busy * 180) / 100) },
    counters: { pgfault: row.pgfault, pgmajfault: row.pgmajfault, pswpin: 0, pswpout: Math.round(swapUsed / 4096) },
    perCpuFree: row.pcp * KIB,
  };
}

function processValues(index, scale) {
  const row = captured[index];
  const before = captured[index - 1];
  const size = (name) => row[`p.${name}`] * KIB * scale;
  const values = new Map([
    ['rss', size('rss')],
    ['vsz', size('vsz')],
    ['heap', size('heap')],
    ['heapEnd', row['p.heapEnd']],
    ['anonymous', size('anon')],
    ['file', size('file')],
    ['shmem', size('shmem')],
    ['swap', size('swap')],
    ['vmas', row['p.vmas']],
    ['threads', row['p.threads'] * Math.ceil(scale)],
    ['fds', row['p.fds']],
  ]);
  if (before) values.set('minorFaults', row['p.min'] - before['p.min']).set('majorFaults', row['p.maj'] - before['p.maj']);
  // The expensive files are read every fifth second.
  if (index % 5 === 0) values.set('uss', size('uss')).set('pss', size('pss'));
  return values;
}

/**
 * @param options.rows how many seconds there are already
 * @param options.gap [first, after] seconds in which nothing was measured
 * @param options.processes [{id, label, scale, endAt?}]; without any, the page shows the machine
 */
export function createFeed({
  page,
  rows = ROWS,
  gap,
  processes = [],
  machine = processes.length === 0,
  connection,
  saved,
  events = [],
  verdicts = [],
  memTotal = MEM_TOTAL,
  label = 'local',
  description = 'build-host, Linux 6.1.0-18-amd64',
}) {
  const live = connection ?? { kind: 'live', intervalMs: 1000 };
  const system = {
    id: 'local',
    kind: 'machine',
    label,
    description,
    table: createSeriesTable(),
    values: (index) => machineValues(sample(index), index > 0 ? sample(index - 1) : undefined, 4096),
  };
  const watched = processes.map(({ id, scale = 1, endAt = Number.POSITIVE_INFINITY, label: name, description: line }) => ({
    id,
    kind: 'process',
    label: name,
    description: line ?? name,
    endAt,
    table: createSeriesTable(),
    values: (index) => (index < endAt ? processValues(index, scale) : undefined),
  }));
  const sources = machine ? [system, ...watched] : watched;
  let fed = 0;
  let query;

  const feedOne = () => {
    const missing = gap && fed >= gap[0] && fed < gap[1];
    for (const source of sources) {
      if (missing) source.table.gap(at(gap[0]));
      else {
        const values = source.values(fed);
        if (values) source.table.append(at(fed), values);
      }
    }
    fed++;
  };
  while (fed < rows) feedOne();

  const newest = () => Math.max(at(Math.max(0, fed - 1)), ...sources.map(({ table }) => table.span?.to ?? 0));
  const windowOf = ({ window }) => {
    if ('from' in window) return window;
    const to = newest();
    if ('lastMs' in window) return { from: to - window.lastMs, to };
    return { from: Math.min(...sources.map(({ table }) => table.span?.from ?? to)), to };
  };
  const view = () => {
    const range = windowOf(query);
    const views = sources.flatMap((source) => {
      const ids = query.series.filter((series) => series.source === source.id).map(({ measure }) => measure);
      return ids.length > 0 ? [{ source, view: source.table.view({ ids, ...range, maxBuckets: query.maxBuckets }) }] : [];
    });
    const first = views[0]?.view;
    const columns = views.flatMap(({ source, view: one }) =>
      one.columns.map(({ id, ...column }) => ({ source: source.id, measure: id, ...column })),
    );
    const gaps = views.flatMap(({ source, view: one }) =>
      one.gaps.map(({ from, to }) => ({ source: source.id, from, ...(Number.isFinite(to) ? { to } : {}) })),
    );
    return {
      query: query.id,
      gaps,
      bucketMs: first?.bucketMs ?? 1000,
      first: first?.first ?? 0,
      length: first?.length ?? 0,
      columns,
      ...range,
    };
  };

  const all = [...events];
  if (gap) all.push({ at: at(gap[0]), kind: 'gap-begin' }, ...(gap[1] < rows ? [{ at: at(gap[1]), kind: 'gap-end' }] : []));

  const messages = {
    hello: () => ({ kind: 'hello', version: TRENDS_PROTOCOL, page, saved }),
    sources: (state = live) => ({
      kind: 'sources',
      sources: sources.map(({ id, kind, label: name, description: line, table, endAt }) => ({
        id,
        kind,
        label: name,
        description: line,
        target: 'local',
        connection: endAt !== undefined && fed > endAt ? { kind: 'ended', at: at(endAt) } : state,
        measures: (kind === 'machine' ? (table.ids.length > 0 ? table.ids : []) : PROCESS_MEASURES).map(measureOf),
        span: table.span,
        memTotal,
      })),
    }),
    now: () =>
      sources.flatMap(({ id, table }) => {
        const to = table.span?.to;
        if (to === undefined) return [];
        const known = table.ids.flatMap((measure) => {
          const newestValue = table.latest(measure);
          return newestValue ? [[measure, newestValue]] : [];
        });
        const values = Object.fromEntries(known.map(([measure, { value }]) => [measure, value]));
        const readAt = Object.fromEntries(known.flatMap(([measure, one]) => (one.at === to ? [] : [[measure, one.at]])));
        return [
          {
            kind: 'now',
            now: { source: id, at: to, values, readAt, unknown: id === 'foreign' ? { pss: 'needs the same user, or root' } : {} },
          },
        ];
      }),
    events: () => sources.map(({ id }) => ({ kind: 'events', source: id, events: all.toSorted((a, b) => a.at - b.at) })),
    verdicts: () => verdicts.map((verdict) => ({ kind: 'verdict', verdict })),
  };

  return {
    messages,
    sources,
    at,
    get fed() {
      return fed;
    },
    /** What the host answers when it hears this. */
    hear(message) {
      if (message.kind === 'ready')
        return [messages.hello(), messages.sources(), ...messages.events(), ...messages.now(), ...messages.verdicts()];
      if (message.kind !== 'query') return [];
      query = message.query;
      return sources.some(({ table }) => table.span) ? [{ kind: 'buckets', buckets: { mode: 'reset', ...view() } }] : [];
    },
    /** The next second. */
    step() {
      feedOne();
      if (!query) return messages.now();
      const whole = view();
      // The last bucket of before may have changed.
      const from = Math.max(0, whole.length - 3);
      const columns = whole.columns.map(({ source, measure, ...column }) => ({
        source,
        measure,
        ...Object.fromEntries(Object.entries(column).map(([name, values]) => [name, values.slice(from)])),
      }));
      return [
        { kind: 'buckets', buckets: { ...whole, mode: 'tail', first: whole.first + from, length: whole.length - from, columns } },
        ...messages.now(),
      ];
    },
  };
}
