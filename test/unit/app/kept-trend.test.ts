import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndedWatch, isSameProcess, keptSubjects, readKeptSubjects, settled, standIns } from '../../../src/app/kept-trend.js';
import type { Monitor } from '../../../src/app/monitor.js';
import type { KeptSubject, Subject } from '../../../src/app/subject.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';

const monitorOf = (name: string, bootId?: string): Monitor =>
  ({
    target: name === 'local' ? { name, config: { kind: 'local' } } : { name, config: { kind: 'ssh', host: name } },
    facts: bootId === undefined ? undefined : { bootId },
  }) as unknown as Monitor;
const local = monitorOf('local', 'boot');
const board = monitorOf('board');
const processOf = (pid: number, startTicks = 1000 + pid) => ({
  pid,
  startTicks,
  command: `c ${pid}`,
  commandLine: `/bin/c ${pid}`,
});
const watchOf = (pid: number) => new EndedWatch(processOf(pid), 5, createSeriesTable());

describe('what a Trend page shows, over a reload of the window', () => {
  it('is read back from JSON as it was', () => {
    const subjects: Subject[] = [
      { monitor: local, watch: watchOf(7) },
      { monitor: board, watch: watchOf(8) },
      { monitor: local },
    ];
    const kept = readKeptSubjects(JSON.parse(JSON.stringify({ subjects: keptSubjects(subjects) })));
    expect(kept).toEqual([
      { target: local.target, process: { ...processOf(7), bootId: 'boot' } },
      { target: board.target, process: processOf(8) },
      { target: local.target },
    ]);
  });

  it('leaves recordings to their own editor', () => {
    expect(keptSubjects([{ monitor: local, recording: { name: 'a', cutOff: false } }])).toEqual([]);
  });

  it('takes any state for what it is', () => {
    fc.assert(
      fc.property(fc.anything(), (state) => {
        readKeptSubjects(state);
        readKeptSubjects({ subjects: [state, { target: state }, { target: local.target, process: state }] });
      }),
    );
    const bad = { pid: -1, startTicks: 1, command: 'x' };
    const command = { name: 'c', config: { kind: 'command', argv: ['sh', 1] } };
    expect(readKeptSubjects({ subjects: [{ target: local.target, process: bad }, { target: command }, 3, null] })).toEqual([]);
  });

  it('knows a process by its start and its boot', () => {
    const same = { ...processOf(7), bootId: 'boot' };
    expect(isSameProcess(watchOf(7), local, same)).toBe(true);
    expect(isSameProcess(watchOf(7), local, { ...same, startTicks: 3 })).toBe(false);
    expect(isSameProcess(watchOf(7), local, { ...same, bootId: 'another' })).toBe(false);
    expect(isSameProcess(watchOf(7), board, same)).toBe(true);
  });

  it('shows a machine once while its processes are looked for, and keeps them', () => {
    const kept: KeptSubject[] = [
      { target: local.target, process: processOf(7) },
      { target: local.target, process: processOf(8) },
      { target: board.target, process: processOf(9) },
      { target: board.target },
    ];
    const [seven, eight, nine] = kept as [KeptSubject, KeptSubject, KeptSubject, KeptSubject];
    const first = standIns(kept, ({ name }) => (name === 'local' ? local : board));
    expect(first.map(({ monitor, watch }) => [monitor, watch])).toEqual([
      [local, undefined],
      [board, undefined],
    ]);
    expect(keptSubjects(first)).toEqual(kept);

    const found7: Subject = { monitor: local, watch: watchOf(7) };
    const second = settled(first, seven, found7);
    expect(second.map(({ monitor }) => monitor)).toEqual([local, local, board]);
    expect(second[0]).toBe(found7);
    const found8: Subject = { monitor: local, watch: watchOf(8) };
    const third = settled(second, eight, found8);
    expect(third.slice(0, 2)).toEqual([found7, found8]);
    expect(third).toHaveLength(3);
    const found9: Subject = { monitor: board, watch: watchOf(9) };
    // The board was shown for itself, too.
    expect(settled(third, nine, found9)).toEqual([found7, found8, found9, { monitor: board }]);
  });

  it('does not show twice what is there already', () => {
    const kept: KeptSubject = { target: local.target, process: processOf(7) };
    const there: Subject = { monitor: local, watch: watchOf(7) };
    const waiting = [there, ...standIns([kept], () => local)];
    expect(settled(waiting, kept, { monitor: local, watch: watchOf(7) })).toEqual([there]);
  });
});
