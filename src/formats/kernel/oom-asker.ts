import type { OomAsker } from '../../model/oom.js';
import { readGfp } from './gfp.js';

const INVOKED = /^(.*?)\s?\boom-killer: ?(gfp_mask=.*)$/;
const WHO = /\b(?:PID: (\d+) Comm: (.*?)|Pid: (\d+), comm: (.*?))(?: Kdump: \w+)? (?:Not tainted|Tainted:)/;
const RELEASE = / (\d+\.\d+\S*)(?= #|$)/;
/** comm is 16 bytes with its end. */
const LONGEST_NAME = 15;

/** The lines of a report that say who asked: the first one, `cpuset=`, and the head of the backtrace. */
export class OomAskerReader {
  private before: string | undefined;
  private request: string | undefined;
  private command: string | undefined;
  private pid: number | undefined;
  private cpuset: string | undefined;
  private mems: string | undefined;
  private nodemask: string | undefined;
  kernel: string | undefined;

  /** The first line was there. */
  get isTold(): boolean {
    return this.request !== undefined;
  }

  get order(): number | undefined {
    return this.number('order');
  }

  /** `shop invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`, and without a name in the first kernels of 2.6. */
  static isFirst(text: string): boolean {
    return text.includes('oom-killer:') && INVOKED.test(text);
  }

  first(text: string): void {
    const told = INVOKED.exec(text);
    const before = told?.[1] ?? '';
    this.request = told?.[2] ?? '';
    if (before.endsWith(' invoked')) this.before = before.slice(0, -' invoked'.length);
  }

  take(text: string): boolean {
    return this.who(text) || this.set(text);
  }

  /** From the line `oom-kill:`. */
  bounds(nodemask: string | undefined, cpuset: string | undefined, mems: string | undefined): void {
    this.nodemask ??= nodemask;
    this.cpuset ??= cpuset;
    this.mems ??= mems;
  }

  finish(): OomAsker | undefined {
    const name = this.name();
    const mask = /gfp_mask=0x([0-9a-f]{1,8})(?![0-9a-f])(?:\(([^()]*)\))?/.exec(this.request ?? '');
    const oomAdj = this.number('oom_adj') ?? this.number('oomkilladj');
    const oomScoreAdj = this.number('oom_score_adj');
    const age = oomAdj === undefined ? undefined : oomScoreAdj === undefined ? 'oom-adj' : 'both-adj';
    const told = /nodemask=(\d+(?:[,-]\d+)*)/.exec(this.request ?? '')?.[1];
    const asker: OomAsker = {
      ...(name === undefined ? {} : { command: name }),
      ...(this.pid === undefined ? {} : { pid: this.pid }),
      ...(mask === null ? {} : { gfp: readGfp(Number.parseInt(mask[1] ?? '', 16), mask[2], this.kernel, age) }),
      ...some('order', this.order),
      ...some('oomScoreAdj', oomScoreAdj),
      ...some('oomAdj', oomAdj),
      ...some('nodemask', told ?? this.nodemask),
      ...some('cpuset', this.cpuset),
      ...some('memsAllowed', this.mems),
    };
    return Object.keys(asker).length === 0 ? undefined : asker;
  }

  private number(key: string): number | undefined {
    const told = new RegExp(String.raw`(?<![a-z_])${key}=(-?\d+)`).exec(this.request ?? '') ?? undefined;
    return told === undefined ? undefined : Number(told[1]);
  }

  private who(text: string): boolean {
    if (!text.includes('omm: ')) return false;
    const told = WHO.exec(text);
    if (told === null) return false;
    const pid = told[1] ?? told[3];
    this.pid ??= pid === undefined ? undefined : Number(pid);
    this.command ??= (told[2] ?? told[4])?.trim();
    this.kernel ??= RELEASE.exec(text.slice(told.index + told[0].length))?.[1];
    return true;
  }

  private set(text: string): boolean {
    // A name before it may stand in a line of its own, where a mail was wrapped.
    const from = text.startsWith('cpuset=') ? -1 : text.indexOf(' cpuset=');
    const to = text.lastIndexOf(' mems_allowed=');
    if ((from < 0 && !text.startsWith('cpuset=')) || to < from) return false;
    this.cpuset ??= text.slice(from + ' cpuset='.length, to);
    this.mems ??= /^[\d,-]+/.exec(text.slice(to + ' mems_allowed='.length))?.[0];
    return true;
  }

  /** A prefix that nobody knows may stand before the name; the head of the backtrace has the name alone. */
  private name(): string | undefined {
    const { before, command } = this;
    if (before === undefined) return command;
    if (command !== undefined && before.endsWith(command)) return command;
    // Lines that somebody has numbered, or the columns of a table.
    const own = before.slice(before.lastIndexOf('\t') + 1).replace(/^\d{1,7}[.:)]?\s+/, '');
    return own.length <= LONGEST_NAME ? own : (own.split(' ').at(-1) ?? own);
  }
}

const some = (key: keyof OomAsker, value: string | number | undefined): object => (value === undefined ? {} : { [key]: value });
