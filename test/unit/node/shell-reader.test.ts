import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reader, ReadRequest, ReadSink } from '../../../src/app/reader.js';
import { CancelSource, neverCancelled } from '../../../src/base/cancel.js';
import type { Fault } from '../../../src/base/fault.js';
import type { Result } from '../../../src/base/result.js';
import type { ShellChannel } from '../../../src/node/shell-channel.js';
import { openShellReader, type ShellReaderOptions } from '../../../src/node/shell-reader.js';

/** A shell of which the test says every word; `@@` at the begin of its lines stands for the marker. */
class FakeShell implements ShellChannel {
  written = '';
  ended = false;
  private data: (bytes: Uint8Array) => void = () => undefined;
  private tellEnd: (fault: Fault) => void = () => undefined;

  write(text: string): void {
    this.written += text;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.data = listener;
  }

  onEnd(listener: (fault: Fault) => void): void {
    this.tellEnd = listener;
  }

  end(): void {
    this.ended = true;
  }

  /** What was written since the last call, without the program and what keeps the loop awake. */
  take(): string {
    const text = this.written.replace(/^.*guard.*\n/, '').replace(/^n\n/gm, '');
    this.written = '';
    return text;
  }

  get mark(): string {
    return `@@${this.nonce}`;
  }

  bytes(text: string): Buffer {
    return Buffer.from(text.replaceAll(/(?<=^|\n)@@/g, this.mark), 'latin1');
  }

  say(text: string, cuts: readonly number[] = []): void {
    this.sayBytes(this.bytes(text), cuts);
  }

  sayBytes(bytes: Buffer, cuts: readonly number[] = []): void {
    let from = 0;
    for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
      this.data(bytes.subarray(from, cut));
      from = cut;
    }
  }

  hangUp(fault: Fault): void {
    this.tellEnd(fault);
  }

  private nonce = '';

  learnNonce(): void {
    this.nonce = /N=([0-9a-f]+)/.exec(this.written)?.[1] ?? '';
  }
}

const REQUEST: ReadRequest = { files: [], everyStat: false, processes: [], maps: [], fds: [] };
const OPTIONS: ShellReaderOptions = { target: 'board' };

/** What was told, as text. */
class Told implements ReadSink {
  readonly words: string[] = [];
  text = (pid: number, name: string, bytes: Uint8Array): void =>
    this.tell('text', pid, name, Buffer.from(bytes).toString('latin1'));
  unreadable = (pid: number, name: string, why: string): void => this.tell('unreadable', pid, name, why);
  stat = (stat: { pid: number; command: string; startTicks: number }): void =>
    this.tell('stat', stat.pid, stat.command, stat.startTicks);
  exit = (pid: number): void => this.tell('exit', pid);
  maps = (pid: number, digest: object): void => this.tell('maps', pid, JSON.stringify(digest));
  fds = (pid: number, count: number): void => this.tell('fds', pid, count);
  cost = (pid: number, name: string, us: number): void => this.tell('cost', pid, name, us);

  private tell(...words: readonly unknown[]): void {
    this.words.push(words.join('|'));
  }
}

function opening(options: Partial<ShellReaderOptions> = {}): { shell: FakeShell; opened: Promise<Result<Reader, Fault>> } {
  const shell = new FakeShell();
  const opened = openShellReader(shell, { ...OPTIONS, ...options }, neverCancelled);
  shell.learnNonce();
  return { shell, opened };
}

async function open(
  hello = 'hello - awk whole cost',
  options: Partial<ShellReaderOptions> = {},
): Promise<{ shell: FakeShell; reader: Reader }> {
  const { shell, opened } = opening(options);
  shell.say(`@@ ${hello}\n`);
  const result = await opened;
  if (!result.ok) throw new Error(result.error.code);
  shell.take();
  return { shell, reader: result.value };
}

const stat = (pid: number, name: string, start = 77): string =>
  `${pid} (${name}) S 1 0 5 0 0 0 10 0 0 0 0 0 0 0 0 0 1 0 ${start} 4096 25`;

describe('the begin', () => {
  test('a banner, output of a login script, and a marker in the middle of a line', async () => {
    const { shell, opened } = opening();
    shell.say('Welcome!\r\n\x1b[31m@@\n\0\xff');
    shell.say(`prompt> ${shell.mark} hello - awk none -\n`);
    expect((await opened).ok).toBe(true);
  });

  test('the program that comes back as an echo is no hello', async () => {
    const { shell, opened } = opening({ helloMs: 30 });
    shell.say(shell.written);
    expect(await opened).toMatchObject({ ok: false, error: { code: 'target-unreachable' } });
  });

  test('a shell that says nothing that we understand: what it printed last is told', async () => {
    const { shell, opened } = opening({ helloMs: 30 });
    shell.say(`${'x'.repeat(300_000)}\nThis account is not available.\nbye`);
    const result = await opened;
    expect(result).toMatchObject({ ok: false, error: { code: 'target-unreachable', target: 'board' } });
    const detail = !result.ok && result.error.code === 'target-unreachable' ? result.error.detail : '';
    expect(detail).toContain('This account is not available.\nbye');
    expect(detail.length).toBeLessThan(700);
    expect(shell.ended).toBe(true);
  });

  test('what a silence means is told by the one who knows how the shell is reached', async () => {
    const faultOfSilence = (detail: string): Fault => ({ code: 'target-unreachable', target: 'cat', detail, why: 'no-shell' });
    const { shell, opened } = opening({ helloMs: 30, faultOfSilence });
    shell.say('what was that?');
    expect(await opened).toEqual({ ok: false, error: faultOfSilence('what was that?') });
    const echo = opening({ helloMs: 30, faultOfSilence });
    echo.shell.say(echo.shell.written);
    expect(await echo.opened).toEqual({ ok: false, error: faultOfSilence('') });
  });

  test('what prints for ever is not waited for', async () => {
    const { shell, opened } = opening({ helloMs: 1 << 30 });
    for (let i = 0; i < 5; i++) shell.say('y\n'.repeat(1 << 19));
    expect(await opened).toMatchObject({ ok: false, error: { code: 'target-unreachable', target: 'board' } });
    expect(shell.ended).toBe(true);
  });

  test('another system', async () => {
    const { shell, opened } = opening();
    shell.say('@@ no Darwin\n');
    expect(await opened).toEqual({ ok: false, error: { code: 'unsupported-platform', platform: 'darwin', target: 'board' } });
    expect(shell.ended).toBe(true);
  });

  test('the end of the connection, and cancel', async () => {
    const { shell, opened } = opening();
    const fault: Fault = { code: 'target-unreachable', target: 'board', detail: 'refused' };
    shell.hangUp(fault);
    expect(await opened).toEqual({ ok: false, error: fault });

    const cancel = new CancelSource();
    const other = new FakeShell();
    const waiting = openShellReader(other, OPTIONS, cancel);
    cancel.cancel();
    expect(await waiting).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(other.ended).toBe(true);
  });
});

describe('a tick', () => {
  test('paths are registered once, pids are differences', async () => {
    const { shell, reader } = await open();
    const path = '/tmp/a b"$(x)`\\n';
    const request: ReadRequest = {
      files: ['/proc/meminfo', path],
      everyStat: true,
      processes: [
        { pid: 300, names: ['status', 'smaps_rollup'] },
        { pid: 12, names: ['status'] },
      ],
      maps: [12],
      fds: [12, 300],
    };
    const first = reader.read(request, new Told());
    expect(shell.take()).toBe(
      `+0 /proc/meminfo\n+1 ${path}\nb1\ns\nr =0 =1 /status 12 288 /smaps_rollup 300 /@ 12\nf12 300\ne\n`,
    );
    shell.say('@@ b1\n@@ e\n');
    expect((await first).ok).toBe(true);
    void reader.read({ ...REQUEST, files: [path] }, new Told());
    expect(shell.take()).toBe('b2\nr =1\ne\n');
  });

  test('a newline in a path is refused', async () => {
    const { shell, reader } = await open();
    const told = new Told();
    for (const sequence of [1, 2]) {
      const done = reader.read({ ...REQUEST, files: ['/tmp/a\ne', 'relative'], processes: [{ pid: 7, names: ['x\0'] }] }, told);
      expect(shell.take()).toBe(`b${sequence}\ne\n`);
      shell.say(`@@ b${sequence}\n@@ e\n`);
      await done;
    }
    expect(told.words).toEqual([
      'unreadable|0|/tmp/a\ne|unreadable',
      'unreadable|0|relative|unreadable',
      'unreadable|7|x\0|unreadable',
    ]);
  });

  test('whole texts, changed lines, and one that has gone', async () => {
    const { shell, reader } = await open();
    const request = { ...REQUEST, files: ['/proc/meminfo'], processes: [{ pid: 9, names: ['status'] }] };
    const tick = async (frame: string): Promise<readonly string[]> => {
      const told = new Told();
      const done = reader.read(request, told);
      shell.say(frame);
      await new Promise((resolve) => setImmediate(resolve));
      if (shell.take().includes('\nq0\n')) shell.say('@@ b4\nq0 g\n@@ e\n');
      expect((await done).ok).toBe(true);
      return told.words;
    };
    expect(await tick('@@ b1\n>=0\n MemTotal: 5\n MemFree: 4\n s1 x\n>9/status\n Name:\tx\xff\nc9/status 40\n@@ e\n')).toEqual([
      'text|0|/proc/meminfo|MemTotal: 5\nMemFree: 4\ns1 x\n',
      'text|9|status|Name:\tx\xff\n',
      'cost|9|status|40',
    ]);
    expect(await tick('@@ b2\n~=0\n2 MemFree: 3\n9 never\n@@ e\n')).toEqual([
      'text|0|/proc/meminfo|MemTotal: 5\nMemFree: 3\ns1 x\n',
      'cost|9|status|40',
    ]);
    expect(await tick('@@ b3\n-9/status\n@@ e\n')).toEqual(['unreadable|9|status|gone']);
    expect(await tick('@@ b5\n>9/status\n@@ e\n')).toEqual(['text|9|status|']);
  });

  test('processes, names with newlines and parentheses, exits, mappings, descriptors', async () => {
    const { shell, reader } = await open();
    const told = new Told();
    const done = reader.read({ ...REQUEST, everyStat: true, fds: [5], maps: [5] }, told);
    shell.say(
      `@@ b1\ns${stat(5, 'a) S b')}\nS${stat(6, 'x\n @@ e\n )')}\nx4\nsgarbage\nm5/@ 21 7ff0 ffffff8000000000\nm6/@ 3\nf5 12\nf6 p\n@@ e\n`,
    );
    expect((await done).ok).toBe(true);
    expect(told.words).toEqual([
      'stat|5|a) S b|77',
      'stat|6|x\n@@ e\n)|77',
      'exit|4',
      `maps|5|{"vmas":21,"heap":{"start":32752,"end":${0xffffff8000000000}}}`,
      'maps|6|{"vmas":3}',
      'fds|5|12',
      'unreadable|6|fd|permission',
    ]);
  });

  test('files with NUL bytes come by cat where awk can not read them', async () => {
    const { shell, reader } = await open('hello - awk none cost');
    const told = new Told();
    const request = { ...REQUEST, processes: [{ pid: 5, names: ['cmdline'] }] };
    const done = reader.read(request, told);
    expect(shell.take()).toBe('c0\n/proc/5/cmdline\nb1\ne\n');
    shell.say('@@ <0\na\0b\n\0\n@@ >0\n@@ b1\n@@ e\n');
    expect((await done).ok).toBe(true);
    expect(told.words).toEqual(['text|5|cmdline|a\0b\n\0']);
    const again = reader.read(request, told);
    shell.say('@@ <0\na\0b\n\0\n@@ >0\n@@ b2\n@@ e\n');
    await again;
    expect(told.words).toHaveLength(1);
  });

  test('one cat for several files; one that could be forged is asked for again', async () => {
    const separator = '0f1e2d3c-0000-4000-8000-123456789abc';
    const { shell, reader } = await open(`hello ${separator} awk none -`);
    const processes = [5, 6, 7, 8].map((pid) => ({ pid, names: ['cmdline'] }));
    const paths = processes.map(({ pid }) => `/proc/${pid}/cmdline\n`);
    const told = new Told();
    const done = reader.read({ ...REQUEST, processes }, told);
    expect(shell.take()).toBe(`k0 4\n${paths.join('')}b1\ne\n`);
    const sep = `${separator}\n`;
    // 6 is a kernel thread, and 8 has gone.
    shell.say(`@@ <0\na\0${sep}${sep}b\0\n${sep}${sep}\n@@ >1\n@@ b1\n@@ e\n`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(shell.take()).toBe(`b2\nq0\n${paths[1]}q1\n${paths[3]}e\n`);
    shell.say('@@ b2\nq0 o\nq1 g\n@@ e\n');
    expect((await done).ok).toBe(true);
    expect(told.words.splice(0)).toEqual([
      'text|5|cmdline|a\0',
      'text|7|cmdline|b\0\n',
      'text|6|cmdline|',
      'unreadable|8|cmdline|gone',
    ]);

    const forged = reader.read({ ...REQUEST, processes: processes.slice(0, 2) }, told);
    shell.take();
    shell.say(`@@ <0\nx${sep}y\0${sep}${sep}\n@@ >0\n@@ b3\n@@ e\n`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(shell.take()).toBe(`b4\nc0\n${paths[0]}c1\n${paths[1]}e\n`);
    shell.say(`@@ b4\n@@ <0\nx${sep}y\0\n@@ >0\n@@ <1\n\n@@ >0\n@@ e\n`);
    expect((await forged).ok).toBe(true);
    expect(told.words).toEqual([`text|5|cmdline|x${sep}y\0`]);
  });

  test('without awk the host compares', async () => {
    const { shell, reader } = await open('hello - cat none -');
    const told = new Told();
    const request = { ...REQUEST, files: ['/proc/meminfo'], everyStat: true, maps: [5] };
    const lines = (...all: string[]): string => all.map((line) => `${line} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`).join('');
    const maps = '55d0c3a4e000-55d0c3a6f000 rw-p 00000000 00:00 0                          [heap]\n';
    const tick = async (sequence: number, stats: string): Promise<void> => {
      const done = reader.read(request, told);
      expect(shell.take()).toBe(`b${sequence}\ns\nc0\n/proc/meminfo\nc1\n/proc/5/maps\ne\n`);
      shell.say(`@@ b${sequence}\n@@ <0\nMemFree: 1\n\n@@ >0\n@@ <1\n${maps}\n@@ >0\n@@ <*\n${stats}\n@@ >1\n@@ e\n`);
      expect((await done).ok).toBe(true);
    };
    await tick(1, lines(stat(5, 'a'), stat(6, 'x\n)y'), stat(7, 'z')));
    expect(told.words.splice(0)).toEqual([
      'text|0|/proc/meminfo|MemFree: 1\n',
      `maps|5|{"vmas":1,"heap":{"start":${0x55d0c3a4e000},"end":${0x55d0c3a6f000}}}`,
      'stat|5|a|77',
      'stat|6|x\n)y|77',
      'stat|7|z|77',
    ]);
    await tick(2, lines(stat(5, 'a'), stat(7, 'z', 99), stat(8, 'new')));
    expect(told.words).toEqual(['exit|7', 'stat|7|z|99', 'stat|8|new|77', 'exit|6']);
  });
});

describe('faults', () => {
  test('no answer in time', async () => {
    const { shell, reader } = await open('hello - awk whole -', { answerMs: 30 });
    const told: Fault[] = [];
    reader.onDidEnd((fault) => told.push(fault));
    const fault = { code: 'time-out', seconds: 0.03 };
    expect(await reader.read(REQUEST, new Told())).toEqual({ ok: false, error: fault });
    expect(await reader.read(REQUEST, new Told())).toEqual({ ok: false, error: fault });
    expect(told).toEqual([fault]);
    expect(shell.ended).toBe(true);
  });

  test('what had arrived of a cut frame is told', async () => {
    const { shell, reader } = await open();
    const told = new Told();
    const done = reader.read({ ...REQUEST, everyStat: true }, told);
    shell.say(`@@ b1\ns${stat(5, 'a')}\ns6 (b`);
    shell.hangUp({ code: 'target-unreachable', target: 'board', detail: 'closed' });
    expect(await done).toMatchObject({ ok: false, error: { detail: 'closed' } });
    expect(told.words).toEqual(['stat|5|a|77']);
  });

  test('an awk that has died, a frame of another tick, one read at a time, dispose', async () => {
    const { shell, reader } = await open();
    const told = new Told();
    const done = reader.read(REQUEST, told);
    await expect(reader.read(REQUEST, told)).rejects.toThrow('one read');
    shell.say(`@@ b7\ns${stat(5, 'a')}\n@@ e\n`);
    shell.say('@@ died\n');
    expect(await done).toMatchObject({ ok: false, error: { code: 'target-unreachable' } });
    expect(told.words).toEqual([]);

    const other = await open();
    const heard: Fault[] = [];
    other.reader.onDidEnd((fault) => heard.push(fault));
    const waiting = other.reader.read(REQUEST, told);
    other.reader.dispose();
    expect(await waiting).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(heard).toEqual([]);
    expect(other.shell.ended).toBe(true);
  });
});

describe('cuts and garbage', () => {
  const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('@', 'a'));
  const content = fc
    .array(
      fc.oneof(fc.constant('@@'), fc.constant('\0'), fc.constant('\xff\xfe'), fc.string({ unit: 'binary-ascii', maxLength: 9 })),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('').replaceAll('\n', ''));

  test('text lines arrive as they were, wherever the bytes are cut and whatever stands between frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        noise,
        fc.array(content, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (junk, lines, cuts) => {
          const { shell, reader } = await open();
          const told = new Told();
          const done = reader.read({ ...REQUEST, files: ['/f'], everyStat: true }, told);
          shell.say(`${junk}\n@@ b1\n>=0\n${lines.map((line) => ` ${line}\n`).join('')}s${stat(5, 'a')}\n@@ e\n${junk}`, cuts);
          expect((await done).ok).toBe(true);
          expect(told.words).toEqual([`text|0|/f|${lines.map((line) => `${line}\n`).join('')}`, 'stat|5|a|77']);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('raw files arrive byte for byte, also when they hold pieces of a marker', async () => {
    const body = fc
      .array(fc.oneof(fc.constant('\n@@'), fc.constant('NONCE'), fc.constant(' >'), fc.constant('\n'), content), {
        maxLength: 10,
      })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(body, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), async (text, cuts, oneByOne) => {
        const { shell, reader } = await open('hello - cat none -');
        const told = new Told();
        const done = reader.read({ ...REQUEST, files: ['/f'] }, told);
        // A piece of the marker, but never all of it.
        const raw = text.replaceAll('NONCE', shell.mark.slice(2, 20));
        const bytes = Buffer.concat([
          shell.bytes('@@ b1\n@@ <0\n'),
          Buffer.from(raw, 'latin1'),
          Buffer.from('\n'),
          shell.bytes('@@ >0\n@@ e\n'),
        ]);
        if (oneByOne) for (const byte of bytes) shell.sayBytes(Buffer.of(byte));
        else shell.sayBytes(bytes, cuts);
        expect((await done).ok).toBe(true);
        expect(told.words).toEqual([`text|0|/f|${raw}`]);
      }),
      { numRuns: 200 },
    );
  });

  test('a file of 40 MB in pieces', async () => {
    const { shell, reader } = await open('hello - cat none -');
    let length = 0;
    const done = reader.read(
      { ...REQUEST, processes: [{ pid: 5, names: ['smaps'] }] },
      { ...new Told(), text: (_pid, _name, bytes) => (length = bytes.length) },
    );
    shell.say('@@ b1\n@@ <0\n');
    const piece = Buffer.alloc(1 << 16, 'Size: 4 kB\n');
    for (let i = 0; i < 640; i++) shell.sayBytes(piece);
    shell.say('\n@@ >0\n@@ e\n');
    expect((await done).ok).toBe(true);
    expect(length).toBe(40 * 1024 * 1024);
  });
});
