// memlens oom, who would be killed next, and oom_score_adj: of real processes, and of real kills in a control group of their own.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readKernelLog } from '../../src/app/oom/kernel-log.js';
import { readNextVictims } from '../../src/app/oom/next-victim.js';
import { setOomScoreAdj } from '../../src/app/oom/oom-score-adj.js';
import { neverCancelled } from '../../src/base/cancel.js';
import type { OomCandidate } from '../../src/model/next-victim.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog } from '../silent-log.js';
import { until } from './processes.js';
import { type Done, memlens } from './program-cases.js';
import { type BusyBoxRoot, noChroot, programsRoot } from './servers.js';

const root = new URL('../..', import.meta.url).pathname;
const fixture = (name: string): string => join(root, 'test/fixtures/oom', `${name}.txt`);
const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).error === undefined;
const noNobody = isRoot && hasSetpriv ? undefined : 'only root may run programs of another user';
/** CAP_SYS_RESOURCE, which lowering takes: a container's root often lacks it. */
const mayLower = ((): boolean => {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
})();
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const validator = (name: string) =>
  new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(root, 'docs', name), 'utf8')) as object);

const local = createTarget({ name: 'local', config: { kind: 'local' } }, { log: silentLog });
const children: ChildProcess[] = [];
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-oom-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => {
  local.dispose();
  rmSync(dir, { recursive: true, force: true });
});

/** A process that waits, of this user or of nobody. */
function waiting(before: readonly string[] = []): number {
  const [file = '', ...args] = [...before, 'sleep', '1000'];
  const child = spawn(file, args, { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}
const oom = (args: readonly string[], stdin = ''): Promise<Done> => memlens(['oom', ...args], { cwd: dir, stdin });
const adjOf = (pid: number): string => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();
const read = async (target = local, rootCommand: readonly string[] = []) => {
  const told = await readNextVictims({ target, rootCommand }, neverCancelled);
  if (!told.ok) throw new Error(JSON.stringify(told.error));
  return told.value;
};
const candidateOf = async (pid: number): Promise<OomCandidate> => {
  const found = (await read()).candidates.find((one) => one.pid === pid);
  if (found === undefined) throw new Error(`no process ${pid}`);
  return found;
};

describe('memlens oom', () => {
  test('a log, a packed one and standard input say the same; the status tells that memory ran out', async () => {
    const plain = await oom([fixture('6.11-global')]);
    expect(plain.status).toBe(1);
    expect(plain.stdout).toMatch(/^Memory ran out in the machine: stress-ng-vm \(116\)/);
    expect(plain.stdout).toContain('Who was killed');
    writeFileSync(join(dir, 'kern.log.gz'), gzipSync(readFileSync(fixture('6.11-global'))));
    const packed = await oom([join(dir, 'kern.log.gz')]);
    expect(packed).toEqual(plain);
    const piped = await oom(['-'], readFileSync(fixture('6.11-global'), 'utf8'));
    expect(piped).toEqual(plain);
  });

  test('a log in which nothing happened: status 0; one that is not there: 2', async () => {
    writeFileSync(join(dir, 'quiet.log'), 'one\ntwo\n');
    const quiet = await oom([join(dir, 'quiet.log')]);
    expect(quiet.status).toBe(0);
    expect(quiet.stdout).toMatch(/^No kill for lack of memory was found in .*quiet\.log: 2 lines were read\.\n$/);
    const empty = await oom(['-']);
    expect(empty).toMatchObject({ status: 0, stdout: 'There is no text in standard input: nothing was read.\n' });
    const missing = await oom([join(dir, 'nowhere')]);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('does not exist');
    writeFileSync(join(dir, 'binary'), readFileSync(process.execPath).subarray(0, 200_000));
    const binary = await oom([join(dir, 'binary')]);
    expect(binary).toMatchObject({ status: 2, stdout: '' });
    expect(binary.stderr).toContain('is no text');
  });

  test('several events: a list, then each; one of them by its number; a number that is too large is refused', async () => {
    const both = `${readFileSync(fixture('5.14-memcg-v2'), 'utf8')}\n${readFileSync(fixture('6.11-global'), 'utf8')}`;
    writeFileSync(join(dir, 'both.log'), both);
    const all = await oom([join(dir, 'both.log')]);
    expect(all.stdout).toMatch(/^2 times memory ran out in .*\n\n1 {2}.*xray.*\n2 {2}.*stress-ng-vm/);
    expect(all.stdout).toContain('\n1. Memory ran out in the control group');
    const second = await oom([join(dir, 'both.log'), '--event', '2', '-f', 'json']);
    const told = JSON.parse(second.stdout) as { events: { number: number; killed: { pid: number }[] }[] };
    expect(told.events.map(({ number, killed }) => [number, killed[0]?.pid])).toEqual([[2, 116]]);
    const third = await oom([join(dir, 'both.log'), '--event', '3']);
    expect(third.status).toBe(2);
    expect(third.stderr).toContain('has 2 events, and no event 3');
  });

  test.each([
    '2.6.26-sysrq-wrapped',
    '2.6.28-highmem',
    '2.6.3x-allocating-task-cut',
    '3.10-panic-on-oom',
    '4.17-memcg-v1-quoted',
    '4.6-no-killable',
    '5.14-memcg-v2',
    '5.x-memory-policy',
    '6.11-global',
  ])('%s as JSON fits its schema', async (name) => {
    const { stdout } = await oom([fixture(name), '--format', 'json']);
    const valid = validator('oom-schema.json');
    expect(valid(JSON.parse(stdout)), JSON.stringify(valid.errors)).toBe(true);
  });
});

describe('a real kill', () => {
  const version1 = '/sys/fs/cgroup/memory';
  const place = join(version1, `memlens-test-${process.pid}`);
  const why = ((): string | undefined => {
    if (!isRoot) return 'only root may make a control group';
    if (spawnSync('dmesg', { stdio: 'ignore' }).status !== 0) return 'dmesg may not be read here';
    try {
      mkdirSync(place);
      readFileSync(join(place, 'memory.limit_in_bytes'));
      rmdirSync(place);
      return undefined;
    } catch {
      return 'no memory control group of version 1 can be made here';
    }
  })();

  test.skipIf(why !== undefined)(named('in a small control group is told as it was', why), async () => {
    mkdirSync(place);
    try {
      writeFileSync(join(place, 'memory.limit_in_bytes'), `${24 << 20}`);
      const eats = 'x = bytearray(200 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\n';
      const script = 'echo $$ >"$1/cgroup.procs"; exec python3 -c "$2"';
      const child = spawn('sh', ['-c', script, 'sh', place, eats], { stdio: 'ignore' });
      const signal = await new Promise((done) => child.once('exit', (_, name) => done(name)));
      expect(signal).toBe('SIGKILL');
      let told: Done | undefined;
      await until(async () => {
        told = await oom(['--target', 'local', '--format', 'json']);
        return told.stdout.includes(`"pid":${child.pid}`);
      });
      expect(told?.status).toBe(1);
      const { bootMs, events } = JSON.parse(told?.stdout ?? '') as {
        bootMs: number;
        events: {
          when: { uptimeSeconds: number };
          cgroup: { path: string; limits: { name: string; usage: number; limit?: number }[] };
          killed: { pid: number; name: string; anonRss: number }[];
          explanation: { reasons: { code: string }[] };
        }[];
      };
      const event = events.at(-1);
      expect(event?.killed).toMatchObject([{ pid: child.pid, name: 'python3' }]);
      expect(event?.killed[0]?.anonRss).toBeLessThanOrEqual(24 << 20);
      expect(event?.cgroup.path).toBe(`/memlens-test-${process.pid}`);
      expect(event?.cgroup.limits.find(({ name }) => name === 'memory')?.limit).toBe(24 << 20);
      expect(event?.explanation.reasons[0]?.code).toBe('group-limit');
      const at = bootMs + (event?.when.uptimeSeconds ?? 0) * 1000;
      expect(Math.abs(at - Date.now())).toBeLessThan(60 * 60_000);
    } finally {
      // The kernel takes a moment to notice that nobody is in it.
      await until(() => {
        try {
          rmdirSync(place);
          return true;
        } catch {
          return false;
        }
      });
    }
  });
});

describe('who would be killed next', () => {
  test('is told with the score, the value and the sizes that /proc tells', async () => {
    const pid = waiting();
    await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
    writeFileSync(`/proc/${pid}/oom_score_adj`, '700');
    const found = await candidateOf(pid);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    const score = Number(readFileSync(`/proc/${pid}/oom_score`, 'utf8'));
    expect(found).toMatchObject({
      name: 'sleep',
      adj: 700,
      score,
      swap: kib('VmSwap'),
      pageTables: kib('VmPTE'),
      isExempt: false,
    });
    expect(Math.abs(found.rss - kib('VmRSS'))).toBeLessThan(1 << 20);
    const { candidates } = await read();
    expect(candidates.map((one) => one.score)).toEqual(candidates.map((one) => one.score).sort((a, b) => b - a));
  });

  test('a name with newlines, blanks, parentheses and numbers is a name', async () => {
    const name = '\n9) (Z 1\n0\n0\n';
    const script = `import ctypes, sys, time\nctypes.CDLL(None).prctl(15, ${JSON.stringify(name)}.encode(), 0, 0, 0)\nprint("ready", flush=True)\ntime.sleep(1000)`;
    const child = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    await new Promise((done) => child.stdout?.once('data', done));
    expect(await candidateOf(child.pid ?? 0)).toMatchObject({ name, adj: 0 });
    const { stdout } = await oom(['--next', '--verbose']);
    expect(stdout.split('\n').filter((line) => line.includes(` ${child.pid} `))).toHaveLength(1);
    expect(stdout).toContain('\\n9) (Z 1\\n0\\n0\\n');
  });

  test('as JSON it fits its schema; on a target reached by a shell it is the same', async () => {
    const pid = waiting();
    const { status, stdout } = await oom(['--next', '--format', 'json', '--target', 'command:sh']);
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as { processes: { pid: number }[] };
    const valid = validator('next-victims-schema.json');
    expect(valid(told), JSON.stringify(valid.errors)).toBe(true);
    expect(told.processes.some((one) => one.pid === pid)).toBe(true);
  });
});

describe.skipIf(noChroot !== undefined)(named('a target with a shell and cat alone', noChroot), () => {
  let few: BusyBoxRoot;
  let target: typeof local;
  beforeAll(() => {
    few = programsRoot({ sh: 'sh', cat: 'cat' });
    const argv = ['chroot', few.directory, '/bin/sh'];
    target = createTarget({ name: 'few', config: { kind: 'command', argv } }, { log: silentLog });
  });
  afterAll(() => {
    target.dispose();
    few.stop();
  });

  test('tells who would be killed next', async () => {
    const pid = waiting();
    const { candidates } = await read(target);
    expect(candidates.find((one) => one.pid === pid)).toMatchObject({ adj: 0, isExempt: false });
  });

  test('has no dmesg, and says what to do', async () => {
    expect(await readKernelLog({ target, rootCommand: [] }, neverCancelled)).toMatchObject({
      error: { code: 'tool-missing', tool: 'dmesg' },
    });
  });
});

describe('oom_score_adj', () => {
  const keyOf = async (pid: number) => {
    const { startTicks } = await candidateOf(pid);
    return { pid, startTicks };
  };

  test('is raised and taken back to where it was', async () => {
    const pid = waiting();
    const key = await keyOf(pid);
    expect(await setOomScoreAdj({ target: local, rootCommand: [] }, key, 300, neverCancelled)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(adjOf(pid)).toBe('300');
    expect((await candidateOf(pid)).adj).toBe(300);
  });

  test('of another process that has the number now nothing is written', async () => {
    const pid = waiting();
    const { startTicks } = await keyOf(pid);
    const other = { pid, startTicks: startTicks - 1 };
    expect(await setOomScoreAdj({ target: local, rootCommand: [] }, other, 300, neverCancelled)).toEqual({
      ok: false,
      error: { code: 'not-found', path: `/proc/${pid}`, what: 'process' },
    });
    expect(adjOf(pid)).toBe('0');
    const gone = { pid: 4_194_303, startTicks: 1 };
    expect(await setOomScoreAdj({ target: local, rootCommand: [] }, gone, 300, neverCancelled)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  describe.skipIf(noNobody !== undefined)(named('of another user', noNobody), () => {
    const target = createTarget({ name: 'nobody', config: { kind: 'command', argv: [...NOBODY, 'sh'] } }, { log: silentLog });
    afterAll(() => target.dispose());

    const started = async () => {
      const pid = waiting(NOBODY);
      await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
      return keyOf(pid);
    };

    test('may be raised without root and taken back, and not lowered below where it began', async () => {
      const key = await started();
      expect(await setOomScoreAdj({ target, rootCommand: [] }, key, 200, neverCancelled)).toMatchObject({ ok: true });
      expect(adjOf(key.pid)).toBe('200');
      expect(await setOomScoreAdj({ target, rootCommand: [] }, key, 0, neverCancelled)).toMatchObject({ ok: true });
      const refused = await setOomScoreAdj({ target, rootCommand: [] }, key, -500, neverCancelled);
      expect(refused).toMatchObject({ ok: false, error: { code: 'permission', path: `/proc/${key.pid}/oom_score_adj` } });
      expect(adjOf(key.pid)).toBe('0');
    });

    test('is lowered with the root command, where root has what the kernel asks for', async () => {
      const key = await started();
      const lowered = await setOomScoreAdj({ target: local, rootCommand: ['env'] }, key, -500, neverCancelled);
      // Without CAP_SYS_RESOURCE root is refused as anybody, and told so.
      if (mayLower) expect(lowered).toMatchObject({ ok: true });
      else expect(lowered).toMatchObject({ error: { code: 'permission' } });
      expect(adjOf(key.pid)).toBe(mayLower ? '-500' : '0');
    });

    test('the root command is asked only where the user may not', async () => {
      const key = await started();
      const marker = join(dir, 'asked');
      const asking = ['sh', '-c', 'echo asked >>"$0"; exec "$@"', marker];
      const access = { target: local, rootCommand: asking };
      expect(await setOomScoreAdj(access, key, 100, neverCancelled)).toMatchObject({ ok: true });
      expect(existsSync(marker)).toBe(false);
      const other = waiting();
      const mine = await keyOf(other);
      writeFileSync(marker, '');
      // What nobody may write root writes.
      const split = { target, rootCommand: asking };
      expect(await setOomScoreAdj(split, mine, 100, neverCancelled)).toMatchObject({ error: { code: 'permission' } });
      expect(adjOf(other)).toBe('0');
    });

    test('of a process of root nobody may change it', async () => {
      const pid = waiting();
      const key = await keyOf(pid);
      expect(await setOomScoreAdj({ target, rootCommand: [] }, key, 200, neverCancelled)).toMatchObject({
        error: { code: 'permission' },
      });
      expect(adjOf(pid)).toBe('0');
    });

    test('the kernel log that only root may read is told as such', async () => {
      const restricted = execFileSync('cat', ['/proc/sys/kernel/dmesg_restrict'], { encoding: 'utf8' }).trim();
      const { status, stderr } = await oom(['--target', `command:${NOBODY.join(' ')} sh`]);
      if (restricted === '1') {
        expect(status).toBe(2);
        expect(stderr).toContain('No permission to read the kernel log.');
        expect(stderr).toContain('--root-command');
      } else expect([0, 1]).toContain(status);
    });
  });
});
