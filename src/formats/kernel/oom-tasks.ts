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
    const header = text.includes('total_vm') ? HEADER.exec(text) : null;
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
    PID.lastIndex = 0;
    for (let told = PID.exec(text); told !== null; told = PID.exec(text)) {
      const after = told.index + told[0].length;
      const row = rowOf(Number(told[1]), text.slice(after), this.columns.length);
      if (row === undefined) continue;
      if (this.budget.rows-- > 0) this.rows.push(row);
      else this.leftOut++;
      return 'taken';
    }
    return /^\[\s*\d+\]\s+\d+\s+\d+/.test(text) ? 'broken' : undefined;
  }

  /** `total_vm` of a task as it is printed, in pages. */
  pagesOf(pid: number): number | undefined {
    const at = this.columns?.indexOf('total_vm') ?? -1;
    return this.rows.find((row) => row.pid === pid)?.values[at];
  }

  finish(pageSize: number): readonly OomTask[] {
    const { columns = [] } = this;
    const places = COLUMNS.flatMap(({ key, column, isPages }) => {
      const at = columns.indexOf(column);
      return at < 0 ? [] : [{ key, at, factor: isPages ? pageSize : 1 }];
    });
    // Until 4.14 each level was counted by itself, in pages.
    const levels = columns.includes('pgtables_bytes') ? [] : LEVELS.map((name) => columns.indexOf(name)).filter((at) => at >= 0);
    return this.rows.map(({ pid, values, name }) => {
      const task: { -readonly [Key in keyof OomTask]: OomTask[Key] } = { pid, name };
      for (const { key, at, factor } of places) {
        const value = values[at];
        if (value !== undefined) task[key] = value * factor;
      }
      if (levels.length > 0) task.pageTables = levels.reduce((sum, at) => sum + (values[at] ?? 0), 0) * pageSize;
      return task;
    });
  }
}

type NumberKey = Exclude<keyof OomTask, 'name'>;
const COLUMNS: readonly { readonly key: NumberKey; readonly column: string; readonly isPages?: true }[] = [
  { key: 'uid', column: 'uid' },
  { key: 'tgid', column: 'tgid' },
  { key: 'totalVm', column: 'total_vm', isPages: true },
  { key: 'rss', column: 'rss', isPages: true },
  { key: 'rssAnon', column: 'rss_anon', isPages: true },
  { key: 'rssFile', column: 'rss_file', isPages: true },
  { key: 'rssShmem', column: 'rss_shmem', isPages: true },
  { key: 'pageTables', column: 'pgtables_bytes' },
  { key: 'swap', column: 'swapents', isPages: true },
  { key: 'oomScoreAdj', column: 'oom_score_adj' },
  { key: 'oomAdj', column: 'oom_adj' },
];

/** Numbers with blanks around them, as many as there are columns, and a name. Letter by letter: a log may have a million rows. */
function rowOf(pid: number, rest: string, columns: number): Row | undefined {
  const values: number[] = [];
  let at = 0;
  while (values.length < columns) {
    const blank = at;
    while (isBlank(rest.charCodeAt(at))) at++;
    if (at === blank) return undefined;
    const begin = at;
    if (rest.charCodeAt(at) === MINUS) at++;
    const digits = at;
    while (isDigit(rest.charCodeAt(at))) at++;
    if (at === digits || at - digits > MOST_DIGITS || !isBlank(rest.charCodeAt(at))) return undefined;
    values.push(Number(rest.slice(begin, at)));
  }
  const name = rest.slice(at + 1).trimEnd();
  return name === '' ? undefined : { pid, values, name };
}

const MINUS = 0x2d;
const MOST_DIGITS = 18;
const isBlank = (letter: number): boolean => letter === 0x20 || letter === 0x09;
const isDigit = (letter: number): boolean => letter >= 0x30 && letter <= 0x39;
