import { describe, expect, it } from 'vitest';
import { MapFeed, type MapFeedOptions } from '../../../../src/app/map/map-feed.js';
import { MapSession, type MapSource } from '../../../../src/app/map/map-session.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import { MapHistory } from '../../../../src/insight/map/map-history.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { MAP_PROTOCOL, type PageStrip, type ToMapPage } from '../../../../src/protocol/map.js';
import { aMap } from '../../insight/map/a-map.js';
import { FakeClock } from '../fake-clock.js';

const heap = (kib: number, at: number, more: Partial<MapSnapshot> = {}): MapSnapshot =>
  aMap([{ at: 1000, size: kib, path: '[heap]', segment: 'heap', figures: { Rss: kib } }], at, more);

const of = <K extends ToMapPage['kind']>(posted: readonly ToMapPage[], kind: K): Extract<ToMapPage, { kind: K }>[] =>
  posted.filter((message): message is Extract<ToMapPage, { kind: K }> => message.kind === kind);

function open(results: Result<MapSnapshot, Fault>[], strip?: Result<PageStrip, Fault>, more: Partial<MapFeedOptions> = {}) {
  const clock = new FakeClock();
  const posted: ToMapPage[] = [];
  const source: MapSource = { take: async () => results.shift() ?? err({ code: 'not-found', path: '/proc/1', what: 'process' }) };
  const session = new MapSession({ source, clock, budget: () => 0.01, learner: new MapHistory() });
  const feed = new MapFeed(session, {
    post: (message) => posted.push(message),
    saved: () => 'kept',
    title: 'test (1)',
    description: './test --all',
    ...(strip === undefined ? {} : { readStrip: async () => strip }),
    ...more,
  });
  return { clock, posted, session, feed };
}

describe('what a page of a map is told', () => {
  it('nothing before it is ready; then who it is, the state, and the map with its totals', async () => {
    const { clock, posted, feed } = open([ok(heap(100, 1))]);
    feed.setVisible(true);
    await clock.advance(1);
    expect(posted).toEqual([]);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    expect(posted.map(({ kind }) => kind)).toEqual(['hello', 'state', 'moments', 'findings', 'map']);
    expect(of(posted, 'hello')[0]).toMatchObject({ version: MAP_PROTOCOL, saved: 'kept' });
    expect(of(posted, 'hello')[0]?.segments.find(({ id }) => id === 'heap')?.definition).toContain('brk');
    expect(of(posted, 'map')[0]?.totals.whole).toMatchObject({ size: 100 * 1024, rss: 100 * 1024 });
    expect(of(posted, 'state').at(-1)).toMatchObject({ state: { kind: 'still' }, title: 'test (1)' });
  });

  it('the rows that somebody came for, once there is a map, and only once', async () => {
    const { clock, posted, feed, session } = open([ok(heap(100, 1)), ok(heap(140, 2))]);
    feed.show((snapshot) => Array.from({ length: snapshot.table.length }, (_, row) => row));
    feed.setVisible(true);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await clock.advance(1);
    const [{ moment }] = of(posted, 'map') as [Extract<ToMapPage, { kind: 'map' }>];
    expect(of(posted, 'show-rows')).toEqual([{ kind: 'show-rows', moment: moment.id, rows: [0] }]);
    session.refresh();
    await clock.advance(1);
    feed.show(() => []);
    expect(of(posted, 'show-rows')).toHaveLength(1);
  });

  it('refuses a page of another version', () => {
    const { posted, feed } = open([]);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL + 1 });
    expect(posted.map(({ kind }) => kind)).toEqual(['fault']);
  });

  it('each live reading, its growth, and the comparison with a mark', async () => {
    const { clock, posted, session, feed } = open([ok(heap(100, 1)), ok(heap(140, 2)), ok(heap(180, 3))]);
    session.live(1000);
    feed.setVisible(true);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await clock.advance(1);
    const [first] = of(posted, 'moments').at(-1)!.moments;
    feed.receive({ kind: 'compare', before: first!.id, after: undefined });
    await clock.advance(2500);
    expect(of(posted, 'map')).toHaveLength(3);
    expect(of(posted, 'diff').map(({ diff }) => diff.total.rss)).toEqual([0, 40 * 1024, 80 * 1024]);
    expect([...(of(posted, 'growth').at(-1)?.growth.lines[0]?.values ?? [])]).toEqual([100, 140, 180].map((kib) => kib * 1024));
    expect(of(posted, 'diff').every(({ follows }) => follows)).toBe(true);
    // What goes with a map is told before it.
    const kinds = posted.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('map')).toBeGreaterThan(kinds.lastIndexOf('diff'));
    expect(of(posted, 'growth').at(-1)?.growth.at.at(-1)).toBe(of(posted, 'map').at(-1)?.moment.at);
    feed.receive({ kind: 'stop-comparing' });
    await clock.advance(1000);
    expect(of(posted, 'diff')).toHaveLength(3);
  });

  it('two moments that stay as they are while new ones come, until one of them is removed', async () => {
    const { clock, posted, session, feed } = open([1, 2, 3, 4, 5].map((at) => ok(heap(100 * at, at))));
    feed.setVisible(true);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await clock.advance(1);
    for (const _ of [1, 2]) {
      session.mark();
      await clock.advance(1);
    }
    const [, first, second] = session.all;
    feed.receive({ kind: 'compare', before: first!.id, after: second!.id });
    session.refresh();
    await clock.advance(1);
    expect(of(posted, 'diff').map(({ follows, before, after, diff }) => [follows, before.at, after.at, diff.total.rss])).toEqual([
      [false, 2, 3, 100 * 1024],
    ]);
    feed.receive({ kind: 'remove-moment', moment: first!.id });
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    expect(of(posted, 'diff')).toHaveLength(1);
  });

  it('the newest map again when the moment that was shown is removed, and from then on', async () => {
    const { clock, posted, session, feed } = open([1, 2, 3, 4].map((at) => ok(heap(100 * at, at))));
    feed.setVisible(true);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await clock.advance(1);
    session.mark();
    await clock.advance(1);
    session.refresh();
    await clock.advance(1);
    const mark = session.all.find(({ kind }) => kind === 'mark');
    feed.receive({ kind: 'show-moment', moment: mark!.id });
    expect(of(posted, 'map').at(-1)?.snapshot.at).toBe(2);
    feed.receive({ kind: 'remove-moment', moment: mark!.id });
    expect(of(posted, 'map').at(-1)?.snapshot.at).toBe(3);
    session.refresh();
    await clock.advance(1);
    expect(of(posted, 'map').at(-1)?.snapshot.at).toBe(4);
    expect(session.all).toHaveLength(3);
  });

  it('an older moment stays while new ones come, until the newest is wanted again', async () => {
    const { clock, posted, session, feed } = open([ok(heap(100, 1)), ok(heap(140, 2)), ok(heap(180, 3))]);
    feed.setVisible(true);
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await clock.advance(1);
    session.refresh();
    await clock.advance(1);
    const [first] = session.all;
    feed.receive({ kind: 'show-moment', moment: first!.id });
    session.refresh();
    await clock.advance(1);
    expect(of(posted, 'map').map(({ snapshot }) => snapshot.at)).toEqual([1, 2, 1]);
    feed.receive({ kind: 'show-moment', moment: session.newest!.moment.id });
    expect(of(posted, 'map').at(-1)?.snapshot.at).toBe(3);
    feed.receive({ kind: 'show-moment', moment: first!.id });
    feed.receive({ kind: 'show-moment', moment: undefined });
    expect(of(posted, 'map').at(-1)?.snapshot.at).toBe(3);
  });

  it('why there is no map, in words, and what the notes of one mean', async () => {
    const none = open([err({ code: 'permission', path: '/proc/1/maps', operation: 'read' })]);
    none.feed.setVisible(true);
    none.feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    await none.clock.advance(1);
    expect(of(none.posted, 'state').at(-1)?.state).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('/proc/1/maps'),
    });
    const noted = open([ok(heap(1, 1, { notes: [{ code: 'no-amounts' }, { code: 'foreign-lines', count: 2, line: 7 }] }))]);
    noted.feed.setVisible(true);
    await noted.clock.advance(1);
    noted.feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    expect(of(noted.posted, 'map')[0]?.notes).toEqual([
      expect.stringContaining('same user, or root'),
      '2 lines are not of a memory map and left out (line 7).',
    ]);
  });

  it('pages of a region, or why they are not told', async () => {
    const strip: PageStrip = {
      start: 4096,
      end: 8192,
      pageSize: 4096,
      pagesPerCell: 1,
      present: Uint32Array.of(1),
      swapped: Uint32Array.of(0),
      fileOrShared: Uint32Array.of(0),
      at: 1,
    };
    const path = '/proc/1/pagemap';
    for (const [given, told] of [
      [ok(strip), { kind: 'strip' }],
      [err<Fault>({ code: 'permission', path, operation: 'read' }), { kind: 'no-strip', message: /same user, or root/ }],
      [
        err<Fault>({ code: 'unreadable', path, detail: '9 pages are too many' }),
        { kind: 'no-strip', message: /: 9 pages are too many\.$/ },
      ],
      [err<Fault>({ code: 'not-found', path: '/proc/1', what: 'process' }), { kind: 'no-strip', message: /has ended/ }],
      [undefined, { kind: 'no-strip', message: /file/ }],
    ] as const) {
      const { clock, posted, feed } = open([], given);
      feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
      feed.receive({ kind: 'pages', start: 4096, end: 8192, cells: 1 });
      await clock.advance(1);
      const { kind, message } = { message: undefined, ...told };
      expect(posted.at(-1)).toMatchObject(message === undefined ? { kind } : { kind, message: expect.stringMatching(message) });
    }
  });

  it('pages anew once they were marked, those that were asked for last; a page that is made anew learns of the mark', async () => {
    const asked: (readonly number[])[] = [];
    const { feed, clock, posted } = open([], undefined, {
      readStrip: async (start, end, cells) => {
        asked.push([start, end, cells]);
        return err<Fault>({ code: 'cancelled' });
      },
    });
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    expect(posted.some(({ kind }) => kind === 'pages-marked')).toBe(false);
    feed.pagesMarked(4000);
    await clock.advance(1);
    expect(asked).toEqual([]);
    expect(posted.at(-1)).toEqual({ kind: 'pages-marked', at: 4000 });
    feed.receive({ kind: 'pages', start: 4096, end: 8192, cells: 1 });
    feed.receive({ kind: 'pages', start: 8192, end: 16_384, cells: 2 });
    feed.pagesMarked(5000);
    await clock.advance(1);
    expect(asked.map(([start]) => start)).toEqual([4096, 8192, 8192]);
    const before = posted.length;
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    expect(posted.slice(before)).toContainEqual({ kind: 'pages-marked', at: 5000 });
  });

  it('why there is no map in words of who opened the page, where he has some', async () => {
    const gone: Fault = { code: 'not-found', path: '/proc/1', what: 'process' };
    const explain = (fault: Fault) => (fault.code === 'not-found' ? { message: 'test (1) has ended.', nextStep: '' } : undefined);
    for (const [fault, words] of [
      [gone, 'test (1) has ended.'],
      [{ code: 'permission', path: '/proc/1/maps', operation: 'read' }, 'No permission to read /proc/1/maps.'],
    ] as const) {
      const { feed, clock, posted } = open([err<Fault>(fault)], undefined, { explain });
      feed.setVisible(true);
      feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
      await clock.advance(1);
      expect(of(posted, 'state').at(-1)?.state).toMatchObject({ kind: 'failed', message: words });
    }
  });

  it('leaves wishes that are not about drawing to others', () => {
    const { feed } = open([]);
    expect(feed.receive({ kind: 'copy', text: 'x' })).toBe(false);
    expect(feed.receive({ kind: 'mark' })).toBe(false);
    expect(feed.receive({ kind: 'refresh' })).toBe(true);
  });
});
