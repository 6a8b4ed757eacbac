// What every Target must do, whatever it is reached by. Files are made and looked at on the target itself.
import { expect, test } from 'vitest';
import type { Target } from '../../src/app/ports.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { Result } from '../../src/base/result.js';
import { until } from './processes.js';

/** For what takes a moment on a machine that is not busy. */
const PATIENCE_MS = 30_000;

/** Names that a shell, an option parser or a line-wise protocol would trip over. */
const ODD_NAMES = [
  'plain',
  'with space',
  "it's",
  'a "quoted" name',
  'line\nbreak',
  '\n',
  'end\n',
  '-rf',
  '--help',
  '$HOME `id` $(id)',
  'semi;colon&|<>',
  'back\\slash',
  '*?[a]',
  'ünï 测试 🦀',
  '~',
  '!x',
  '#x',
  '%s%n',
  ' ',
  '.hidden',
  'a=b',
];

export function value<T>(result: Result<T, Fault>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const sh = (script: string, ...args: string[]) => ({ argv: ['sh', '-c', script, 'sh', ...args] });

/** `make` gives the target of the server that stands while the tests of a file run. */
export function targetCases(get: () => Target): void {
  const capture = async (script: string, ...args: string[]) => value(await get().capture(sh(script, ...args)));
  const chunksOf = async (path: string): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    // A chunk is ours only until the next one.
    for await (const chunk of get().readChunks(path)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  };
  const temporary = async (): Promise<string> => value(await get().makeTemporaryDirectory('memlens-'));

  test('output, errors and exit code are kept apart and exact', async () => {
    expect(await capture('printf out; printf err >&2; exit 7')).toEqual({ exitCode: 7, stdout: 'out', stderr: 'err' });
    expect(await capture('exit 255')).toMatchObject({ exitCode: 255 });
    expect(await capture(':')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await capture('printf "\\n\\n"')).toMatchObject({ stdout: '\n\n' });
    expect(await capture('printf "a\\r\\nb\\n@@"; printf "\\n@@" >&2')).toMatchObject({ stdout: 'a\r\nb\n@@', stderr: '\n@@' });
  });

  test('a signal is named', async () => {
    expect(await capture('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    expect(await capture('kill -9 $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test('words are data', async () => {
    const words = [...ODD_NAMES, '', "''", '\\', '\\n', 'tab\there', '\x1b[31m', '"$NL"', 'x'.repeat(100_000)];
    const printed = await capture('for w; do printf "%s\\000" "$w"; done', ...words);
    expect(printed.stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  test('environment, working directory and standard input', async () => {
    const directory = await temporary();
    const done = value(
      await get().capture(
        {
          ...sh('cat; printf "|%s|%s|%s|%s" "$PWD" "$A" "${EMPTY-unset}" "${N-unset}${NL-unset}${MEMLENS_MARK-unset}"'),
          cwd: directory,
          env: { A: 'a "b" $c\n\'d\'', EMPTY: '', 'odd.name': 'odd value' },
        },
        { stdin: 'one\ntwo\0 $HOME \'"\\ %s end' },
      ),
    );
    expect(done.stdout).toBe(`one\ntwo\0 $HOME '"\\ %s end|${directory}|a "b" $c\n'd'||unsetunsetunset`);
    const env = { 'odd.name': 'odd value', A: '' };
    expect(value(await get().capture({ argv: ['env'], env })).stdout).toMatch(/^odd\.name=odd value$/m);
    await get().remove(directory);
  });

  test('without input, there is none', async () => {
    expect(await capture('cat; echo end')).toMatchObject({ stdout: 'end\n' });
  });

  test('a large input and a large output, of which the newest text is kept', async () => {
    const stdin = `${'0123456789ü'.repeat(30_000)}`;
    expect(value(await get().capture({ argv: ['cat'] }, { stdin })).stdout).toBe(stdin);
    const tail = value(
      await get().capture(sh('i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done; echo last'), { maxBytes: 1000 }),
    );
    expect(tail.stdout.endsWith('line 19999\nlast\n')).toBe(true);
    expect(tail.stdout.length).toBeLessThan(200_000);
  });

  test('a program or a working directory that is missing', async () => {
    expect(await get().capture({ argv: ['no-such-program'] })).toMatchObject({ error: { code: 'not-found', what: 'program' } });
    expect(await get().capture({ argv: ['/no/such'] })).toMatchObject({ error: { code: 'not-found', path: '/no/such' } });
    expect(await get().capture({ argv: ['/tmp'] })).toMatchObject({ error: { code: 'not-executable', reason: 'permission' } });
    expect(await get().capture({ argv: ['true'], cwd: '/no/such' })).toMatchObject({ error: { code: 'not-found' } });
    expect(await get().capture({ argv: [] })).toMatchObject({ error: { code: 'not-found' } });
    expect(await get().capture({ argv: ['true', '\0'] })).toMatchObject({ error: { code: 'unreadable' } });
  });

  test('cancel and time limit end the whole session on the target', async () => {
    const directory = await temporary();
    const stubborn = `trap '' TERM; echo $$ >>"$1/pids"; (trap '' TERM; sleep 1000 & echo $! >>"$1/pids"; wait) & while :; do sleep 1; done`;
    const alive = async (): Promise<string> =>
      (
        await capture(
          'for p in $(cat "$1/pids" 2>/dev/null); do if kill -0 $p 2>/dev/null; then grep -q "^State:.Z" /proc/$p/status || echo $p; fi; done',
          directory,
        )
      ).stdout;
    expect(await get().capture(sh(stubborn, directory), { timeLimitMs: 1500 })).toMatchObject({
      error: { code: 'time-out', seconds: 1.5 },
    });
    await until(async () => (await alive()) === '', PATIENCE_MS);
    const cancel = new CancelSource();
    await get().remove(`${directory}/pids`);
    const running = get().capture(sh(stubborn, directory), { cancel });
    while ((await alive()).split('\n').length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    cancel.cancel();
    expect(await running).toMatchObject({ error: { code: 'cancelled' } });
    await until(async () => (await alive()) === '', PATIENCE_MS);
    expect(await get().capture(sh(':'), { cancel })).toMatchObject({ error: { code: 'cancelled' } });
    await get().remove(directory);
  });

  test('a session is ended from outside', async () => {
    const directory = await temporary();
    const running = get().capture(sh('echo $$ >"$1/pid"; sleep 1000 & sleep 1000', directory));
    let pid = 0;
    while (pid === 0) {
      const read = await get().readBytes(`${directory}/pid`);
      if (read.ok) pid = Number(new TextDecoder().decode(read.value));
    }
    const session = Number((await capture('l=$(cat "/proc/$1/stat"); set -- ${l##*) }; echo $4', String(pid))).stdout);
    await get().endSession(session, 400);
    expect(await running).toMatchObject({ ok: true, value: { exitCode: null } });
    await get().remove(directory);
  });

  test('files with odd names', async () => {
    const directory = await temporary();
    const each = (action: (name: string) => Promise<void>) => Promise.all(ODD_NAMES.map(action));
    await each(async (name) => {
      const path = `${directory}/${name}`;
      value(await get().writeText(path, `text of ${name}`));
      expect(value(await get().stat(path))).toMatchObject({
        kind: 'file',
        size: Buffer.byteLength(`text of ${name}`),
        executable: false,
      });
      expect(new TextDecoder().decode(value(await get().readBytes(path)))).toBe(`text of ${name}`);
      expect(new TextDecoder().decode(value(await get().readBytes(path, { offset: 5, length: 2 })))).toBe('of');
      let text = '';
      for await (const chunk of get().readText(path)) text += chunk;
      expect(text).toBe(`text of ${name}`);
      expect((await chunksOf(path)).toString()).toBe(`text of ${name}`);
      expect(value(await get().realPath(path))).toBe(path);
    });
    expect([...value(await get().list(directory))].sort()).toEqual([...ODD_NAMES].sort());
    await each(async (name) => {
      await get().remove(`${directory}/${name}`);
      value(await get().makeDirectory(`${directory}/${name}/below`));
      expect(value(await get().stat(`${directory}/${name}`))).toMatchObject({ kind: 'directory' });
      expect(value(await get().list(`${directory}/${name}`))).toEqual(['below']);
      expect(value(await get().capture({ argv: ['pwd'], cwd: `${directory}/${name}` })).stdout).toBe(`${directory}/${name}\n`);
    });
    await get().remove(directory);
    expect(await get().stat(directory)).toMatchObject({ error: { code: 'not-found' } });
  });

  test('what is missing, forbidden or no file', async () => {
    const missing = { error: { code: 'not-found', path: '/no/such' } };
    expect(await get().stat('/no/such')).toMatchObject(missing);
    expect(await get().list('/no/such')).toMatchObject(missing);
    expect(await get().readBytes('/no/such')).toMatchObject(missing);
    expect(await get().readBytes('/no/such', { offset: 3, length: 3 })).toMatchObject(missing);
    expect(await get().writeText('/no/such', '')).toMatchObject(missing);
    expect(await get().realPath('/no/such')).toMatchObject(missing);
    expect(await get().stat('')).toMatchObject({ error: { code: 'not-found' } });
    expect(await get().list('/proc/self/stat')).toMatchObject({ error: { code: 'not-found' } });
    expect(await get().readBytes('/tmp')).toMatchObject({ error: { code: 'unreadable' } });
    expect(await get().makeDirectory('/proc/x')).toMatchObject({ ok: false });
    await get().remove('/no/such');
    const read = async (): Promise<void> => {
      for await (const chunk of get().readText('/no/such')) void chunk;
    };
    await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(chunksOf('/no/such')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(chunksOf('/tmp')).rejects.toThrow();
  });

  test('bytes are read exactly, of files of /proc too', async () => {
    const directory = await temporary();
    const path = `${directory}/all bytes`;
    await capture(
      'i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %03o $i)"; i=$((i+1)); done >"$1"; for i in 1 2 3 4 5 6; do cat "$1" "$1" "$1" "$1" >"$1.x"; mv "$1.x" "$1"; done; printf end >>"$1"',
      path,
    );
    const all = Buffer.concat([Buffer.from(Array.from({ length: 256 << 12 }, (_, i) => i & 255)), Buffer.from('end')]);
    const read = async (offset?: number, length?: number) =>
      Buffer.from(
        value(
          await get().readBytes(path, {
            ...(offset === undefined ? {} : { offset }),
            ...(length === undefined ? {} : { length }),
          }),
        ),
      );
    expect((await read()).equals(all)).toBe(true);
    for (const [offset, length] of [
      [0, 1],
      [0, 300],
      [1, 4096],
      [4095, 2],
      [4096, 4096],
      [70_001, 600_000],
      [all.length - 3, 10],
      [all.length + 9, 5],
    ] as const) {
      expect((await read(offset, length)).equals(all.subarray(offset, offset + length)), `${offset} ${length}`).toBe(true);
    }
    expect((await read(all.length - 70_000)).equals(all.subarray(all.length - 70_000))).toBe(true);
    expect(value(await get().readBytes(path, { offset: 7, length: 0 }))).toHaveLength(0);
    // The size of such a file is 0: of this machine's own, only a stated length is read.
    expect(new TextDecoder().decode(value(await get().readBytes('/proc/self/status', { length: 4000 })))).toMatch(
      /^Name:[\s\S]*VmRSS/,
    );
    expect(new TextDecoder().decode(value(await get().readBytes('/proc/meminfo', { length: 9 })))).toBe('MemTotal:');
    let characters = 0;
    for await (const chunk of get().readText(path)) {
      characters += chunk.length;
      if (characters > 100_000) break;
    }
    expect(characters).toBeGreaterThan(100_000);
    expect((await chunksOf(path)).equals(all)).toBe(true);
    let bytes = 0;
    for await (const chunk of get().readChunks(path)) {
      bytes += chunk.length;
      if (bytes > 100_000) break;
    }
    expect(bytes).toBeGreaterThan(100_000);
    expect((await chunksOf('/proc/self/smaps')).toString('latin1')).toMatch(/^[0-9a-f]+-[0-9a-f]+ [\s\S]*\[stack\]\n[\s\S]*\n$/);
    await get().remove(directory);
  });

  test('kinds of files, modes and links', async () => {
    const directory = await temporary();
    await capture('cd "$1"; mkfifo f; echo x >p; chmod 751 p; ln -s p l; ln -s /no/such dangling; ln -s l ll', directory);
    expect(value(await get().stat(directory)).mode & 0o777).toBe(0o700);
    expect(value(await get().stat(`${directory}/f`)).kind).toBe('fifo');
    expect(value(await get().stat('/dev/null')).kind).toBe('other');
    const facts = value(await get().stat(`${directory}/ll`));
    expect(facts).toMatchObject({ kind: 'file', size: 2, executable: true, mode: 0o100751 });
    expect(Math.abs((facts.modifiedMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await get().stat(`${directory}/dangling`)).toMatchObject({ error: { code: 'not-found' } });
    expect(value(await get().realPath(`${directory}/ll`))).toBe(`${directory}/p`);
    expect(await get().realPath(`${directory}/dangling`)).toMatchObject({ error: { code: 'not-found' } });
    expect(value(await get().list(directory))).toContain('dangling');
    await get().remove(directory);
  });
}
