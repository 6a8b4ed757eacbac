import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FollowedProfile } from '../../../../src/app/live/follow-profile.js';
import type { LiveNews } from '../../../../src/app/live/live-way.js';
import type { FileFacts } from '../../../../src/app/ports.js';
import { CancelSource } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import { HeaptrackParser } from '../../../../src/formats/heap/heaptrack.js';
import { FakeClock } from '../fake-clock.js';
import { MemoryTarget } from '../memory-target.js';

const whole = readFileSync(join(import.meta.dirname, '../../../fixtures/heap/heaptrack-1.4.0/orders.heaptrack'));

/** A file that is written while it is read. */
class GrowingFile extends MemoryTarget {
  bytes: Uint8Array | undefined;
  readonly reads: { readonly offset: number; readonly length: number }[] = [];
  /** How long it takes. */
  line: () => Promise<void> = () => Promise.resolve();

  constructor() {
    super({});
  }

  override async readBytes(
    path: string,
    { offset = 0, length = 0 }: { offset?: number; length?: number } = {},
  ): Promise<Result<Uint8Array, Fault>> {
    this.reads.push({ offset, length });
    await this.line();
    if (this.bytes === undefined) return err({ code: 'not-found', path, what: 'file or directory' });
    return ok(this.bytes.slice(offset, offset + length));
  }

  override stat(): Promise<Result<FileFacts, Fault>> {
    return Promise.resolve(ok({ kind: 'file', size: this.bytes?.length ?? 0, executable: false, mode: 0o600 }));
  }
}

function follow() {
  const target = new GrowingFile();
  const clock = new FakeClock();
  const cancel = new CancelSource();
  const told: LiveNews[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const news = (one: LiveNews): void => void told.push(one);
  const session = { target, clock, log, cancel, news };
  const followed = new FollowedProfile(session, '/work/heaptrack.txt', new HeaptrackParser(), 'it records');
  return { target, clock, cancel, told, followed };
}

const parsed = (bytes: Uint8Array) => {
  const parser = new HeaptrackParser();
  parser.push(bytes);
  return parser;
};

/** As long as tens of MiB, and with nothing in it that is not known. */
const long = (mib: number): Uint8Array => Buffer.concat([whole, Buffer.from(`# ${'x'.repeat(1021)}\n`.repeat(mib * 1024))]);

describe('a file that a tool writes while it is attached', () => {
  test('is told as it grows, each piece is read once, and the end is that of the whole', async () => {
    const { target, clock, told, followed } = follow();
    followed.begin();
    await clock.advance(2000);
    expect(told).toEqual([]);
    for (let length = 500; length < whole.length; length += 700) {
      target.bytes = whole.subarray(0, length);
      await clock.advance(1500);
      const newest = told.at(-1)?.profile;
      if (newest !== undefined) expect(newest).toEqual(parsed(target.bytes).profile());
    }
    expect(told.length).toBeGreaterThan(5);
    expect(told.every(({ phase, words }) => phase === 'attached' && words === 'it records')).toBe(true);
    target.bytes = whole;
    const end = await followed.end();
    expect(end.ok && end.value).toEqual(parsed(whole).end());
    const offsets = target.reads.map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    const before = told.length;
    await clock.advance(60_000);
    expect(told.length).toBe(before);
  });

  test('is read in pieces; of much at once a part, and it is said what is left', async () => {
    const { target, clock, told, followed } = follow();
    target.bytes = long(40);
    followed.begin();
    await clock.advance(1500);
    expect(Math.max(...target.reads.map(({ length }) => length))).toBeLessThanOrEqual(2 << 20);
    expect(target.reads).toHaveLength(8);
    expect(told.map(({ words }) => words)).toEqual(['it records; 24 MiB of that are not read yet']);
    await clock.advance(3000);
    expect(told.at(-1)?.words).toBe('it records');
    const end = await followed.end();
    expect(end.ok && end.value).toEqual(parsed(target.bytes).end());
  });

  test('a line that is slow has half of the time', async () => {
    const { target, clock, told, followed } = follow();
    target.bytes = whole;
    target.line = () => new Promise((done) => void clock.after(10_000, done));
    followed.begin();
    await clock.advance(11_500);
    expect([told.length, target.reads.length]).toEqual([1, 1]);
    await clock.advance(9_999);
    expect(target.reads).toHaveLength(1);
    await clock.advance(1);
    expect(target.reads).toHaveLength(2);
  });

  test('after a cancel nothing is read any more; without an end nothing is told', async () => {
    const { target, clock, cancel, told, followed } = follow();
    target.bytes = whole;
    followed.begin();
    cancel.cancel();
    expect(await followed.end()).toEqual(err({ code: 'cancelled' }));
    expect(target.reads).toEqual([]);
    const other = follow();
    other.target.bytes = whole;
    other.followed.begin();
    other.followed.dispose();
    await other.clock.advance(10_000);
    expect([...other.told, ...told]).toEqual([]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
  });

  test('what can’t be read at the end is a fault', async () => {
    const { followed } = follow();
    expect(await followed.end()).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
