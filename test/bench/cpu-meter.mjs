// CPU time of a program and all it starts: by a control group of its own where one can be made, else by the counters of the
// processes that are there and of their children that have ended (10 ms steps).
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const GROUPS = [
  { root: '/sys/fs/cgroup/cpuacct', file: 'cpuacct.usage', milliseconds: (text) => Number(text) / 1e6 },
  { root: '/sys/fs/cgroup/unified', file: 'cpu.stat', milliseconds: (text) => Number(/usage_usec (\d+)/.exec(text)?.[1]) / 1e3 },
  { root: '/sys/fs/cgroup', file: 'cpu.stat', milliseconds: (text) => Number(/usage_usec (\d+)/.exec(text)?.[1]) / 1e3 },
];

export class CpuMeter {
  #group;
  #path;
  #roots = new Set();

  constructor(name) {
    for (const group of GROUPS) {
      const path = `${group.root}/memlens-bench-${name}-${process.pid}`;
      try {
        mkdirSync(path);
      } catch {
        continue;
      }
      try {
        writeFileSync(`${path}/cgroup.procs`, '', { flag: 'a' });
        if (Number.isNaN(group.milliseconds(readFileSync(`${path}/${group.file}`, 'utf8')))) throw new Error('no counter');
        this.#group = group;
        this.#path = path;
        return;
      } catch {
        rmdirSync(path);
      }
    }
  }

  get way() {
    return this.#group === undefined ? 'counters of processes' : 'a control group';
  }

  /** The words that start a command in here. */
  argv(command) {
    return this.#path === undefined ? command : ['sh', '-c', 'echo $$ >"$0/cgroup.procs"; exec "$@"', this.#path, ...command];
  }

  /** A process that was started with `argv`; only the counters need to know. */
  follow(pid) {
    this.#roots.add(pid);
  }

  /** So far, in milliseconds. */
  now() {
    if (this.#group !== undefined) return this.#group.milliseconds(readFileSync(`${this.#path}/${this.#group.file}`, 'utf8'));
    const processes = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        processes.set(Number(pid), {
          parent: Number(fields[1]),
          ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
        });
      } catch {
        // It has ended.
      }
    }
    const isOurs = (pid) => this.#roots.has(pid) || (processes.has(pid) && isOurs(processes.get(pid).parent));
    let ticks = 0;
    for (const [pid, entry] of processes) if (isOurs(pid)) ticks += entry.ticks;
    return ticks * 10;
  }

  /** When all that was started in it has ended. */
  async close() {
    for (let attempt = 0; this.#path !== undefined && attempt < 100; attempt++) {
      try {
        rmdirSync(this.#path);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  }
}
