import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLimits } from '../../../src/procfs/limits.js';
import { parseLoadavg } from '../../../src/procfs/loadavg.js';
import { parsePasswd } from '../../../src/procfs/passwd.js';
import { parsePressure } from '../../../src/procfs/pressure.js';
import { parseUptime } from '../../../src/procfs/uptime.js';
import { parseVmstat } from '../../../src/procfs/vmstat.js';
import { perCpuFreePages } from '../../../src/procfs/zoneinfo.js';
import { textOf } from './fixture.js';

describe('parsePressure', () => {
  const line = 'avg10=1.23 avg60=0.45 avg300=100.00 total=123456789';

  it('reads both lines, or only some', () => {
    const one = { avg10: 1.23, avg60: 0.45, avg300: 100, totalMicroseconds: 123456789 };
    expect(parsePressure(`some ${line}\nfull ${line}\n`)).toEqual({ some: one, full: one });
    expect(parsePressure(`some ${line}\r\n`)).toEqual({ some: one });
    expect(parsePressure(textOf('linux/6.18/pressure-memory'))?.full?.avg10).toBe(0);
  });

  it.each(['', `full ${line}\n`, 'some avg10=1.23 avg60=0.4', `awesome ${line}\n`])('is unknown in %j', (text) => {
    expect(parsePressure(text)).toBeUndefined();
  });
});

describe('parseVmstat', () => {
  it('reads the counters of Linux 6.18', () => {
    const text = textOf('linux/6.18/vmstat');
    const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(parseVmstat(text)).toEqual({
      pgfault: value('pgfault'),
      pgmajfault: value('pgmajfault'),
      pswpin: 0,
      pswpout: 0,
      oomKill: value('oom_kill'),
      zspages: 0,
      refaultFile: value('workingset_refault_file'),
    });
  });

  it('reads pages of files that came back by the name of the kernel', () => {
    // From 5.9 on.
    expect(parseVmstat('workingset_nodes 7\nworkingset_refault_anon 3\nworkingset_refault_file 5\n')).toEqual({ refaultFile: 5 });
    // From 3.15 to 5.8.
    expect(parseVmstat('workingset_refault 9\nworkingset_activate 1\n')).toEqual({ refaultFile: 9 });
  });

  it('leaves out what an old kernel does not have, and what is no number', () => {
    expect(parseVmstat('nr_free_pages 3\npgfault 12\r\npgmajfault x\nxpswpin 3\npswpin\npswpout 4')).toEqual({ pgfault: 12 });
    expect(parseVmstat('')).toEqual({});
  });
});

describe('perCpuFreePages', () => {
  it('sums the lists of all CPUs in all zones', () => {
    const text = textOf('linux/6.18/zoneinfo');
    const counts = text.split('\n').flatMap((line) => (/^\s+count:/.test(line) ? [Number(line.split(':')[1])] : []));
    expect(counts.length).toBeGreaterThan(2);
    expect(perCpuFreePages(text)).toBe(counts.reduce((sum, count) => sum + count, 0));
    expect(perCpuFreePages(text)).toBeGreaterThan(0);
  });

  it('is unknown where there are none', () => {
    expect(perCpuFreePages('Node 0, zone DMA\n  pages free 3\n')).toBeUndefined();
  });
});

describe('parseLoadavg and parseUptime', () => {
  it('read Linux 6.18', () => {
    expect(parseLoadavg('0.50 1.25 12.00 3/456 7890\n')).toEqual({ one: 0.5, five: 1.25, fifteen: 12 });
    expect(parseLoadavg(textOf('linux/6.18/loadavg'))).toBeDefined();
    expect(parseUptime('12330.07 24000.50\n')).toBe(12330070);
    expect(parseUptime('12330.07\r\n')).toBe(12330070);
    expect(parseUptime(textOf('linux/6.18/uptime'))).toBeGreaterThan(0);
  });

  it.each(['', 'x', '1', '1.5', '-1.00 2.00', '1.234 5.00'])('are unknown in %j', (text) => {
    expect(parseUptime(text)).toBeUndefined();
    expect(parseLoadavg(text)).toBeUndefined();
  });
});

describe('parsePasswd', () => {
  it('names users by id, the first name of an id', () => {
    const text =
      'root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\r\n+nis\n\nbad:x:y:0:::\nme:*:1000:100:Me,,:/home/me:/bin/sh\n:x:7:7:::\n';
    expect([...parsePasswd(text)]).toEqual([
      [0, 'root'],
      [1000, 'me'],
    ]);
  });
});

describe('parseLimits', () => {
  it('reads Linux 6.18', () => {
    expect(parseLimits(textOf('linux/6.18/process/limits'))).toEqual({
      addressSpace: 'unlimited',
      data: 'unlimited',
      processes: expect.any(Number),
      openFiles: expect.any(Number),
    });
  });

  it('takes the soft limit, and leaves out what is not told', () => {
    expect(
      parseLimits(
        'Max address space         4096                 8192                 bytes     \nMax nice priority  0 0 \nMax open',
      ),
    ).toEqual({
      addressSpace: 4096,
    });
  });
});

it('none of them fails on any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parse of [parsePressure, parseVmstat, perCpuFreePages, parseLoadavg, parseUptime, parsePasswd, parseLimits])
        parse(text);
    }),
  );
});
