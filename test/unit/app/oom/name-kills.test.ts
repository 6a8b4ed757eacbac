import { describe, expect, it } from 'vitest';
import type { Monitor } from '../../../../src/app/monitor.js';
import type { Monitors } from '../../../../src/app/monitors.js';
import { NameKills, victims } from '../../../../src/app/oom/name-kills.js';
import { Emitter } from '../../../../src/base/emitter.js';
import { ok } from '../../../../src/base/result.js';
import type { MarkEvent, TrendEvent } from '../../../../src/model/trend-event.js';

const BOOT = Date.UTC(2026, 0, 15);
const kill = (seconds: string, pid: number, name = 'shop'): string =>
  `[${seconds}] Out of memory: Killed process ${pid} (${name}) total-vm:8kB, anon-rss:4kB, file-rss:0kB\n`;
const log = (text: string) => ({ text, from: 'dmesg' as const, bootMs: BOOT });

describe('victims', () => {
  it('are those of about that time, each with its own', () => {
    const text = kill('  100.000000', 1) + kill('  499.500000', 2) + kill('  500.250000', 3) + kill('  900.000000', 4);
    expect(victims(log(text), { at: BOOT + 501_000, kills: 2 })).toEqual([
      { at: BOOT + 499_500, text: 'shop (2)' },
      { at: BOOT + 500_250, text: 'shop (3)' },
    ]);
  });

  it('without the time of the boot, or of the line, nobody is named', () => {
    expect(victims({ text: kill('  500.000000', 1), from: 'dmesg' }, { at: BOOT + 500_000, kills: 1 })).toEqual([]);
    expect(victims(log(kill('', 1).slice(3)), { at: BOOT + 500_000, kills: 1 })).toEqual([]);
  });

  it('of a machine that has slept they are the last ones, as many as were counted', () => {
    const text = kill('  100.000000', 1) + kill('  499.500000', 2) + kill('  500.250000', 3);
    const slept = { ...log(text), hasSlept: true } as const;
    const counted = { at: BOOT + 3_600_000, kills: 2 };
    expect(victims(log(text), counted)).toEqual([]);
    expect(victims(slept, counted)).toEqual([
      { at: counted.at, text: 'shop (2)' },
      { at: counted.at, text: 'shop (3)' },
    ]);
    // Before it slept the times are right.
    expect(victims(slept, { at: BOOT + 101_000, kills: 1 })).toEqual([{ at: BOOT + 100_000, text: 'shop (1)' }]);
  });
});

describe('NameKills', () => {
  it('marks each victim once, at its time; a log that may not be read changes nothing', async () => {
    const events = new Emitter<TrendEvent>();
    const marks: MarkEvent[] = [];
    const monitor = {
      target: { name: 'board', config: { kind: 'local' } },
      onDidEvent: events.on.bind(events),
      mark: (event: MarkEvent) => marks.push(event),
    } as unknown as Monitor;
    const monitors = { all: [monitor], onDidOpen: new Emitter<Monitor>().on } as unknown as Monitors;
    Object.assign(monitors, { onDidOpen: () => ({ dispose: () => undefined }) });
    let text: string | undefined;
    const names = new NameKills(monitors, () =>
      Promise.resolve(
        text === undefined
          ? { ok: false, error: { code: 'permission', path: 'the kernel log', operation: 'read' } }
          : ok(log(text)),
      ),
    );
    const counted = async (at: number): Promise<void> => {
      events.emit({ at, kind: 'oom-kill', detail: '1' });
      await new Promise((done) => setTimeout(done));
    };
    await counted(BOOT + 500_000);
    expect(marks).toEqual([]);
    text = kill('  499.500000', 2, 'a (b)');
    await counted(BOOT + 500_000);
    await counted(BOOT + 501_000);
    expect(marks).toEqual([{ kind: 'oom-victim', at: BOOT + 499_500, detail: 'a (b) (2)' }]);
    names.dispose();
    text += kill('  500.000000', 3);
    await counted(BOOT + 501_000);
    expect(marks).toHaveLength(1);
  });

  it('what is counted while a log is read is looked for in the next one', async () => {
    const events = new Emitter<TrendEvent>();
    const marks: MarkEvent[] = [];
    const monitor = {
      target: { name: 'board', config: { kind: 'local' } },
      onDidEvent: events.on.bind(events),
      mark: (event: MarkEvent) => marks.push(event),
    } as unknown as Monitor;
    const monitors = { all: [monitor], onDidOpen: () => ({ dispose: () => undefined }) } as unknown as Monitors;
    const answers: ((text: string) => void)[] = [];
    const names = new NameKills(monitors, () => new Promise((done) => answers.push((text) => done(ok(log(text))))));
    const turn = (): Promise<void> => new Promise((done) => setTimeout(done));
    for (const at of [500_000, 501_000, 502_000]) events.emit({ at: BOOT + at, kind: 'oom-kill', detail: '1' });
    await turn();
    // It was taken before the second process was killed.
    answers[0]?.(kill('  499.500000', 2));
    await turn();
    expect(marks.map(({ detail }) => detail)).toEqual(['shop (2)']);
    answers[1]?.(kill('  499.500000', 2) + kill('  500.700000', 3) + kill('  501.500000', 4));
    await turn();
    expect(marks.map(({ detail }) => detail)).toEqual(['shop (2)', 'shop (3)', 'shop (4)']);
    expect(answers).toHaveLength(2);
    names.dispose();
  });
});
