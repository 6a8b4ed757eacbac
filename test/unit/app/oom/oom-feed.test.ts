import { describe, expect, it } from 'vitest';
import type { OomPlace } from '../../../../src/app/oom/kept-oom.js';
import { OomFeed, type OomFeedOptions } from '../../../../src/app/oom/oom-feed.js';
import { oomLogOf } from '../../../../src/app/oom/open-oom.js';
import type { Fault } from '../../../../src/base/fault.js';
import { ok } from '../../../../src/base/result.js';
import type { NextVictims } from '../../../../src/model/next-victim.js';
import { OOM_PROTOCOL, type ToOomPage } from '../../../../src/protocol/oom.js';
import { textOf } from '../../procfs/fixture.js';

const LOG = `${textOf('oom/5.14-memcg-v2.txt')}\n${textOf('oom/6.11-global.txt')}`;
const VICTIMS: NextVictims = {
  candidates: [
    {
      pid: 7,
      startTicks: 70,
      name: 'shop',
      score: 700,
      adj: 0,
      rss: 1,
      swap: 0,
      pageTables: 0,
      held: 1,
      share: 0,
      isExempt: false,
    },
  ],
  total: 1000,
  unread: 0,
};

function feedOf(options: Partial<OomFeedOptions> = {}) {
  const posted: ToOomPage[] = [];
  const feed = new OomFeed({
    post: (message) => posted.push(message),
    saved: () => undefined,
    title: 'board',
    description: '',
    readLog: () => Promise.resolve(ok(oomLogOf(LOG))),
    readVictims: () => Promise.resolve(ok(VICTIMS)),
    now: () => 5,
    ...options,
  });
  const later = async (): Promise<readonly ToOomPage[]> => {
    await new Promise((done) => setTimeout(done));
    return posted.splice(0);
  };
  return { feed, later };
}
const kinds = (messages: readonly ToOomPage[]): readonly string[] => messages.map(({ kind }) => kind);

describe('OomFeed', () => {
  it('reads nothing before the page is there; then it tells the list and the last event', async () => {
    const { feed, later } = feedOf();
    expect(await later()).toEqual([]);
    feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
    const told = await later();
    expect(kinds(told)).toEqual(['hello', 'state', 'state', 'events', 'event']);
    expect(told.at(-1)).toMatchObject({
      event: {
        index: 1,
        killed: [expect.stringContaining('stress-ng-vm (116)'), expect.stringMatching(/^At least 7.6 GiB came free/)],
      },
    });
    feed.receive({ kind: 'show-event', index: 0 });
    expect(await later()).toMatchObject([{ kind: 'event', event: { index: 0 } }]);
    // An event that is not there is none.
    feed.receive({ kind: 'show-event', index: 9 });
    expect(await later()).toEqual([]);
  });

  it('refuses a page of another version', async () => {
    const { feed, later } = feedOf();
    feed.receive({ kind: 'ready', version: OOM_PROTOCOL + 1 });
    expect(kinds(await later())).toEqual(['hello', 'fault']);
  });

  it('the processes are read when they are asked for, and after a change, which can be taken back', async () => {
    const { feed, later } = feedOf();
    feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
    await later();
    feed.receive({ kind: 'read-victims' });
    expect(await later()).toMatchObject([
      { victims: { kind: 'reading' } },
      { victims: { kind: 'shown', at: 5, rows: [{ pid: 7 }] } },
    ]);
    expect(feed.candidate({ pid: 7, startTicks: 70 })?.name).toBe('shop');
    expect(feed.candidate({ pid: 7, startTicks: 71 })).toBeUndefined();
    const change = { pid: 7, startTicks: 70, name: 'shop', before: 0, after: 300 };
    feed.changed(change);
    expect(feed.undo).toBe(change);
    expect((await later()).at(-1)).toMatchObject({ changed: { pid: 7, before: 0, after: 300 } });
    feed.changed(undefined);
    expect((await later()).at(-1)).not.toHaveProperty('changed');
  });

  it('a log that may not be read is told with what to do next', async () => {
    const { feed, later } = feedOf({
      readLog: () => Promise.resolve({ ok: false, error: { code: 'permission', path: 'the kernel log', operation: 'read' } }),
    });
    feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
    expect((await later()).at(-1)).toMatchObject({
      kind: 'state',
      state: { kind: 'failed', nextStep: expect.stringContaining('memlens.rootCommand') as string },
    });
  });

  describe('after a reload of the window', () => {
    const placeOf = async (at: number): Promise<OomPlace> => {
      const { feed, later } = feedOf();
      feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
      await later();
      feed.receive({ kind: 'show-event', index: at });
      return feed.place;
    };
    const shownWith = async (options: Partial<OomFeedOptions>): Promise<ToOomPage | undefined> => {
      const { feed, later } = feedOf(options);
      feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
      return (await later()).findLast(({ kind }) => kind === 'event');
    };

    it('the event is shown that was looked at, also when others are before it', async () => {
      const place = await placeOf(0);
      expect(await shownWith({ place })).toMatchObject({ event: { index: 0 } });
      const grown = `${textOf('oom/6.11-global.txt')}\n${LOG}`;
      const readLog = () => Promise.resolve(ok(oomLogOf(grown)));
      expect(await shownWith({ place, readLog })).toMatchObject({ event: { index: 1 } });
    });

    it('an event that the log does not tell any more gives way to the last one', async () => {
      const place = await placeOf(0);
      const readLog = () => Promise.resolve(ok(oomLogOf(textOf('oom/6.11-global.txt'))));
      expect(await shownWith({ place, readLog })).toMatchObject({
        event: { index: 0, headline: (await placeOf(1)).event?.headline },
      });
    });

    it('the tab is shown that was looked at, and read', async () => {
      const { feed, later } = feedOf({ place: { tab: 'next' } });
      feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
      const told = await later();
      expect(told).toContainEqual({ kind: 'show', tab: 'next' });
      expect(told).toContainEqual(
        expect.objectContaining({ kind: 'victims', victims: expect.objectContaining({ kind: 'shown' }) as unknown }),
      );
    });

    it('what is looked at is told whenever it is another; of a log that can’t be read it stays', async () => {
      const moved: OomPlace[] = [];
      const place = await placeOf(0);
      const fault: Fault = { code: 'not-kept', what: '/tmp/kern.log', why: 'gone' };
      const { feed, later } = feedOf({
        place,
        readLog: () => Promise.resolve({ ok: false, error: fault }),
        onDidMove: () => moved.push(feed.place),
      });
      feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
      expect((await later()).at(-1)).toMatchObject({ state: { message: '/tmp/kern.log is not there any more.' } });
      expect(feed.place).toEqual(place);
      feed.receive({ kind: 'save', state: { tab: 'next' } });
      feed.receive({ kind: 'save', state: 'of another version' });
      expect(moved.at(-1)).toEqual({ ...place, tab: 'next' });
    });
  });

  it('a page that was closed meanwhile is told nothing', async () => {
    const { feed, later } = feedOf();
    feed.receive({ kind: 'ready', version: OOM_PROTOCOL });
    feed.dispose();
    expect(kinds(await later())).toEqual(['hello', 'state']);
  });
});
