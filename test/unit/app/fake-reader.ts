import type { Reader, ReaderSource, ReadFacts, ReadRequest, ReadSink } from '../../../src/app/reader.js';
import type { Cancel } from '../../../src/base/cancel.js';
import { Emitter } from '../../../src/base/emitter.js';
import type { Fault } from '../../../src/base/fault.js';
import { err, ok, type Result } from '../../../src/base/result.js';
import type { MapsDigest, ProcessStat } from '../../../src/model/process.js';
import type { FakeClock } from './fake-clock.js';

type Why = 'gone' | 'permission' | 'unreadable';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export interface FakeProcess {
  stat: ProcessStat;
  /** Text by the name of the file, or why it can't be read. */
  files: Record<string, string | { why: Why }>;
  maps?: MapsDigest | { why: Why };
  fds?: number | { why: Why };
  /** Microseconds by name, as a reader that can measure tells them. */
  costs?: Record<string, number>;
}

/** Sums of a smaps_rollup whose private memory is `uss` KiB, all of it anonymous. */
export function rollupText(uss: number, shared = 100): string {
  const line = (name: string, kib: number): string => `${name}:${String(kib).padStart(20)} kB\n`;
  return `55d0c0000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]\n${line('Rss', uss + shared)}${line('Pss', uss + shared / 2)}${line('Shared_Clean', shared)}${line('Shared_Dirty', 0)}${line('Private_Clean', 0)}${line('Private_Dirty', uss)}${line('Referenced', uss)}${line('Anonymous', uss)}${line('Swap', 0)}${line('SwapPss', 0)}${line('Locked', 0)}`;
}

export function statusText(uid: number, rssAnon: number, threads = 1): string {
  return `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nVmRSS:\t${rssAnon + 50} kB\nRssAnon:\t${rssAnon} kB\nRssFile:\t50 kB\nRssShmem:\t0 kB\nVmSwap:\t8 kB\nThreads:\t${threads}\n`;
}

/** A machine whose /proc is written by the test. */
export class FakeMachine {
  readonly files = new Map<string, string>();
  readonly processes = new Map<number, FakeProcess>();
  /** What the next connections come to, in their order; after these, they open. */
  readonly openFaults: Fault[] = [];
  opened = 0;
  /** Requests of every tick. */
  readonly requests: ReadRequest[] = [];
  readonly readers = new Set<FakeReader>();
  /** How long an answer takes; Infinity: none comes. */
  latencyMs = 0;
  private bootClock: number;

  constructor(
    readonly clock: FakeClock,
    upSinceMs = 100_000,
  ) {
    this.bootClock = clock.now() - upSinceMs;
    this.files.set('/proc/sys/kernel/random/boot_id', 'boot-1\n');
    this.files.set('/proc/sys/kernel/hostname', 'board\n');
    this.files.set('/proc/sys/kernel/osrelease', '6.1.0\n');
    this.files.set('/proc/self/status', statusText(0, 10));
    this.files.set('/proc/self/smaps', '00-01 r--p 0 00:00 0\nSize: 4 kB\nKernelPageSize:        4 kB\nMMUPageSize: 4 kB\n');
    this.files.set('/proc/self/smaps_rollup', rollupText(1));
    this.files.set('/etc/passwd', 'root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:/bin/sh\n');
    this.files.set('/proc/sys/vm/max_map_count', '65530\n');
    this.files.set('/proc/meminfo', 'MemTotal:        1000000 kB\nMemFree:          400000 kB\nMemAvailable:     600000 kB\n');
    this.files.set('/proc/vmstat', 'pgfault 100\npgmajfault 1\noom_kill 0\n');
    this.files.set('/proc/zoneinfo', 'Node 0\n  pagesets\n    cpu: 0\n              count: 25\n');
    this.files.set(
      '/proc/pressure/memory',
      'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
    );
    this.files.set('/proc/loadavg', '0.10 0.20 0.30 1/100 4711\n');
  }

  get uptime(): string {
    return `${((this.clock.now() - this.bootClock) / 1000).toFixed(2)} 1.00\n`;
  }

  reboot(bootId: string): void {
    this.bootClock = this.clock.now() - 20_000;
    this.files.set('/proc/sys/kernel/random/boot_id', `${bootId}\n`);
    this.processes.clear();
  }

  /** A process that may be read, with ordinary files. */
  add(pid: number, more: Partial<ProcessStat> = {}, uid = 0): FakeProcess {
    const process: FakeProcess = {
      stat: {
        pid,
        startTicks: 1000 + pid,
        command: `program-${pid}`,
        state: 'S',
        parent: 1,
        session: 1,
        minorFaults: 100,
        majorFaults: 0,
        threads: 1,
        vsz: 10 << 20,
        rssPages: 250,
        ...more,
      },
      files: {
        status: statusText(uid, 1000),
        statm: '2560 250 50 100 0 400 0\n',
        smaps_rollup: rollupText(1000),
        oom_score: '666\n',
        cmdline: `/usr/bin/program-${pid}\0--port\0${pid}\0`,
        cgroup: '0::/system.slice/a.service\n',
        limits: 'Max open files            1024                 4096                 files     \n',
      },
      maps: { vmas: 82, heap: { start: 0x5000_0000, end: 0x5002_1000 } },
      fds: 5,
    };
    this.processes.set(pid, process);
    return process;
  }

  change(pid: number, stat: Partial<ProcessStat>): void {
    const process = this.processes.get(pid);
    if (process !== undefined) process.stat = { ...process.stat, ...stat };
  }

  /** The connections end by themselves. */
  cut(fault: Fault): void {
    for (const reader of [...this.readers]) reader.end(fault);
  }
}

/** Tells changes only, as the contract of a reader says. */
export class FakeReader implements Reader {
  private readonly known = new Map<string, string>();
  private readonly stats = new Map<number, string>();
  private readonly ends = new Emitter<Fault>();
  readonly onDidEnd = this.ends.on.bind(this.ends);
  private reading = false;
  disposed = false;

  constructor(private readonly machine: FakeMachine) {
    machine.readers.add(this);
  }

  async read(request: ReadRequest, sink: ReadSink): Promise<Result<ReadFacts, Fault>> {
    if (this.reading) throw new Error('two reads at a time');
    if (this.disposed) throw new Error('a read after dispose');
    this.reading = true;
    this.machine.requests.push(request);
    const { latencyMs, clock } = this.machine;
    if (latencyMs > 0) {
      await new Promise<void>((done) => {
        if (Number.isFinite(latencyMs)) clock.after(latencyMs, done);
      });
    } else await Promise.resolve();
    this.reading = false;
    if (this.disposed) return err({ code: 'cancelled' });
    this.tell(request, sink);
    return ok({ bytes: 0, roundTripMs: latencyMs });
  }

  end(fault: Fault): void {
    this.ends.emit(fault);
  }

  dispose(): void {
    this.disposed = true;
    this.machine.readers.delete(this);
  }

  private tell(request: ReadRequest, sink: ReadSink): void {
    const { machine } = this;
    for (const path of request.files) {
      const text = path === '/proc/uptime' ? machine.uptime : machine.files.get(path);
      this.tellFile(sink, 0, path, text ?? { why: 'gone' });
    }
    if (request.everyStat) {
      for (const pid of [...this.stats.keys()]) {
        if (machine.processes.has(pid)) continue;
        this.forget(pid);
        sink.exit(pid);
      }
      for (const [pid, { stat }] of machine.processes) {
        const text = JSON.stringify(stat);
        if (this.stats.get(pid) === text) continue;
        this.stats.set(pid, text);
        sink.stat(stat);
      }
    }
    for (const { pid, names } of request.processes) {
      const process = machine.processes.get(pid);
      for (const name of names) {
        if (name === 'stat') this.tellFile(sink, pid, name, process === undefined ? { why: 'gone' } : statText(process.stat));
        else this.tellFile(sink, pid, name, process?.files[name] ?? { why: 'gone' });
        const cost = process?.costs?.[name];
        if (cost !== undefined) sink.cost(pid, name, cost);
      }
    }
    for (const pid of request.maps) {
      const process = machine.processes.get(pid);
      const digest = process?.maps ?? { why: 'gone' as const };
      this.tellOther(pid, 'maps', digest, (value) => sink.maps(pid, value), sink);
      const cost = process?.costs?.maps;
      if (cost !== undefined) sink.cost(pid, 'maps', cost);
    }
    for (const pid of request.fds) {
      this.tellOther(
        pid,
        'fd',
        machine.processes.get(pid)?.fds ?? { why: 'gone' as const },
        (value) => sink.fds(pid, value),
        sink,
      );
    }
  }

  private tellFile(sink: ReadSink, pid: number, name: string, content: string | { why: Why }): void {
    this.tellOther(pid, name, content, (text) => sink.text(pid, name, bytes(text)), sink);
  }

  private tellOther<T>(pid: number, name: string, content: T | { why: Why }, told: (value: T) => void, sink: ReadSink): void {
    const key = `${pid} ${name}`;
    const text = JSON.stringify(content);
    if (this.known.get(key) === text) return;
    this.known.set(key, text);
    if (typeof content === 'object' && content !== null && 'why' in content) sink.unreadable(pid, name, content.why);
    else told(content as T);
  }

  private forget(pid: number): void {
    this.stats.delete(pid);
    for (const key of [...this.known.keys()]) if (key.startsWith(`${pid} `)) this.known.delete(key);
  }
}

const statText = (stat: ProcessStat): string =>
  `${stat.pid} (${stat.command}) ${stat.state} ${stat.parent} 1 ${stat.session} 0 -1 0 ${stat.minorFaults} 0 ${stat.majorFaults} 0 1 1 0 0 20 0 ${stat.threads} 0 ${stat.startTicks} ${stat.vsz} ${stat.rssPages} 0 0\n`;

export class FakeSource implements ReaderSource {
  /** Connections that wait; undefined: they open at once. */
  waiting: ((result: Result<Reader, Fault>) => void)[] | undefined;

  constructor(private readonly machine: FakeMachine) {}

  openReader(cancel: Cancel): Promise<Result<Reader, Fault>> {
    this.machine.opened++;
    const fault = this.machine.openFaults.shift();
    if (fault !== undefined) return Promise.resolve(err(fault));
    if (this.waiting === undefined) return Promise.resolve(ok(new FakeReader(this.machine)));
    return new Promise((done) => {
      this.waiting?.push(done);
      cancel.onRequest(() => done(err({ code: 'cancelled' })));
    });
  }
}
