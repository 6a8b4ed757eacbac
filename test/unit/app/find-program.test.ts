import { describe, expect, it } from 'vitest';
import { findProgram, programBelow } from '../../../src/app/find-program.js';
import { CancelSource, neverCancelled } from '../../../src/base/cancel.js';
import { FakeMonitor, HandClock, processRow } from './fake-monitor.js';

const row = (pid: number, parent: number, command: string, state = 'S') => processRow(pid, { parent, command, state });

describe('the program of a run', () => {
  it('is the child of the shell that leads it, whoever else there is', () => {
    const rows = [row(10, 1, 'sh'), row(12, 11, 'child'), row(11, 10, 'program'), row(20, 1, 'other')];
    expect(programBelow(rows, 10)?.pid).toBe(11);
  });

  it('is found below a login shell and its wrapper', () => {
    const rows = [row(10, 1, 'ash'), row(11, 10, 'sh'), row(12, 11, 'memcheck-amd64-')];
    expect(programBelow(rows, 10)?.pid).toBe(12);
  });

  it('is neither a fork that has not become it yet, nor what waits when it is over', () => {
    expect(programBelow([row(10, 1, 'sh'), row(11, 10, 'sh')], 10)).toBeUndefined();
    expect(programBelow([row(10, 1, 'sh'), row(11, 10, 'sleep')], 10)).toBeUndefined();
    expect(programBelow([row(10, 1, 'sh'), row(11, 10, 'program', 'Z')], 10)).toBeUndefined();
  });

  it('is not looked for in circles', () => {
    expect(programBelow([row(10, 11, 'sh'), row(11, 10, 'sh')], 10)).toBeUndefined();
  });

  it('is awaited while the monitor is looked at, and no longer', async () => {
    const monitor = new FakeMonitor();
    const clock = new HandClock();
    const found = findProgram(monitor, 10, clock, neverCancelled);
    expect(monitor.looks).toEqual(['processes']);
    monitor.change([row(10, 1, 'sh')]);
    monitor.change([row(11, 10, 'program')]);
    expect(await found).toBe(11);
    expect(monitor.looks).toEqual([]);
  });

  it('is given up when the run is over, and when it does not show up', async () => {
    const monitor = new FakeMonitor();
    const clock = new HandClock();
    const over = new CancelSource();
    const first = findProgram(monitor, 10, clock, over);
    over.cancel();
    expect(await first).toBeUndefined();
    const second = findProgram(monitor, 10, clock, neverCancelled);
    clock.advance(60_000);
    expect(await second).toBeUndefined();
    expect(monitor.looks).toEqual([]);
  });
});
