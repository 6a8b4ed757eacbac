import { beforeEach, describe, expect, it } from 'vitest';
import { PageFeed } from '../../../src/app/page-feed.js';
import type { Subject } from '../../../src/app/subject.js';
import { type ChartQuery, type PageName, type ToPage, TRENDS_PROTOCOL } from '../../../src/protocol/trends.js';
import { FakeMonitor, HandClock, processRow, UNDECIDED } from './fake-monitor.js';

const T0 = 1_700_000_000_000;

let clock: HandClock;
let monitor: FakeMonitor;
let posted: ToPage[];

beforeEach(() => {
  clock = new HandClock();
  monitor = new FakeMonitor();
  posted = [];
});

function open(page: PageName, subjects: readonly Subject[] = [{ monitor }]): PageFeed {
  const feed = new PageFeed({
    page,
    post: (message) => posted.push(message),
    clock,
    epochMs: () => T0 + clock.now(),
    intervalMs: () => 1000,
    saved: () => ({ kept: 1 }),
  });
  feed.show(subjects);
  feed.setVisible(true);
  feed.receive({ kind: 'ready', version: TRENDS_PROTOCOL });
  clock.advance(0);
  return feed;
}

const of = <K extends ToPage['kind']>(kind: K): Extract<ToPage, { kind: K }>[] =>
  posted.filter((message): message is Extract<ToPage, { kind: K }> => message.kind === kind);

const query = (id: number, more: Partial<ChartQuery> = {}): ChartQuery => ({
  id,
  series: [{ source: 'local', measure: 'meminfo.MemFree' }],
  window: { lastMs: 60_000 },
  maxBuckets: 62,
  ...more,
});

describe('a page', () => {
  it('is greeted with what it kept, and told its sources', () => {
    open('memory');
    expect(posted[0]).toEqual({ kind: 'hello', version: TRENDS_PROTOCOL, page: 'memory', saved: { kept: 1 } });
    expect(of('sources')[0]?.sources).toMatchObject([{ id: 'local', kind: 'machine', connection: { kind: 'idle' } }]);
  });

  it('of another version is refused', () => {
    const feed = new PageFeed({
      page: 'memory',
      post: (message) => posted.push(message),
      clock,
      epochMs: () => 0,
      intervalMs: () => 1000,
      saved: () => undefined,
    });
    feed.receive({ kind: 'ready', version: TRENDS_PROTOCOL + 1 });
    expect(posted.map(({ kind }) => kind)).toEqual(['fault']);
  });

  it('looks only while it is visible', () => {
    const feed = open('memory');
    expect(monitor.looks).toEqual(['machine']);
    feed.setVisible(false);
    expect(monitor.looks).toEqual([]);
    feed.setVisible(true);
    expect(monitor.looks).toEqual(['machine']);
    feed.dispose();
    expect(monitor.looks).toEqual([]);
  });

  it('of processes looks at processes', () => {
    open('processes');
    expect(monitor.looks).toEqual(['processes']);
  });

  it('is told everything at first and then what is new', () => {
    const feed = open('memory');
    for (let i = 0; i < 30; i++) monitor.sample(T0 + i * 1000, { 'meminfo.MemFree': 1000 + i });
    feed.receive({ kind: 'query', query: query(1) });
    clock.advance(0);
    const [whole] = of('buckets');
    expect(whole?.buckets).toMatchObject({ query: 1, mode: 'reset', bucketMs: 1000 });
    monitor.sample(T0 + 30_000, { 'meminfo.MemFree': 5000 });
    clock.advance(1000);
    const tail = of('buckets').at(-1)?.buckets;
    expect(tail?.mode).toBe('tail');
    expect(tail?.length).toBeLessThanOrEqual(2);
    expect(tail?.columns[0]?.last.at(-1)).toBe(5000);
    expect(tail?.to).toBe(T0 + 30_000);
  });

  it('is told everything anew after another query', () => {
    const feed = open('memory');
    monitor.sample(T0, { 'meminfo.MemFree': 1 });
    monitor.sample(T0 + 1000, { 'meminfo.MemFree': 2 });
    feed.receive({ kind: 'query', query: query(1) });
    clock.advance(0);
    feed.receive({ kind: 'query', query: query(2, { window: { all: true } }) });
    clock.advance(0);
    expect(of('buckets').map(({ buckets }) => [buckets.query, buckets.mode])).toEqual([
      [1, 'reset'],
      [2, 'reset'],
    ]);
  });

  it('is told nothing more after pause, and nothing while hidden', () => {
    const feed = open('memory');
    monitor.sample(T0, { 'meminfo.MemFree': 1 });
    feed.receive({ kind: 'query', query: query(1) });
    clock.advance(1000);
    feed.receive({ kind: 'pause' });
    const before = of('buckets').length;
    monitor.sample(T0 + 5000, { 'meminfo.MemFree': 2 });
    clock.advance(5000);
    expect(of('buckets')).toHaveLength(before);
    feed.setVisible(false);
    posted.length = 0;
    monitor.sample(T0 + 9000, { 'meminfo.MemFree': 2 });
    clock.advance(5000);
    expect(posted).toEqual([]);
  });

  it('hears of a lost connection with the moment of the next try, and the window goes on', () => {
    const feed = open('memory');
    monitor.sample(T0, { 'meminfo.MemFree': 1 });
    monitor.sample(T0 + 1000, { 'meminfo.MemFree': 1 });
    feed.receive({ kind: 'query', query: query(1) });
    clock.advance(20_000);
    monitor.setState({
      kind: 'lost',
      fault: { code: 'target-unreachable', target: 'board', detail: 'gone' },
      retryAt: clock.now() + 5000,
      attempt: 1,
    });
    clock.advance(1000);
    expect(of('sources').at(-1)?.sources[0]?.connection).toMatchObject({ kind: 'lost', retryAt: T0 + 25_000 });
    expect(of('buckets').at(-1)?.buckets.to).toBeGreaterThan(T0 + 1000);
    feed.receive({ kind: 'retry', source: 'local' });
    expect(monitor.retries).toBe(1);
  });

  it('with a chart that changes slowly hears of everything else as soon as with another', () => {
    const feed = open('memory');
    for (let i = 0; i < 30; i++) monitor.sample(T0 + i * 1000, { 'meminfo.MemFree': 1000 + i });
    feed.receive({ kind: 'query', query: query(1, { window: { lastMs: 86_400_000 } }) });
    clock.advance(0);
    expect(of('buckets')).toHaveLength(1);
    for (const i of [30, 31]) {
      monitor.sample(T0 + i * 1000, { 'meminfo.MemFree': 1000 + i });
      clock.advance(1000);
      expect(of('now').at(-1)?.now.values['meminfo.MemFree']).toBe(1000 + i);
    }
    expect(of('buckets')).toHaveLength(1);
    clock.advance(5000);
    expect(of('buckets')).toHaveLength(2);
  });

  it('leaves the wishes of the user to others', () => {
    const feed = open('memory');
    expect(feed.receive({ kind: 'select-target' })).toBe(false);
    expect(feed.receive({ kind: 'pause' })).toBe(true);
  });

  it('compares several sources on one grid', async () => {
    const other = new FakeMonitor({ name: 'board', config: { kind: 'ssh', host: 'board' } });
    const feed = open('trend', [{ monitor }, { monitor: other }]);
    for (let i = 0; i < 20; i++) monitor.sample(T0 + i * 1000, { 'meminfo.MemFree': i });
    for (let i = 10; i < 20; i++) other.sample(T0 + i * 1000, { 'meminfo.MemFree': 100 + i });
    const series = ['local', 'board'].map((source) => ({ source, measure: 'meminfo.MemFree' }));
    feed.receive({ kind: 'query', query: query(1, { series }) });
    clock.advance(0);
    const { buckets } = of('buckets')[0] ?? {};
    expect(buckets?.columns.map(({ source, mean }) => [source, mean.length])).toEqual([
      ['local', buckets?.length],
      ['board', buckets?.length],
    ]);
    // Only one of them goes on: the other's tail must not be wiped out.
    monitor.sample(T0 + 20_000, { 'meminfo.MemFree': 20 });
    clock.advance(1000);
    const tail = of('buckets').at(-1)?.buckets;
    expect(tail?.mode).toBe('tail');
    const shift = (tail?.first ?? 0) - (buckets?.first ?? 0);
    for (let i = 0; i < (tail?.length ?? 0); i++) {
      const was = buckets?.columns[1]?.last[shift + i];
      if (was !== undefined && !Number.isNaN(was)) expect(tail?.columns[1]?.last[i]).toBe(was);
    }
  });
});

describe('the page Trend', () => {
  it('is told the verdict once, and again when it has changed', async () => {
    monitor.change([processRow(7)]);
    const watch = await monitor.watch(7);
    if (!watch.ok) throw new Error('no watch');
    open('trend', [{ monitor, watch: watch.value }]);
    expect(of('verdict')).toHaveLength(1);
    monitor.sample(T0, {});
    clock.advance(1000);
    expect(of('verdict')).toHaveLength(1);
    const [fake] = monitor.watches;
    if (fake !== undefined) fake.verdict = { ...UNDECIDED, state: 'growing', ratePerHour: 4096, errorPerHour: 100 };
    monitor.sample(T0 + 1000, {});
    clock.advance(1000);
    expect(of('verdict').at(-1)?.verdict.verdict.state).toBe('growing');
  });

  it('offers the memory maps that a recording holds of a process, and nothing else that would need the process', async () => {
    monitor.change([processRow(7)]);
    const watched = await monitor.watch(7);
    if (!watched.ok) throw new Error('no watch');
    const watch = watched.value;
    const recording = { name: 'a.memlens', cutOff: false };
    open('trend', [{ monitor, watch, recording }]);
    open('trend', [{ monitor, watch, recording, readMaps: async () => ({ snapshots: [], labels: new Map() }) }]);
    expect(of('verdict').map(({ verdict }) => verdict.steps)).toEqual([[], [{ action: 'show-map', title: 'Show Map' }]]);
  });

  it('offers no step and no later verdict once the process has ended', async () => {
    monitor.change([processRow(7)]);
    const watch = await monitor.watch(7);
    if (!watch.ok) throw new Error('no watch');
    open('trend', [{ monitor, watch: watch.value }]);
    expect(of('verdict')[0]?.verdict.steps).not.toEqual([]);
    const [fake] = monitor.watches;
    if (fake !== undefined) fake.endedAt = T0;
    monitor.sample(T0 + 1000, {});
    clock.advance(1000);
    expect(of('verdict')).toHaveLength(2);
    expect(of('verdict')[1]?.verdict).toMatchObject({ title: 'No verdict: too little was measured', steps: [] });
  });

  it('says why PSS and USS are not known', async () => {
    monitor.change([processRow(7, { rollupUnknown: 'permission' })]);
    const watch = await monitor.watch(7);
    if (!watch.ok) throw new Error('no watch');
    watch.value.series.append(T0, new Map([['vsz', 4096]]));
    open('trend', [{ monitor, watch: watch.value }]);
    expect(of('now')[0]?.now).toMatchObject({ values: { vsz: 4096 }, unknown: { uss: 'needs the same user, or root' } });
  });
});

describe('the page Processes', () => {
  it('is told all rows, and then those that have changed', () => {
    monitor.change([processRow(1), processRow(2)]);
    open('processes');
    expect(of('processes')[0]).toMatchObject({ mode: 'reset', changed: [{ id: '1:100' }, { id: '2:100' }] });
    monitor.change([processRow(2, { rss: 42 }), processRow(3)], ['1:100']);
    monitor.sample(T0, {});
    clock.advance(1000);
    const delta = of('processes').at(-1);
    expect(delta?.mode).toBe('delta');
    expect(delta?.changed.map(({ id, rss }) => [id, rss])).toEqual([
      ['2:100', 42],
      ['3:100', 1 << 19],
    ]);
    expect(delta?.gone).toEqual(['1:100']);
  });

  it('shows the growth of a watched process', async () => {
    monitor.change([processRow(7)]);
    await monitor.watch(7);
    const [watch] = monitor.watches;
    if (watch !== undefined) watch.verdict = { ...UNDECIDED, state: 'growing', ratePerHour: 4096 };
    open('processes');
    expect(of('processes')[0]?.changed[0]).toMatchObject({ watched: true, growth: { state: 'growing', ratePerHour: 4096 } });
  });
});
