// Processes of other machines: over ssh, and where there is nothing but BusyBox.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Attach } from '../../src/app/live/attach.js';
import { probeProcess } from '../../src/app/live/probe-process.js';
import { neverCancelled } from '../../src/base/cancel.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog as log } from '../silent-log.js';
import { LIVE_SOURCES, LivePrograms, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { busyboxRoot, noChroot, noSshd, startSshd } from './servers.js';
import { value } from './target-cases.js';

const hasPerf = spawnSync('perf', ['--version'], { stdio: 'ignore' }).error === undefined;
const noPerfThere = hasPerf ? noSshd : 'perf is not installed';
const programs = new LivePrograms();
afterAll(() => programs.clear());
let grows: string;
beforeAll(() => {
  grows = programs.compile('grows.c');
});

test.skipIf(noPerfThere !== undefined)(named('over ssh the line that grows is found, too', noPerfThere), async () => {
  const server = await startSshd();
  const target = createTarget(
    { name: 'test', config: { kind: 'ssh', host: server.alias } },
    { log, sshConfigFile: server.configFile },
  );
  try {
    const { pid } = await programs.start(grows, ['2', '1000']);
    const { outcome, report } = value(await look(pid!, { way: 'perf-faults', target }));
    expect(outcome.notes.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.findings.map(({ place }) => [place?.file, place?.line])).toEqual([
      [join(LIVE_SOURCES, 'grows.c'), lineOf('grows.c', 'grows here')],
    ]);
    expect([stateOf(pid!), tracerOf(pid!)]).toEqual([expect.stringMatching(/[RS]/), 0]);
  } finally {
    target.dispose();
    await server.stop();
  }
});

const noStraceThere = spawnSync('strace', ['-V'], { stdio: 'ignore' }).error === undefined ? noSshd : 'strace is not installed';

test.skipIf(noStraceThere !== undefined)(named('over ssh, what makes mappings', noStraceThere), async () => {
  const server = await startSshd();
  const target = createTarget(
    { name: 'test', config: { kind: 'ssh', host: server.alias } },
    { log, sshConfigFile: server.configFile },
  );
  try {
    const { pid } = await programs.start(programs.compile('mapper.c'), ['leak', '50']);
    const { report } = value(await look(pid!, { way: 'mappings', without: ['perf'], target }));
    expect(report.findings.map(({ place }) => [place?.file, place?.line])).toEqual([
      [join(LIVE_SOURCES, 'mapper.c'), lineOf('mapper.c', '// lost mapping')],
    ]);
    expect([stateOf(pid!), tracerOf(pid!)]).toEqual([expect.stringMatching(/[RS]/), 0]);
  } finally {
    target.dispose();
    await server.stop();
  }
});

test.skipIf(noChroot !== undefined)(
  named('where there is only BusyBox: what a process is, how busy it is, and what is missing', noChroot),
  async () => {
    const root = busyboxRoot();
    const target = createTarget(
      { name: 'busybox', config: { kind: 'command', argv: ['chroot', root.directory, '/bin/sh'] } },
      { log },
    );
    try {
      const { pid } = await programs.start(grows, ['2', '1000']);
      const probed = value(await probeProcess(target, pid!, neverCancelled));
      expect(probed.process).toMatchObject({ pid, threads: 2, libc: 'glibc', allocator: 'libc', tracerPid: 0 });
      const attach = new Attach({ host: new LocalTarget(), clock: nodeClock, log, media: (name) => name });
      const rates = value(await attach.measure(target, probed, neverCancelled));
      expect(rates.minorFaults).toBeGreaterThan(1);
      expect(rates.mappingCalls).toBeUndefined();
      const [perf] = attach.ways(probed, rates);
      expect(perf!.obstacles.map(({ code }) => code)).toContain('perf-missing');
      for (const way of ['perf-faults', 'malloc-info', 'mappings', 'heaptrack', 'memleak'] as const) {
        const looked = await look(pid!, { way, target });
        expect(looked).toMatchObject({ ok: false, error: { code: 'engine-unfit', remedy: expect.stringContaining('nstall') } });
      }
      expect([stateOf(pid!), tracerOf(pid!)]).toEqual([expect.stringMatching(/[RS]/), 0]);
    } finally {
      target.dispose();
      root.stop();
    }
  },
);
