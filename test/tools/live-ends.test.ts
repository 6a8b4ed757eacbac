// MemLens is killed while it looks into a process: the tool is gone within seconds, nothing is left, and the process goes on.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { named } from '../named.js';
import { LivePrograms, stateOf, tracerOf } from './live-programs.js';
import { processesWith, until } from './processes.js';
import { noSshd, startSshd } from './servers.js';

const noPerf = spawnSync('perf', ['--version'], { stdio: 'ignore' }).error === undefined ? undefined : 'perf is not installed';
const programs = new LivePrograms();
const directory = mkdtempSync(join(tmpdir(), 'memlens-test-'));
const client = join(directory, 'client.cjs');
const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/${path}.ts`, import.meta.url)));
let grows: string;

beforeAll(async () => {
  grows = programs.compile('grows.c');
  const entry = join(directory, 'client.ts');
  writeFileSync(
    entry,
    `import { Attach } from ${source('app/live/attach')};
     import { probeProcess } from ${source('app/live/probe-process')};
     import { liveWays } from ${source('app/live/ways')};
     import { neverCancelled } from ${source('base/cancel')};
     import { LocalTarget } from ${source('node/local-target')};
     import { nodeClock } from ${source('node/node-clock')};
     import { createTarget } from ${source('node/targets')};
     const [pid, way, config, sshConfigFile] = process.argv.slice(2);
     const log = { info() {}, warn() {}, error() {} };
     const target = createTarget({ name: 't', config: JSON.parse(config) }, { log, sshConfigFile });
     (async () => {
       const probed = await probeProcess(target, Number(pid), neverCancelled);
       if (!probed.ok) throw new Error(JSON.stringify(probed.error));
       const attach = new Attach({ host: new LocalTarget(), clock: nodeClock, log, media: (name) => name });
       const looked = await attach.run(liveWays.find(({ id }) => id === way), probed.value, {
         target, durationMs: 600000, slowdownLimit: 0, stop: neverCancelled, cancel: neverCancelled,
         workspaceFolders: [], sourcePathMap: [], onNews: ({ phase }) => console.log(phase),
       });
       console.log('over ' + JSON.stringify(looked.ok ? looked.value.outcome.ended : looked.error));
     })();`,
  );
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    outfile: client,
    logLevel: 'silent',
    mainFields: ['module', 'main'],
  });
});
afterAll(() => {
  programs.clear();
  rmSync(directory, { recursive: true, force: true });
});

/** MemLens, as it looks into a process until it is killed. */
async function looking(pid: number, config: object, sshConfigFile = ''): Promise<ChildProcess> {
  const child = spawn(process.execPath, [client, String(pid), 'perf-faults', JSON.stringify(config), sshConfigFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => void (chunk.includes('attached') && resolve()));
    child.once('exit', () => reject(new Error('it has ended')));
  });
  return child;
}

/** The directory of a look into this process; undefined: perf does not run. */
const placeOf = (pid: number): string | undefined =>
  processesWith('record -q')
    .map((line) => / -p (\d+) -o (\S+)\/perf\.data/.exec(line))
    .find((parts) => parts?.[1] === String(pid))?.[2];
const faults = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[7]);

async function goesOn(pid: number): Promise<void> {
  expect(stateOf(pid)).toMatch(/[RS]/);
  expect(tracerOf(pid)).toBe(0);
  const before = faults(pid);
  await until(() => faults(pid) > before);
}

/** What was there while somebody looked is gone, within some seconds. */
async function ends(pid: number, end: () => unknown): Promise<void> {
  await until(() => placeOf(pid) !== undefined);
  const place = placeOf(pid)!;
  expect(existsSync(place)).toBe(true);
  await end();
  await until(() => processesWith(place), 30_000);
  await until(() => !existsSync(place), 30_000);
  await goesOn(pid);
}

async function survives(config: object, sshConfigFile?: string): Promise<void> {
  const { pid } = await programs.start(grows, ['2', '1000']);
  const memlens = await looking(pid!, config, sshConfigFile);
  await ends(pid!, () => memlens.kill('SIGKILL'));
}

describe.skipIf(noPerf !== undefined)(named('MemLens is killed', noPerf), () => {
  test('on this machine', () => survives({ kind: 'local' }));

  test('and was connected by a command', () => survives({ kind: 'command', argv: ['sh'] }));

  test.skipIf(noSshd !== undefined)(named('and was connected by ssh', noSshd), async () => {
    const server = await startSshd();
    try {
      await survives({ kind: 'ssh', host: server.alias }, server.configFile);
    } finally {
      await server.stop();
    }
  });

  test.skipIf(noSshd !== undefined)(named('the connection is lost', noSshd), async () => {
    const server = await startSshd();
    const { pid } = await programs.start(grows, ['2', '1000']);
    const memlens = await looking(pid!, { kind: 'ssh', host: server.alias }, server.configFile);
    // What serves the connection, and nothing of what it has started.
    await ends(pid!, () => execFileSync('pkill', ['-KILL', '-P', String(server.pid)]));
    memlens.kill('SIGKILL');
    await server.stop();
  });
});
