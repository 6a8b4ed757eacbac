import type { OomTask } from '../../model/oom.js';

const HEADER = /\[\s*pid\s*\]\s+(uid\s+tgid\s+total_vm\s.*\sname)$/;
const PID = /\[\s*(\d{1,10})\](?=\s)/g;
const LEVELS = ['nr_ptes', 'nr_pmds', 'nr_puds', 'nr_p4ds'];

interface Row {
  readonly pid: number;
  readonly values: readonly number[];
  readonly name: string;
}

/** Reads the table of tasks: the columns differ from kernel to kernel, so each row is read by the line that names them. */
export class OomTaskTable {
  private columns: readonly string[] | undefined;
  private readonly rows: Row[] = [];
  leftOut = 0;
  /** Rows that came before a line that names the columns. */
  unnamed = 0;
  firstUnnamed = 0;

  /** `budget`: rows that may still be kept of the whole text; more are counted only. */
  constructor(private readonly budget: { rows: number }) {}

  get isEmpty(): boolean {
    return this.rows.length === 0 && this.columns === undefined;
  }

  get hasRows(): boolean {
    return this.rows.length > 0;
  }

  /** `broken`: it is a row by its form, and not a whole one. */
  take(text: string, line: number): 'taken' | 'broken' | undefined {
    const header = HEADER.exec(text);
    if (header !== null) {
      this.columns ??= (header[1] ?? '').split(/\s+/).slice(0, -1);
      return 'taken';
    }
    if (!text.includes('[')) return undefined;
    if (this.columns === undefined) {
      if (!/\[\s*\d+\](?:\s+-?\d+){5}\s+\S/.test(text)) return undefined;
      this.unnamed++;
      if (this.unnamed === 1) this.firstUnnamed = line;
      return 'taken';
    }
    for (const told of text.matchAll(PID)) {
      const after = told.index + told[0].length;
      const row = rowOf(Number(told[1]), text.slice(after), this.columns.length);
      if (row === undefined) continue;
      if (this.budget.rows-- > 0) this.rows.push(row);
      else this.leftOut++;
      return 'taken';
    }
    return /^\[\s*\d+\]\s+\d+\s+\d+/.test(text) ? 'broken' : undefined;
  }

  finish(pageSize: number): readonly OomTask[] {
    const { columns = [] } = this;
    return this.rows.map(({ pid, values, name }) => {
      const of = (column: string): number | undefined => values[columns.indexOf(column)];
      const pages = (key: keyof OomTask, column: string): object => some(key, of(column), pageSize);
      return {
        pid,
        name,
        ...some('uid', of('uid')),
        ...some('tgid', of('tgid')),
        ...pages('totalVm', 'total_vm'),
        ...pages('rss', 'rss'),
        ...pages('rssAnon', 'rss_anon'),
        ...pages('rssFile', 'rss_file'),
        ...pages('rssShmem', 'rss_shmem'),
        ...some('pageTables', of('pgtables_bytes') ?? levels(columns, values, pageSize)),
        ...pages('swap', 'swapents'),
        ...some('oomScoreAdj', of('oom_score_adj')),
        ...some('oomAdj', of('oom_adj')),
      };
    });
  }
}

const some = (key: keyof OomTask, value: number | undefined, factor = 1): object =>
  value === undefined ? {} : { [key]: value * factor };

function levels(columns: readonly string[], values: readonly number[], pageSize: number): number | undefined {
  let pages: number | undefined;
  for (const [at, column] of columns.entries()) if (LEVELS.includes(column)) pages = (pages ?? 0) + (values[at] ?? 0);
  return pages === undefined ? undefined : pages * pageSize;
}

function rowOf(pid: number, rest: string, columns: number): Row | undefined {
  const values: number[] = [];
  const number = /\s+(-?\d{1,18})(?=\s)/y;
  while (values.length < columns) {
    const told = number.exec(rest);
    if (told === null) return undefined;
    values.push(Number(told[1]));
    // exec() of a sticky pattern goes on where it has ended.
  }
  const name = rest.slice(number.lastIndex + 1).trimEnd();
  return name === '' ? undefined : { pid, values, name };
}
