import { expect, test } from 'vitest';
import { KeptReports } from '../../../src/app/kept-reports.js';
import type { Target } from '../../../src/app/ports.js';
import { err, ok } from '../../../src/base/result.js';
import { MemoryTarget } from './memory-target.js';

/** Files that grow; a read gives at most what is asked for. */
class Growing extends MemoryTarget {
  readonly bytes = new Map<string, Uint8Array>();
  isGone = false;

  override list(): ReturnType<Target['list']> {
    return Promise.resolve(
      this.isGone ? err({ code: 'target-unreachable', target: 't', detail: '' }) : ok([...this.bytes.keys(), 'leader']),
    );
  }

  override readBytes(path: string, options: { offset?: number; length?: number } = {}): ReturnType<Target['readBytes']> {
    const { offset = 0, length = 1 << 20 } = options;
    const whole = this.bytes.get(path.slice(path.lastIndexOf('/') + 1)) ?? new Uint8Array();
    return Promise.resolve(ok(whole.subarray(offset, offset + length)));
  }
}

async function text(kept: KeptReports, path: string): Promise<string> {
  let all = '';
  for await (const chunk of kept.readText(path)) all += chunk;
  return all;
}

test('what has come of a report is kept when its machine is gone', async () => {
  const target = new Growing({});
  const kept = new KeptReports(target, '/r', (name) => name.startsWith('report'));
  expect(kept.isEmpty).toBe(true);
  const whole = new TextEncoder().encode('first ünï\nsecond 🦀\n');
  // Cut inside of a character.
  target.bytes.set('report.1', whole.subarray(0, 7));
  await kept.pull();
  target.bytes.set('report.1', whole);
  await Promise.all([kept.pull(), kept.pull()]);
  await kept.pull();
  target.isGone = true;
  await kept.pull();
  expect(await kept.list()).toEqual(ok(['report.1']));
  expect(await text(kept, '/r/report.1')).toBe('first ünï\nsecond 🦀\n');
  expect(await kept.readBytes('/r/report.1', { length: 5 })).toMatchObject({ value: whole.subarray(0, 5) });
  expect(await kept.readBytes('/r/leader')).toMatchObject({ error: { code: 'not-found' } });
});
