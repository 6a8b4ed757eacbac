import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSystem } from '../../../../src/app/system/open-system.js';
import { knownBy, savedAs } from '../../../../src/app/system/saved-names.js';
import { savedSections } from '../../../../src/app/system/saved-sections.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import { systemJson } from '../../../../src/export/system-json.js';
import { systemText } from '../../../../src/export/system-text.js';
import { accountMachine } from '../../../../src/insight/system/accounting.js';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { textOf } from '../../procfs/fixture.js';
import { MemoryTarget } from '../memory-target.js';

const fixtures = join(import.meta.dirname, '../../../fixtures/linux');

async function open(files: Readonly<Record<string, string>>, path = '/saved'): Promise<SystemState> {
  const opened = await openSystem(path, new MemoryTarget(files), neverCancelled);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

/** All files of a folder of fixtures, as if a colleague had sent it. */
function folderOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(fixtures, folder, name)).isFile()) files[`/saved/${name}`] = textOf(`linux/${folder}/${name}`);
  }
  return files;
}

const FOLDERS = [
  '6.18',
  '6.18-root',
  '6.1-uml',
  'public/5.4-arm64-cma',
  'public/3.10-x86-64',
  'public/3.x-i386',
  'public/5.x-x86-64',
];

const sumOf = (state: SystemState): readonly [sum: number, total: number] => {
  const accounting = accountMachine(state.facts);
  if (accounting === undefined) throw new Error('no MemTotal');
  const { items, unexplained, total } = accounting;
  return [items.reduce((sum, { bytes, inside }) => sum + (inside === undefined ? bytes : 0), unexplained), total];
};

describe('a folder of saved files', () => {
  it.each(FOLDERS)(
    '%s: the parts and the unexplained are MemTotal, in the state and in the text that people read',
    async (folder) => {
      const state = await open(folderOf(folder));
      const [sum, total] = sumOf(state);
      expect(sum).toBe(total);
      const text = [...systemText(state, { findings: systemFindings({ now: state.facts }), verbose: false })].join('');
      const column = text.slice(text.indexOf('MemTotal'), text.indexOf('\n\n', text.indexOf('MemTotal')));
      const [all = 0, ...parts] = column
        .split('\n')
        .filter((line) => /^(?:MemTotal| {2}\S)/.test(line))
        .map((line) => Number(/ ([+-]?[\d,]+) +-?\d+\.\d(?: |$)/.exec(line)?.[1]?.replaceAll(',', '')));
      expect(all * 1024).toBe(total);
      expect(parts.reduce((one, other) => one + other, 0)).toBe(all);
    },
  );

  it('of root: all that the files say', async () => {
    const { facts, owners, missing } = await open(folderOf('6.18-root'));
    expect(facts.pageSize).toBe(4096);
    expect(facts.vmalloc?.length).toBeGreaterThan(100);
    expect(facts.slab?.length).toBeGreaterThan(100);
    expect(facts.zones?.map(({ zone }) => zone)).toContain('DMA32');
    expect(owners.blockTypes?.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  it('names what is there and has no meaning, and what it would be better with', async () => {
    const { missing } = await open({
      '/saved/meminfo': textOf('linux/6.1-uml/meminfo'),
      '/saved/notes/readme.md': 'Taken on Monday.\n',
    });
    expect(missing).toEqual([
      { path: '/proc/zoneinfo', why: 'absent' },
      { path: '/proc/vmstat', why: 'absent' },
      { path: '/proc/vmallocinfo', why: 'absent' },
      { path: '/proc/slabinfo', why: 'absent' },
      { path: '/saved/notes/readme.md', why: 'not-understood' },
    ]);
  });

  it('a copied /proc: processes with their sums, threads and page tables; a name that only looks like a number is none', async () => {
    const process = (file: string): string => textOf(`linux/6.18/process/${file}`);
    const { owners, facts } = await open({
      '/saved/proc/meminfo': textOf('linux/6.18/meminfo'),
      '/saved/proc/42/status': process('status'),
      '/saved/proc/42/smaps_rollup': process('smaps_rollup'),
      '/saved/proc/43/status': process('status'),
      '/saved/proc/43/smaps': process('smaps'),
      '/saved/proc/44/status': process('status'),
      '/saved/proc/x45/status': process('status'),
    });
    const rss = Number(/^Rss: +(\d+) kB/m.exec(process('smaps_rollup'))?.[1]) * 1024;
    expect(owners.processes?.withoutPss).toBe(1);
    expect(owners.processes?.rows.map(({ pid, rss: bytes, pss }) => [pid, bytes === rss, pss === undefined])).toEqual(
      expect.arrayContaining([
        [42, true, false],
        [43, true, false],
        [44, expect.anything(), true],
      ]),
    );
    expect(facts.mostPageTables?.bytes).toBe(Number(/^VmPTE:\s+(\d+) kB/m.exec(process('status'))?.[1]) * 1024);
  });

  it('files with a folder of their own: pools, zram, cgroups of both versions', async () => {
    const { facts } = await open({
      '/saved/meminfo': textOf('linux/6.18/meminfo'),
      '/saved/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '16\n',
      '/saved/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages': '6\n',
      '/saved/sys/block/zram3/mm_stat': '  8192  1024  4096 0 4096 1 0\n',
      '/saved/sys/fs/cgroup/a b/c/memory.current': '4096\n',
      '/saved/sys/fs/cgroup/a b/c/memory.max': '8192\n',
      '/saved/sys/fs/cgroup/a b/c/memory.stat': 'anon 1000\ninactive_file 1000\nactive_file 500\nshmem 7\nslab_reclaimable 96\n',
      '/saved/sys/fs/cgroup/memory/low/memory.usage_in_bytes': '100\n',
      '/saved/sys/fs/cgroup/memory/low/memory.limit_in_bytes': '200\n',
      '/saved/sys/fs/cgroup/memory/low/memory.stat':
        'inactive_file 1\nactive_file 1\ntotal_inactive_file 30\ntotal_active_file 90\n',
      '/saved/sys/fs/cgroup/memory/old/memory.usage_in_bytes': '1\n',
      '/saved/sys/fs/cgroup/memory/old/memory.limit_in_bytes': '9223372036854771712\n',
      '/saved/sys/fs/cgroup/memory.current': '5\n',
    });
    expect(facts.hugePages).toEqual([{ pageSize: 2 << 20, pages: 16, free: 6 }]);
    expect(facts.zram).toMatchObject([{ device: 'zram3', original: 8192, used: 4096 }]);
    expect(facts.cgroups).toEqual(
      expect.arrayContaining([
        { group: '/a b/c', usage: 4096, limit: 8192, reclaimable: 1596 },
        // Never more than all of it.
        { group: '/low', usage: 100, limit: 200, reclaimable: 100 },
        { group: '/old', usage: 1, limit: 'max' },
      ]),
    );
    expect(facts.cgroups).toHaveLength(3);
  });

  it('limits of cgroups and how often they were reached, of both versions', async () => {
    const { facts } = await open({
      '/saved/meminfo': textOf('linux/6.18/meminfo'),
      '/saved/sys/fs/cgroup/a/memory.current': '4096\n',
      '/saved/sys/fs/cgroup/a/memory.max': 'max\n',
      '/saved/sys/fs/cgroup/a/memory.high': '8192\n',
      '/saved/sys/fs/cgroup/a/memory.events': 'low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n',
      '/saved/sys/fs/cgroup/memory/b/memory.usage_in_bytes': '100\n',
      '/saved/sys/fs/cgroup/memory/b/memory.limit_in_bytes': '9223372036854771712\n',
      '/saved/sys/fs/cgroup/memory/b/memory.soft_limit_in_bytes': '150\n',
      '/saved/sys/fs/cgroup/memory/b/memory.failcnt': '7\n',
      '/saved/sys/fs/cgroup/memory/b/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 8\n',
      '/saved/sys/fs/cgroup/memory/b/memory.stat': 'hierarchical_memory_limit 200\nhierarchical_memsw_limit 300\n',
    });
    expect(facts.cgroups).toEqual([
      { group: '/a', usage: 4096, limit: 'max', high: 8192, events: { high: 2, max: 3, oom: 4, oomKill: 5 } },
      {
        group: '/b',
        usage: 100,
        limit: 'max',
        softLimit: 150,
        aroundLimit: 200,
        events: { max: 7, oomKill: 8 },
      },
    ]);
  });

  it('when it was saved, and of which start of the machine', async () => {
    const { facts } = await open({
      '/saved/proc/meminfo': textOf('linux/6.18/meminfo'),
      '/saved/proc/uptime': '100.50 300.00\n',
      '/saved/proc/stat': 'cpu 1 2 3\nbtime 1700000000\n',
      '/saved/proc/sys/kernel/random/boot_id': 'da6d13f3-dcd7-4aea-b5df-3fc8358ad770\n',
    });
    expect(facts).toMatchObject({
      at: 1_700_000_100_500,
      sinceBoot: 100_500,
      bootId: 'da6d13f3-dcd7-4aea-b5df-3fc8358ad770',
    });
  });

  it('is refused in one sentence when there is no meminfo in it, and ends when it is cancelled', async () => {
    const files = { '/saved/slabinfo': textOf('linux/6.1-uml/slabinfo') };
    expect(await openSystem('/saved', new MemoryTarget(files), neverCancelled)).toMatchObject({
      error: { code: 'unrecognised-system' },
    });
    expect(await openSystem('/other', new MemoryTarget(files), neverCancelled)).toMatchObject({ error: { code: 'not-found' } });
    const cancel = new CancelSource();
    cancel.cancel();
    expect(await openSystem('/saved', new MemoryTarget(files), cancel)).toMatchObject({ error: { code: 'cancelled' } });
  });
});

describe('names of saved files', () => {
  it.each([
    ['meminfo', '/proc/meminfo'],
    ['proc/meminfo', '/proc/meminfo'],
    ['board7_proc_meminfo.txt', '/proc/meminfo'],
    ['2026-11-22-zoneinfo.log', '/proc/zoneinfo'],
    ['pressure-memory', '/proc/pressure/memory'],
    ['proc/pressure/memory', '/proc/pressure/memory'],
    ['sysvipc_shm', '/proc/sysvipc/shm'],
    ['1234_smaps_rollup.txt', '/proc/1234/smaps_rollup'],
    ['proc/1/status', '/proc/1/status'],
    ['sys/vm/overcommit_memory', '/proc/sys/vm/overcommit_memory'],
    ['dmesg.txt', undefined],
    ['status', undefined],
  ])('%s is %s', (name, path) => {
    expect(savedAs(name)).toBe(path);
  });

  it.each(['meminfo', 'zoneinfo', 'vmstat', 'vmallocinfo', 'slabinfo', 'buddyinfo', 'pagetypeinfo'])(
    '%s is known by its text, too',
    (name) => {
      expect(knownBy(textOf(`linux/6.18-root/${name}`))).toBe(`/proc/${name}`);
    },
  );
});

describe('one text', () => {
  const meminfo = textOf('linux/6.18-root/meminfo');
  const zoneinfo = textOf('linux/6.18-root/zoneinfo');
  const vmstat = textOf('linux/6.18-root/vmstat');

  it.each([
    ['tail or head of several files', (name: string, text: string) => `==> /proc/${name} <==\n${text}\n`],
    ['lines drawn by hand', (name: string, text: string) => `--- /proc/${name} ---\n${text}`],
    ['a heading for each', (name: string, text: string) => `##### ${name} #####\n${text}`],
    ['a session of a shell', (name: string, text: string) => `user@board:~$ cat /proc/${name}\n${text}`],
    [
      'a session of adb with the line ends of Windows',
      (name: string, text: string) => `root@android:/ # cat /proc/${name}\n${text}`.replaceAll('\n', '\r\n'),
    ],
    ['root without a prompt', (name: string, text: string) => `$ sudo cat /proc/${name}\n${text}`],
    ['bare paths', (name: string, text: string) => `/proc/${name}:\n${text}`],
    ['nothing between them', (_: string, text: string) => text],
    ['grep', (name: string, text: string) => text.replace(/^(?=.)/gm, `/proc/${name}:`)],
    [
      'one command for several',
      (name: string, text: string) =>
        name === 'meminfo' ? `$ cat /proc/meminfo; cat /proc/zoneinfo /proc/vmstat\n${text}` : text,
    ],
  ])('with several files below headings: %s', async (_, heading) => {
    const text = heading('meminfo', meminfo) + heading('zoneinfo', zoneinfo) + heading('vmstat', vmstat);
    const { facts } = await open({ '/saved/all.txt': text }, '/saved/all.txt');
    const apart = await open({ '/saved/meminfo': meminfo, '/saved/zoneinfo': zoneinfo, '/saved/vmstat': vmstat });
    expect(facts).toEqual(apart.facts);
  });

  it('that is one file, whatever it is called, with the prompt that followed', async () => {
    const { facts } = await open({ '/saved/x': `${meminfo}user@board:~$ ` }, '/saved/x');
    expect(facts.meminfo).toEqual((await open({ '/saved/meminfo': meminfo })).facts.meminfo);
  });

  it.each([
    ['quoted in a mail', (line: string) => `> ${line}`],
    ['indented', (line: string) => `    ${line}`],
    ['in a log of the kernel', (line: string) => `[   12.345678] ${line}`],
  ])('meminfo %s', async (_, quoted) => {
    const text = `The machine:\n\n${meminfo.replace(/^.+$/gm, quoted)}\nSo it is.\n`;
    const { facts } = await open({ '/saved/x': text }, '/saved/x');
    expect(facts.meminfo).toEqual((await open({ '/saved/meminfo': meminfo })).facts.meminfo);
  });

  it('what lsmod has printed, in a session of a shell and as a file', async () => {
    const lsmod = 'Module                  Size  Used by\nleakmod                16384  0\n';
    const wanted = [{ name: 'leakmod', size: 16384, users: 0, usedBy: [] }];
    const session = await open({ '/saved/x': `$ cat /proc/meminfo\n${meminfo}board# lsmod\n${lsmod}` }, '/saved/x');
    expect(session.facts.modules).toEqual(wanted);
    expect((await open({ '/saved/meminfo': meminfo, '/saved/lsmod.txt': lsmod })).facts.modules).toEqual(wanted);
  });

  it('names a heading whose text nobody understands', async () => {
    const { missing } = await open({ '/saved/x': `==> meminfo <==\n${meminfo}\n==> dmesg <==\n[ 0.0] Linux\n` }, '/saved/x');
    expect(missing).toContainEqual({ path: '/saved/x: dmesg', why: 'not-understood' });
  });

  it('of anything: no throw, and a sum that is right where there is one', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'MemTotal: 1000 kB',
        'MemFree: 99999999999999999999 kB',
        'Node 0, zone Normal',
        '  count: 5',
        '==> zoneinfo <==',
        '$ cat /proc/slabinfo',
        '{',
        'nr_free_pages 5',
        '0x1-0x2 4096 f+0x1/0x2 pages=1 vmalloc',
      ),
      fc.string(),
      fc.stringMatching(/^[A-Z][a-z_()]{0,8}: +-?[0-9]{1,22}( kB)?$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const opened = await openSystem('/saved/x', new MemoryTarget({ '/saved/x': lines.join('\n') }), neverCancelled);
        if (!opened.ok) {
          expect(opened.error.code).toBe('unrecognised-system');
          return;
        }
        const [sum, total] = sumOf(opened.value);
        expect(sum).toBe(total);
      }),
    );
  });

  it('savedSections keeps every line that is no heading', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ a-z:0-9]{0,12}$/), { minLength: 1 }), (lines) => {
        const text = lines.join('\n');
        expect(
          savedSections(text)
            .map((section) => section.text)
            .join(''),
        ).toBe(text.trim() === '' ? '' : text);
      }),
    );
  });
});

describe('what a text lacks', () => {
  const meminfo = textOf('linux/6.18/meminfo');
  const fault = async (text: string): Promise<unknown> => {
    const opened = await openSystem('/saved', new MemoryTarget({ '/saved': text }), neverCancelled);
    return opened.ok ? 'opened' : opened.error;
  };

  it('lines of meminfo that say nothing are counted: without a colon, negative, told twice, cut', async () => {
    // The vendor's lines: github.com/kokoa0429/kindle-hack, meminfo
    const text = `${meminfo}=================================
Total RAM:              262144 kB
Free                     28968 kB
shared page count        39868
Bounce2:     -12 kB
MemFree:     77 kB
SwapTot`;
    const { missing, facts } = await open({ '/saved': text }, '/saved');
    expect(missing).toContainEqual({ path: '/proc/meminfo', why: 'not-understood', count: 6 });
    expect(facts.meminfo.find(({ name }) => name === 'Total RAM')?.value).toBe(262144 * 1024);
    expect(facts.meminfo.find(({ name }) => name === 'MemFree')?.value).not.toBe(77 * 1024);
  });

  it('the table that kernels of 2.4 print above is none of them', async () => {
    // linux-kernel of 2002, a swapoff that fails
    const table = `        total:    used:    free:  shared: buffers:  cached:
Mem:  130813952 126767104  4046848        0  1245184 34848768
Swap: 268419072 268419072        0
MemTotal:       127748 kB
MemFree:          3952 kB
`;
    const { missing } = await open({ '/saved': table }, '/saved');
    expect(missing.map(({ why }) => why)).toEqual(['absent', 'absent', 'absent', 'absent']);
  });

  it('UTF-16, as a shell of Windows redirects, is read', async () => {
    for (const [mark, bytes] of [
      ['\ufffd\ufffd', [...meminfo].join('\0').concat('\0')],
      ['', [...meminfo].join('\0').concat('\0')],
      ['\ufffd\ufffd', '\0'.concat([...meminfo].join('\0'))],
    ]) {
      const { facts, missing } = await open({ '/saved': `${mark}${bytes}` }, '/saved');
      expect(facts.meminfo).toEqual((await open({ '/saved': meminfo }, '/saved')).facts.meminfo);
      expect(missing.every(({ why }) => why === 'absent')).toBe(true);
    }
  });

  it('what is packed is said to be packed, and no MemTotal of sense is told from none', async () => {
    for (const head of ['\x1f\ufffd\b\0', '\ufffd7zXZ\0', '(\ufffd/\ufffd', 'BZh91AY&SY', 'PK\x03\x04'])
      expect(await fault(`${head}\0\x01`)).toEqual({ code: 'unrecognised-system', path: '/saved', holds: 'packed' });
    for (const total of ['0', '18446744073709551612'])
      expect(await fault(meminfo.replace(/MemTotal: +\d+/, `MemTotal: ${total}`))).toEqual({
        code: 'unrecognised-system',
        path: '/saved',
        holds: 'no-total',
      });
    expect(await fault('MemFree: 1 kB\n')).toEqual({ code: 'unrecognised-system', path: '/saved' });
    // A file of that name that is something else.
    const junk = new MemoryTarget({ '/saved/meminfo': '\x00\x7f\ufffdELF\n' });
    expect(await openSystem('/saved', junk, neverCancelled)).toMatchObject({ error: { holds: 'no-total' } });
  });

  it('JSON without a MemTotal of sense is told from none, but for its tables', async () => {
    const json = (facts: object): string =>
      JSON.stringify({ format: 'memlens-system', version: 1, state: { source: 'x', facts, owners: {}, missing: [] } });
    const total = { name: 'MemTotal', value: 1e300, unit: 'bytes' };
    expect(await fault(json({ meminfo: [total] }))).toEqual({ code: 'unrecognised-system', path: '/saved', holds: 'no-total' });
    const cache = { name: 'x', activeObjects: 1, objects: 1, objectSize: 64, pagesPerSlab: 1, activeSlabs: 1, slabs: 1 };
    const text = json({ meminfo: [], slab: [cache] });
    expect(await openSystem('/saved', new MemoryTarget({ '/saved': text }), neverCancelled)).toMatchObject({ ok: true });
  });
});

describe('sections of reports', () => {
  const meminfo = textOf('linux/6.18/meminfo');
  const slabinfo = textOf('linux/6.18-root/slabinfo');
  const buddyinfo = textOf('linux/6.18-root/buddyinfo');

  it('a bugreport of Android: headings with a path, and the line that ends each', async () => {
    const text = `== dumpstate: 2023-01-01 10:00:00
------ UPTIME (uptime) ------
 10:00 up 2 days
------ MEMORY INFO (/proc/meminfo: 2023-01-01 10:00:00) ------
${meminfo}------ 0.001s was the duration of 'MEMORY INFO' ------

------ SLAB INFO (/proc/slabinfo: 2023-01-01 10:00:00) ------
${slabinfo}------ 0.010s was the duration of 'SLAB INFO' ------
------ BUDDYINFO (/proc/buddyinfo) ------
${buddyinfo}------ BUILD VERSION ------
something else
------ KERNEL LOG (dmesg) ------
[    0.000000] Booting
`;
    const { facts, missing } = await open({ '/saved': text }, '/saved');
    expect(facts.slab).toHaveLength(slabinfo.trimEnd().split('\n').length - 2);
    expect(facts.buddy).toHaveLength(buddyinfo.trimEnd().split('\n').length);
    expect(missing.filter(({ path }) => path.startsWith('/proc/'))).toEqual([
      { path: '/proc/zoneinfo', why: 'absent' },
      { path: '/proc/vmstat', why: 'absent' },
      { path: '/proc/vmallocinfo', why: 'absent' },
    ]);
  });

  it('supportconfig: commands by their full path, and files behind a hash', async () => {
    const text = `#==[ Command ]======================================#
# /bin/cat /proc/meminfo
${meminfo}
#==[ Verification ]=================================#
# rpm -V procps
#==[ Configuration File ]===========================#
# /proc/slabinfo
${slabinfo}
#==[ Log File ]=====================================#
# /proc/version - File not found
`;
    const { facts, missing } = await open({ '/saved': text }, '/saved');
    expect(facts.slab).toHaveLength(slabinfo.trimEnd().split('\n').length - 2);
    expect(missing.filter(({ path, count }) => path.startsWith('/proc/') && count !== undefined)).toEqual([]);
  });
});

describe('the JSON of memlens system', () => {
  const jsonOf = (state: SystemState): string => [...systemJson(state, [], 'memlens 0')].join('');

  it.each(FOLDERS)('of %s opens again as it was', async (folder) => {
    const state = { ...(await open(folderOf(folder))), procps: '4.0.2', rootRefused: 'no' };
    expect(await open({ '/saved/a.json': jsonOf(state) }, '/saved/a.json')).toEqual(state);
  });

  it('that was changed by hand never throws: rows that are not so are left out', async () => {
    const state = await open(folderOf('6.18-root'));
    const file = JSON.parse(jsonOf(state)) as { state: { facts: Record<string, unknown>; owners: Record<string, unknown> } };
    const fields = [...Object.keys(file.state.facts), 'cgroups', 'shm', 'hugePages', 'pressure'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue(), async (field, value) => {
        const changed = { ...file, state: { ...file.state, facts: { ...file.state.facts, [field]: value } } };
        const opened = await openSystem('/a.json', new MemoryTarget({ '/a.json': JSON.stringify(changed) }), neverCancelled);
        if (!opened.ok) return;
        [...systemText(opened.value, { findings: systemFindings({ now: opened.value.facts }), verbose: true })].join('');
      }),
      { numRuns: 200 },
    );
  });

  it('of another kind, or of a version to come, is refused', async () => {
    for (const json of [
      '{}',
      '{"format":"memlens-map","version":1}',
      '{"format":"memlens-system","version":2,"state":{}}',
      '{',
    ]) {
      expect(await openSystem('/a.json', new MemoryTarget({ '/a.json': json }), neverCancelled)).toMatchObject({
        error: { code: 'unrecognised-system' },
      });
    }
  });
});

describe('tables of the kernel’s allocators without a meminfo', () => {
  const table = (name: string): string => textOf(`linux/6.18-root/${name}`);
  const opened = (files: Readonly<Record<string, string>>, path: string) =>
    openSystem(path, new MemoryTarget(files), neverCancelled, { tables: true });

  it.each(['vmallocinfo', 'slabinfo'])('%s is shown by who wants tables, and refused else', async (name) => {
    const files = { [`/saved/${name}`]: table(name) };
    expect(await openSystem(`/saved/${name}`, new MemoryTarget(files), neverCancelled)).toMatchObject({
      error: { code: 'unrecognised-system' },
    });
    for (const path of [`/saved/${name}`, '/saved']) {
      const state = await opened(files, path);
      if (!state.ok) throw new Error(state.error.code);
      expect(state.value.facts.pageSize).toBe(4096);
      expect(state.value.missing).toEqual([{ path: '/proc/meminfo', why: 'absent' }]);
    }
  });

  it('what has none of them is refused still', async () => {
    const files = {
      '/saved/zoneinfo': table('zoneinfo'),
      '/saved/poem': 'of nothing\n',
      '/saved/slabinfo': 'slabinfo - version: 2.1\n',
    };
    for (const path of ['/saved/zoneinfo', '/saved/poem', '/saved']) {
      expect(await opened(files, path)).toMatchObject({ error: { code: 'unrecognised-system' } });
    }
  });
});
