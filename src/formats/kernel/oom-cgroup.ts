import type { OomCgroup, OomField, OomGroupStats, OomLimit } from '../../model/oom.js';
import { limitOf, pairsOf } from './oom-fields.js';

const LIMIT = /(?:^|\s)(memory\+swap|memory|swap|kmem): usage (\d+)kB, limit (\d+)kB(?:, failcnt (\d+))?/;
const TASK_IN = /\bTasks? in (\S.*) killed as a result of limit of (\S.*)$/;
const WHOLE = /\bTasks in (\S.*) are going to be killed due to memory\.oom\.group set$/;
const STATS = /\bMemory cgroup stats for (\/[^:]*(?::[^: ][^:]*)*?|\S+?):(.*)$/;
const ROW = /(?:^|\s)([a-z][a-z0-9_]*) (\d{1,18})$/;
/** Counted, not bytes. */
const EVENTS = /^(?:total_)?(?:pg|workingset_|thp_|numa_|swp(?:in|out)_|zswp(?:in|out|wb)$)/;
/** What a row is known by when something stands before it. */
const NAMES =
  /^(?:total_)?(?:anon|file|cache|rss|kernel|slab|shmem|sock|percpu|vmalloc|z?swap|z?swp|inactive|active|unevictable|pagetables|sec_pagetables|mapped|dirty|writeback|hugetlb|pg|workingset|thp|numa)/;
const MOST_GROUPS = 1000;
const MOST_FIELDS = 500;

/** Reads what a report says of control groups, versions 1 and 2. */
export class OomCgroupReader {
  private path: string | undefined;
  private taskPath: string | undefined;
  private whole: string | undefined;
  private readonly limits: OomLimit[] = [];
  private readonly stats: (OomGroupStats & { readonly fields: OomField[] })[] = [];
  private inStats = false;

  get isEmpty(): boolean {
    return this.path === undefined && this.whole === undefined && this.limits.length === 0 && this.stats.length === 0;
  }

  /** memory.oom.group: more than one is killed at once. */
  get killsWhole(): boolean {
    return this.whole !== undefined;
  }

  /** From the line `oom-kill:`. */
  name(path: string | undefined, taskPath: string | undefined): void {
    this.path ??= path;
    this.taskPath ??= taskPath;
  }

  take(text: string): boolean {
    if (this.limit(text) || this.group(text)) {
      return true;
    }
    return this.inStats && this.row(text);
  }

  finish(): OomCgroup | undefined {
    if (this.isEmpty) return undefined;
    return {
      limits: this.limits,
      stats: this.stats,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.taskPath === undefined ? {} : { taskPath: this.taskPath }),
      ...(this.whole === undefined ? {} : { killsWhole: this.whole }),
    };
  }

  private limit(text: string): boolean {
    if (!text.includes('usage ')) return false;
    const told = LIMIT.exec(text);
    if (told === null) return false;
    const [, name = '', usage, limit, failures] = told;
    const most = limitOf(Number(limit));
    if (!this.limits.some((one) => one.name === name))
      this.limits.push({
        name,
        usage: Number(usage) * 1024,
        ...(most === undefined ? {} : { limit: most }),
        ...(failures === undefined ? {} : { failures: Number(failures) }),
      });
    return true;
  }

  private group(text: string): boolean {
    if (!text.includes('Task') && !text.includes('cgroup')) return false;
    const of = text.includes(' as a result of limit of ') ? TASK_IN.exec(text) : null;
    if (of !== null) {
      this.name(of[2], of[1]);
      return true;
    }
    const whole = text.endsWith(' set') ? WHOLE.exec(text) : null;
    if (whole !== null) {
      this.whole ??= whole[1];
      return true;
    }
    const stats = STATS.exec(text);
    if (stats === null) return false;
    this.inStats = true;
    const fields = pairsOf(stats[2] ?? '').map(
      ({ name, value, isKib }): OomField =>
        isKib ? { name, value: value * 1024, unit: 'bytes' } : { name, value, unit: 'count' },
    );
    if (this.stats.length < MOST_GROUPS) this.stats.push({ path: stats[1] ?? '', fields });
    const first = (stats[2] ?? '').trim();
    if (fields.length === 0 && first !== '') this.row(first);
    return true;
  }

  private row(text: string): boolean {
    const told = ROW.exec(text);
    const group = this.stats.at(-1);
    if (told === null || group === undefined) return false;
    const [, name = '', value] = told;
    if (told.index > 0 && !NAMES.test(name)) return false;
    if (group.fields.length < MOST_FIELDS && !group.fields.some((field) => field.name === name))
      group.fields.push({ name, value: Number(value), unit: EVENTS.test(name) ? 'count' : 'bytes' });
    return true;
  }
}
