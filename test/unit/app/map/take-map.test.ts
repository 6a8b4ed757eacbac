import { describe, expect, it } from 'vitest';
import { takeMap } from '../../../../src/app/map/take-map.js';
import type { Captured, Command } from '../../../../src/app/ports.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import { FakeClock } from '../fake-clock.js';
import { MemoryTarget } from '../memory-target.js';

const PID = 4242;

interface Moment {
  readonly start?: number;
  readonly stack?: number;
  readonly state?: string;
  /** Field 9: PF_KTHREAD and others. */
  readonly flags?: number;
}

const stat = ({ start = 100, stack = 0x7ffd00001000, state = 'S', flags = 4194304 }: Moment): string =>
  `${PID} (a name) ${state} 1 1 1 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 2 0 ${start} 0 0 0 4194304 0 ${stack} 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 25165824\n`;

const STATUS = 'Name:\ta name\nUid:\t1\t1\t1\t1\nVmSize:\t  20 kB\nVmRSS:\t  12 kB\nThreads:\t2\n';

const SMAPS = `00400000-00401000 r-xp 00000000 fe:01 7   /bin/p
Size:                  4 kB
Rss:                   4 kB
VmFlags: rd ex 
01800000-01801000 rw-p 00000000 00:00 0   [heap]
Size:                  4 kB
Rss:                   4 kB
VmFlags: rd wr 
`;
const MAPS = `00400000-00401000 r-xp 00000000 fe:01 7   /bin/p
01800000-01801000 rw-p 00000000 00:00 0   [heap]
`;

const part = (name: string, text: string): string => `\0${name}\0${text}`;
const before = (moment: Moment): string =>
  part('stat', stat(moment)) +
  part('status', STATUS) +
  part('exe', '/bin/p\n') +
  part('mounts', '1 2 0:26 / /tmp rw - tmpfs t rw\n') +
  part('limit', '65530\n') +
  part('page', '4096\n') +
  part('cmdline', 'p\0a b\0\0');
const after = (moment: Moment | undefined): string =>
  part('rollup', '') +
  part('stat', moment === undefined ? '' : stat(moment)) +
  part('tasks', moment === undefined ? '' : '4242/comm:a name\n4243/comm:worker\n');

/** A target of which each command gives the next answer; files are read by the table, and those that are denied are. */
class AnsweringTarget extends MemoryTarget {
  readonly commands: (readonly string[])[] = [];

  constructor(
    private readonly answers: (string | Fault)[],
    private readonly tables: Readonly<Record<string, string>>,
    private readonly denied = 'ENOENT',
  ) {
    super({});
  }

  override capture({ argv }: Command): Promise<Result<Captured, Fault>> {
    this.commands.push(argv);
    const answer = this.answers.shift() ?? '';
    return Promise.resolve(
      typeof answer === 'string' ? ok({ exitCode: 0, stdout: answer, stderr: '' } as Captured) : err(answer),
    );
  }

  override async *readChunks(path: string): AsyncIterable<Uint8Array> {
    const text = this.tables[path.replace(`/proc/${PID}/`, '')];
    if (text === undefined) throw Object.assign(new Error(path), { code: this.denied });
    yield new TextEncoder().encode(text);
  }
}

const take = (target: AnsweringTarget, startTicks?: number) =>
  takeMap(
    target,
    PID,
    { clock: new FakeClock(), epochMs: () => 1234, ...(startTicks === undefined ? {} : { startTicks }) },
    neverCancelled,
  );

const codes = (result: Awaited<ReturnType<typeof take>>): unknown =>
  result.ok ? result.value.notes.map(({ code }) => code) : result;

describe('a map that is taken', () => {
  it('in three round trips: what the process is, its smaps, and the rest', async () => {
    const target = new AnsweringTarget([before({}), after({})], { smaps: SMAPS });
    const taken = await take(target);
    expect(taken).toMatchObject({
      value: {
        at: 1234,
        form: 'smaps',
        pageSize: 4096,
        maxMapCount: 65530,
        threads: 2,
        status: { vmRss: 12 * 1024 },
        origin: {
          kind: 'process',
          target: 'memory',
          process: { pid: PID, startTicks: 100 },
          command: 'a name',
          commandLine: 'p a b',
          executable: '/bin/p',
        },
        notes: [{ code: 'no-headers', count: 1 }, { code: 'no-stack-pointers' }],
      },
    });
    expect(target.commands).toHaveLength(2);
    // The header of the program is asked for by its own link, words are data.
    expect(target.commands[1]!.slice(3)).toEqual(['memlens', String(PID), 'x', '400000-401000', '7', '/bin/p']);
  });

  it('of a process that executes another program in the midst: the map of that one', async () => {
    const other = { stack: 0x7ffe00000000 };
    const target = new AnsweringTarget([before({}), after(other), before(other), after(other)], { smaps: SMAPS });
    expect(codes(await take(target))).toEqual(['no-headers', 'no-stack-pointers']);
    expect(target.commands).toHaveLength(4);
    // One that does so for ever is taken as it is.
    const moments = [1, 2, 3, 4, 5, 6].map((stack) => ({ stack: 0x7ffe00000000 + stack * 16 }));
    const restless = new AnsweringTarget(
      moments.map((moment, i) => (i % 2 === 0 ? before(moment) : after(moment))),
      { smaps: SMAPS },
    );
    expect(await take(restless)).toMatchObject({ ok: true });
    expect(restless.commands).toHaveLength(6);
  });

  it('of one that ends, becomes a zombie, or whose number is another’s by now: what was read, with a note', async () => {
    for (const then of [undefined, { state: 'Z' }, { start: 101 }]) {
      const taken = await take(new AnsweringTarget([before({}), after(then)], { smaps: SMAPS }));
      expect(codes(taken)).toEqual(['ended']);
      expect(taken).toMatchObject({ value: { table: { length: 2 } } });
    }
    const none = { error: { code: 'not-found', what: 'process' } };
    expect(await take(new AnsweringTarget([before({}), after(undefined)], { smaps: '' }))).toMatchObject(none);
    expect(await take(new AnsweringTarget([before({})], { smaps: SMAPS }), 99)).toMatchObject(none);
    expect(await take(new AnsweringTarget([''], { smaps: SMAPS }))).toMatchObject(none);
    const hidden = part('mounts', '1 2 0:26 / /proc rw - proc p rw,hidepid=2\n');
    expect(await take(new AnsweringTarget([hidden], { smaps: SMAPS }))).toEqual(
      err({ code: 'no-process', pid: PID, why: 'hidden' }),
    );
  });

  it('of a zombie or a thread of the kernel: none, and why', async () => {
    const why = async (answer: string): Promise<unknown> =>
      take(new AnsweringTarget([answer, after({})], { smaps: '' }, 'EACCES'));
    const none = (word: string): unknown => err({ code: 'no-process', pid: PID, why: word });
    expect(await why(before({ state: 'Z' }).replace('Threads:\t2', 'Threads:\t1'))).toEqual(none('zombie'));
    expect(await why(before({ state: 'Z' }))).toMatchObject({ error: { code: 'unreadable', detail: /others run on/ } });
    const kernel = before({ flags: 0x208040 });
    expect(await why(kernel.replace('VmSize', 'VmElse'))).toEqual(none('kernel'));
    expect(await why(kernel)).toEqual(none('kernel'));
    // One that has given its memory back, and is about to end.
    const ending = { error: { code: 'not-found', what: 'process' } };
    expect(await why(before({ state: 'R' }).replace('VmSize', 'VmElse'))).toMatchObject(ending);
    expect(await why(before({ state: 'R' }))).toMatchObject(ending);
  });

  it('without smaps, or without permission for it: the mappings without amounts', async () => {
    for (const why of ['ENOENT', 'EACCES']) {
      const taken = await take(new AnsweringTarget([before({}), after({})], { maps: MAPS }, why));
      expect(codes(taken)).toEqual(['no-amounts', 'no-headers', 'no-stack-pointers']);
      expect(taken).toMatchObject({ value: { form: 'maps', table: { length: 2 } } });
    }
    expect(codes(await take(new AnsweringTarget([before({}), after({})], {}, 'EACCES')))).toEqual(['no-permission']);
    expect(await take(new AnsweringTarget([before({}), after({})], {}, 'EIO'))).toMatchObject({ error: { code: 'unreadable' } });
  });

  it('from a target that is lost: its fault before the map, and what was read after it', async () => {
    const lost: Fault = { code: 'target-unreachable', target: 'memory', detail: '' };
    expect(await take(new AnsweringTarget([lost], { smaps: SMAPS }))).toEqual(err(lost));
    expect(codes(await take(new AnsweringTarget([before({}), lost], { smaps: SMAPS })))).toEqual(['no-headers', 'no-threads']);
  });

  it('headers in any dump, from a tool that there is', async () => {
    const head = new Uint8Array(64 + 56);
    const view = new DataView(head.buffer);
    head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
    view.setUint16(16, 2, true);
    view.setBigUint64(32, 64n, true);
    view.setUint16(54, 56, true);
    view.setUint16(56, 1, true);
    view.setUint32(64, 1, true);
    view.setUint32(68, 5, true);
    view.setBigUint64(64 + 16, 0x400000n, true);
    view.setBigUint64(64 + 32, 0x1000n, true);
    view.setBigUint64(64 + 40, 0x1000n, true);
    const words = Array.from(head, (byte) => byte.toString(16).padStart(2, '0'));
    for (const dump of [
      words.map((word) => ` ${word}`).join(''),
      words.join('').replace(/.{60}/g, '$&\n'),
      `${words.join(' ')}\n`,
    ]) {
      const taken = await take(new AnsweringTarget([before({}), after({}) + part('0', dump)], { smaps: SMAPS }));
      expect(codes(taken)).toEqual(['no-stack-pointers']);
    }
  });
});
