// The host's side of the page OOM: the host's own code from the feed up, over logs that people have published.
import { readFileSync } from 'node:fs';
import { OomFeed } from '../../src/app/oom/oom-feed.ts';
import { oomLogOf } from '../../src/app/oom/open-oom.ts';

const START = Date.UTC(2026, 0, 15, 10, 0, 0);

/** The text of a log of test/fixtures/oom: `6.11-global`. */
export const oomFixture = (name) => readFileSync(new URL(`../fixtures/oom/${name}.txt`, import.meta.url), 'utf8');

const candidate = (pid, name, more = {}) => ({
  pid,
  startTicks: 100 + pid,
  name,
  uid: 1000,
  score: 700,
  adj: 0,
  rss: 300 << 20,
  swap: 0,
  pageTables: 1 << 20,
  held: 301 << 20,
  share: 37,
  isExempt: false,
  ...more,
});

export const VICTIMS = {
  candidates: [
    candidate(443, 'shop', { score: 974, share: 461, rss: 3776 * 2 ** 20, held: 3777 * 2 ** 20 }),
    candidate(812, 'tab \u202e\n<b>', { score: 866, adj: 300, share: 0 }),
    candidate(901, 'index', { score: 690, swap: 64 << 20 }),
    candidate(77, 'sshd', { score: 0, adj: -1000, uid: 0, share: 0, isExempt: true }),
  ],
  total: 8 * 2 ** 30,
  kernel: '6.11.0',
  unread: 1,
};

/**
 * @param options.log text of a log, or a Fault; absent: there is none to be read
 * @param options.victims NextVictims, or a Fault; absent: it is a file
 */
export function createOomFeed({ log, victims, saved, title = 'board', description = 'The kernel log of ssh:board' } = {}) {
  const posted = [];
  let kept = saved;
  let now = START;
  const told = (value, make) => async () =>
    value.code === undefined ? { ok: true, value: make(value) } : { ok: false, error: value };
  const feed = new OomFeed({
    post: (message) => posted.push(message),
    saved: () => kept,
    title,
    description,
    now: () => now,
    ...(log === undefined ? {} : { readLog: told(log, oomLogOf) }),
    ...(victims === undefined ? {} : { readVictims: told(victims, (value) => value) }),
  });
  /** What is read is there a moment later. */
  const answers = async () => {
    await new Promise((done) => setImmediate(done));
    return posted.splice(0);
  };
  return {
    feed,
    hear(message) {
      if (message.kind === 'save') kept = message.state;
      else if (message.kind === 'set-adj') feed.changed({ ...feed.candidate(message), before: 0, after: -500 });
      else if (message.kind === 'undo-adj') feed.changed(undefined);
      else feed.receive(message);
      const later = answers();
      // As many as an array has, so that it is waited for.
      later.length = 1;
      return later;
    },
    /** What the host tells by itself. To be posted. */
    tell(what, ms = 1000) {
      now += ms;
      what(feed);
      return answers();
    },
    get kept() {
      return kept;
    },
  };
}
