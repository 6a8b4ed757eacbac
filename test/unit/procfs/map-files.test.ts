import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devicesOfType } from '../../../src/procfs/mountinfo.js';
import { parseStatLayout } from '../../../src/procfs/stat-layout.js';
import { parseTaskFiles } from '../../../src/procfs/task-files.js';

// Linux 6.18, x86_64: `cat /proc/self/stat` of root.
const STAT =
  '4242 (a) b\n(c) S 1 4242 4242 0 -1 4194304 123 0 0 0 1 2 0 0 20 0 3 0 2517731 5242880 400 18446744073709551615 ' +
  '94721830400000 94721830420000 140735100000000 0 0 0 0 0 0 1 0 0 17 1 0 0 0 0 0 94721830450000 94721830460000 94721850000000 ' +
  '140735100001000 140735100001010 140735100001010 140735100001020 0\n';

describe('stat, where things lie', () => {
  it('is read behind a name that holds anything', () => {
    expect(parseStatLayout(STAT)).toEqual({
      startTicks: 2517731,
      state: 'S',
      parent: 1,
      command: 'a) b\n(c',
      isKernelThread: false,
      startCode: 94721830400000,
      startStack: 140735100000000,
      startBrk: 94721850000000,
    });
  });

  it('of a thread of the kernel', () => {
    const text =
      '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 2 0 0 20 0 1 0 25 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647';
    expect(parseStatLayout(text)).toMatchObject({ isKernelThread: true, startStack: 0 });
  });

  it('of a cut line: the break is not told, and nothing at all before field 28', () => {
    expect(parseStatLayout(STAT.slice(0, STAT.indexOf(' 94721850000000')))).toMatchObject({ startBrk: 0, startTicks: 2517731 });
    expect(parseStatLayout(STAT.slice(0, STAT.indexOf(' 140735100000000')))).toBeUndefined();
    for (const text of ['', '(', ')', 'x) (y', '1 (a) S']) expect(parseStatLayout(text)).toBeUndefined();
  });
});

describe('names and stack pointers of threads', () => {
  it('lines of grep, each with its file before it', () => {
    const text = [
      '12/comm:worker: 1/comm:x',
      '9/comm:two',
      '9/comm:lines',
      '13/comm:',
      '9/syscall:0 0x3 0x7fb182249000 0x20000 0x7fb1822dab60 0xffffffff 0x0 0x7ffc409a1b08 0x7fb1823c32ad',
      '12/syscall:running',
      '13/syscall:-1 0x7ffc409a1b08 0x7fb1823c32ad',
      '',
    ].join('\n');
    expect(parseTaskFiles(text)).toEqual({
      tasks: [
        { tid: 9, name: 'two\nlines', stackPointer: 0x7ffc409a1b08 },
        { tid: 12, name: 'worker: 1/comm:x' },
        { tid: 13, name: '', stackPointer: 0x7ffc409a1b08 },
      ],
      toldPointers: 3,
    });
    expect(parseTaskFiles('9/comm:a\n')).toEqual({ tasks: [{ tid: 9, name: 'a' }], toldPointers: 0 });
  });

  it('any text: no throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTaskFiles(text)));
  });
});

describe('devices of file systems', () => {
  it('as maps writes them, with optional fields before the separator', () => {
    const text = [
      '22 27 0:20 / /proc rw,nosuid - proc proc rw',
      '25 27 0:24 / /run rw shared:5 master:1 - tmpfs tmpfs rw,size=1k',
      '26 27 0:300 / /dev/shm rw - tmpfs shm rw',
      '30 27 254:1 / / rw - ext4 /dev/vda rw',
      '31 27 0:9 / /tmp/tmpfs\\040-\\040tmpfs rw - ext4 tmpfs rw',
      'no line of it - tmpfs',
    ].join('\n');
    expect([...devicesOfType(text, new Set(['tmpfs']))]).toEqual(['00:18', '00:12c']);
  });
});
