import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSystem } from '../../../../src/app/system/open-system.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { LocalTarget } from '../../../../src/node/local-target.js';
import { textOf } from '../../procfs/fixture.js';

let dir: string;
let outside: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-folder-')));
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-outside-')));
});
afterEach(() => {
  for (const one of [dir, outside]) rmSync(one, { recursive: true, force: true });
});

function put(name: string, text: string, root = dir): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

async function open(path = dir, target = new LocalTarget()): Promise<SystemState> {
  const opened = await openSystem(path, target, neverCancelled);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

const named = ({ missing }: SystemState): readonly string[] =>
  missing.filter(({ why }) => why !== 'absent').map(({ path, why }) => `${path.replace(`${dir}/`, '')}: ${why}`);

/** What sosreport of sos 4 has of a machine, in its layout. */
function sosreport(): void {
  for (const file of ['meminfo', 'vmstat', 'zoneinfo', 'slabinfo', 'vmallocinfo', 'buddyinfo'])
    put(`proc/${file}`, textOf(`linux/6.18-root/${file}`));
  put('proc/modules', 'leakmod 16384 1 - Live 0x0000000000000000 (O)\n');
  put('proc/uptime', '1000.50 2000.00\n');
  put('proc/stat', 'cpu 1 2\nbtime 1700000000\n');
  put('sos_commands/kernel/lsmod', 'Module                  Size  Used by\nleakmod                16384  1\n');
  symlinkSync('sos_commands/kernel/lsmod', join(dir, 'lsmod'));
  put('uptime', ' 11:46:44 up 6 days,  2:18,  1 user,  load average: 9.24, 11.33, 15.07\n');
  put('proc/self/mountinfo', '25 1 0:20 / /run rw - tmpfs tmpfs rw\n');
  put('proc/1/mountinfo', '26 1 0:21 / /run rw - tmpfs other rw\n');
  put('proc/mounts', 'tmpfs /run tmpfs rw 0 0\n');
  put('df', 'Filesystem 1K-blocks Used\ntmpfs 1 2\n');
  put('sos_commands/filesys/df_-al_-x_autofs', 'Filesystem 1K-blocks Used\n');
  put('sos_commands/memory/free_-m', '       total\nMem:    1\n');
  put('sos_commands/process/ipcs', '------ Shared Memory Segments --------\nkey        shmid      owner      perms\n');
  put('free', '       total\nMem:    1\n');
  put('proc/cpuinfo', 'processor : 0\n');
  put('proc/sys/vm/swappiness', '60\n');
  put('sys/devices/system/node/node0/meminfo', 'Node 0 MemTotal:       100 kB\n');
  put('sys/devices/system/node/node0/numastat', 'numa_hit 1\n');
  put('version.txt', 'sosreport: 4.5\n');
}

describe('a folder as sosreport makes it', () => {
  it('is read without a word about what is of other matters', async () => {
    sosreport();
    const state = await open();
    expect(named(state)).toEqual([]);
    expect(state.missing.map(({ path }) => path)).toEqual([]);
    expect(state.facts.modules).toEqual([{ name: 'leakmod', size: 16384, users: 1, usedBy: [], state: 'Live', taints: 'O' }]);
    expect(state.facts.at).toBe(1_700_000_000_000 + 1_000_500);
    expect(state.owners.mounts?.map(({ device }) => device)).toEqual(['0:20']);
    expect(state.facts.meminfo).toEqual((await open(join(dir, 'proc'))).facts.meminfo);
  });

  it('inside another folder, and by a link to it', async () => {
    sosreport();
    symlinkSync(dir, join(outside, 'link'));
    expect((await open(join(outside, 'link'))).facts).toEqual((await open()).facts);
  });

  it('what nobody knows is named, also what is packed', async () => {
    sosreport();
    put('notes.md', 'Taken on Monday.\n');
    put('proc/zoneinfo.gz', '\x1f\x8b');
    expect(named(await open())).toEqual(['notes.md: not-understood', 'proc/zoneinfo.gz: not-understood']);
  });
});

describe('reports beside the files of a machine', () => {
  it('are named as what memlens parse reads, and none of their lines is a heading', async () => {
    put('meminfo', textOf('linux/6.1-uml/meminfo'));
    put('kmemleak', textOf('linux/6.1-uml/kmemleak'));
    put('page_owner', textOf('heap/kernel-6.1-uml/page_owner'));
    put('allocinfo', textOf('linux/public/6.x-ice/allocinfo'));
    expect(named(await open())).toEqual(['allocinfo: report', 'kmemleak: report', 'page_owner: report']);
    // Of a large one its beginning is enough.
    put('page_owner', textOf('heap/kernel-6.1-uml/page_owner').repeat(60));
    expect(named(await open())).toContain('page_owner: report');
  });
});

describe('what a folder of somebody else may hold', () => {
  it('links in circles, or out of it: nothing outside is read, and nothing twice', async () => {
    put('proc/meminfo', textOf('linux/6.1-uml/meminfo'));
    put('secret', 'slabinfo - version: 2.1\nstolen 1 1 64 1 1 : tunables 0 0 0 : slabdata 1 1 0\n', outside);
    put('deep/vmstat', 'nr_free_pages 5\n', outside);
    symlinkSync('.', join(dir, 'loop'));
    symlinkSync('..', join(dir, 'proc/up'));
    symlinkSync('b', join(dir, 'a'));
    symlinkSync('a', join(dir, 'b'));
    symlinkSync('/proc', join(dir, 'realproc'));
    symlinkSync(join(outside, 'deep'), join(dir, 'elsewhere'));
    symlinkSync(join(outside, 'secret'), join(dir, 'proc/slabinfo'));
    symlinkSync('/nonexistent', join(dir, 'gone'));
    const state = await open();
    expect(state.facts.slab).toBeUndefined();
    expect(state.facts.counters).toBeUndefined();
    expect(named(state)).toEqual(['proc/slabinfo: unreadable']);
  });

  it('pipes without an end, and files that are larger than any of /proc', async () => {
    put('proc/meminfo', textOf('linux/6.1-uml/meminfo'));
    execFileSync('mkfifo', [join(dir, 'proc/vmstat'), join(dir, 'proc/x')]);
    put('proc/kpagecount', '');
    truncateSync(join(dir, 'proc/kpagecount'), 2 ** 31);
    put('proc/slabinfo', '');
    truncateSync(join(dir, 'proc/slabinfo'), 2 ** 29);
    expect(named(await open())).toEqual(['proc/slabinfo: not-understood']);
  });

  it('files that may not be read', async () => {
    put('proc/meminfo', textOf('linux/6.1-uml/meminfo'));
    put('proc/slabinfo', 'x');
    // Root may read any file, so the mode of the file would not tell.
    class Refusing extends LocalTarget {
      override async *readText(path: string): AsyncIterable<string> {
        if (path.endsWith('slabinfo')) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
        yield* super.readText(path);
      }
    }
    expect(named(await open(dir, new Refusing()))).toEqual(['proc/slabinfo: permission']);
  });
});
