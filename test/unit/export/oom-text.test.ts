import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oomEventView } from '../../../src/app/oom/oom-view.js';
import { oomLogOf } from '../../../src/app/oom/open-oom.js';
import { oomJson } from '../../../src/export/oom-json.js';
import { oomText } from '../../../src/export/oom-text.js';

const folder = new URL('../../fixtures/oom/', import.meta.url);
const LOGS = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

const told = (log: string, only?: number): string =>
  [...oomText(oomLogOf(log).report, only, { name: 'a log', verbose: true })].join('');

describe('a log as text', () => {
  it('says when: the date where the time of the boot is known', () => {
    const line = '[   12.500000] Out of memory: Killed process 7 (shop) total-vm:8kB, anon-rss:4kB, file-rss:0kB\n';
    const { report } = oomLogOf(line);
    const text = [...oomText(report, undefined, { name: 'x', bootMs: Date.UTC(2026, 0, 15), verbose: false })].join('');
    expect(text).toContain('2026-01-15 00:00:12 UTC, 12.500000 s after the boot');
    expect(told(line)).toContain('   12.500000 s after the boot');
  });

  it('names are shown, never obeyed', () => {
    const text = told('Out of memory: Killed process 7 (\x1b[31mshop\u202e) total-vm:8kB, anon-rss:4kB, file-rss:0kB');
    expect(text).not.toContain('\x1b');
    expect(text).not.toContain('\u202e');
  });

  it('of any log that lost lines, has them twice, or in another order, text, JSON and page are made', () => {
    const lines = fc.constantFrom(...LOGS).chain((log) => {
      const all = log.split('\n');
      return fc.array(fc.nat(all.length - 1), { maxLength: 120 }).map((places) => places.map((at) => all[at] ?? ''));
    });
    fc.assert(
      fc.property(lines, (picked) => {
        const log = picked.join('\n');
        const { report } = oomLogOf(log);
        expect(told(log)).not.toMatch(/NaN|undefined|Infinity|\[object/);
        const json = JSON.parse([...oomJson(report, undefined, { tool: 'memlens 1', source: 'x' })].join('')) as {
          events: unknown[];
        };
        expect(json.events).toHaveLength(report.events.length);
        for (const [index, event] of report.events.entries()) {
          const view = oomEventView(event, index, undefined);
          const sum = view.memory?.parts.reduce((all, { bytes }) => all + bytes, 0);
          expect(sum).toBe(view.memory?.total);
        }
      }),
      { numRuns: 300 },
    );
  });
});
