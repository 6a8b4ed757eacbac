// The guard: what slows a process too much is ended before its time.
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { Attach } from '../../src/app/live/attach.js';
import type { LiveWay } from '../../src/app/live/live-way.js';
import { probeProcess } from '../../src/app/live/probe-process.js';
import { runTool } from '../../src/app/live/run-tool.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import { ok } from '../../src/base/result.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { silentLog } from '../silent-log.js';
import { LivePrograms, stateOf, tracerOf } from './live-programs.js';
import { value } from './target-cases.js';

const noStrace = spawnSync('strace', ['-V'], { stdio: 'ignore' }).error === undefined ? undefined : 'strace is not installed';
const programs = new LivePrograms();
afterAll(() => programs.clear());

/** Stops it at each system call. */
const everyCall: LiveWay = {
  id: 'mappings',
  title: 'Every system call',
  gives: '',
  obstacles: () => [],
  price: () => ({ isDangerous: true, words: '' }),
  async run(session) {
    session.news({ phase: 'attached' });
    const pid = String(session.process.pid);
    const argv = ['strace', '-f', '-qq', '-o', '/dev/null', '-p', pid];
    const ran = await runTool(session, { argv, endSignal: 'INT', graceMs: 10_000 });
    return ran.ok ? ok({ way: 'mappings', process: session.process, findings: [], notes: [], overMs: 0 }) : ran;
  },
};

describe.skipIf(noStrace !== undefined)(`the guard${noStrace === undefined ? '' : ` (${noStrace})`}`, () => {
  test('ends what stops a process all the time, and says so; the process goes on', async () => {
    const calls = programs.compile('calls.c');
    const { pid } = await programs.start(calls);
    const target = new LocalTarget();
    const attach = new Attach({ host: target, clock: nodeClock, log: silentLog, media: (name) => name });
    const probed = value(await probeProcess(target, pid!, neverCancelled));
    const rates = value(await attach.measure(target, probed, neverCancelled));
    expect(rates.cpu).toBeGreaterThan(0.05);
    const look = await attach.run(everyCall, probed, {
      target,
      durationMs: 600_000,
      slowdownLimit: 1.5,
      rates,
      stop: new CancelSource(),
      cancel: neverCancelled,
      workspaceFolders: [],
      sourcePathMap: [],
    });
    const { outcome, report } = value(look);
    expect(outcome.ended).toBe('too-slow');
    expect(report.notes.map(({ code }) => code)).toContain('too-slow');
    expect(tracerOf(pid!)).toBe(0);
    expect(stateOf(pid!)).toMatch(/[RSD]/);
  });
});
