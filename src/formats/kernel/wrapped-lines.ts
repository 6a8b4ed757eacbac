import type { LogLine } from './log-line.js';

/** A line of the kernel, put together again where a mail program or a terminal has wrapped it. */
export interface WholeLine extends LogLine {
  /** Its first and last line in the text, from 1. */
  readonly first: number;
  readonly last: number;
}

const ZONE_NAME = '(?:DMA|DMA32|Normal|HighMem|Movable|Device)';

/** Lines of a report that may have lost their end, and how such an end begins. The first row that fits counts. */
const WRAPPED: readonly { readonly open: RegExp; readonly end: RegExp; readonly isWhole?: RegExp; readonly isList?: true }[] = [
  { open: /\binvoked$/, end: /^oom-killer:/ },
  { open: /\boom-killer:$/, end: /^gfp_mask=/ },
  {
    open: /\boom-killer: ?gfp_mask=/,
    isWhole: /\boom(?:_score)?(?:_|kill)adj=-?\d+$/,
    end: /^(?:\|?_{0,2}GFP_\w|\||order=|nodemask=|oom_score_adj=|oom_adj=|oomkilladj=)/,
  },
  { open: /(?:^| )cpuset=\S+$/, end: /^mems_allowed=/ },
  {
    open: /\bCPU: \d+(?: UID: \d+)?(?: PID:(?: \d+(?: Comm:)?)?)?$/,
    end: /^(?:U?ID: \d|PID: \d|\d+ Comm:|Comm: |\S{1,15} (?:Not t|T)ainted)/,
  },
  { open: /^Pid:(?: \d+,(?: comm:)?)?$/, end: /^(?:\d+, comm: |comm: |\S{1,15} (?:Not t|T)ainted)/ },
  { open: /^(?:Free|Total) swap *=?$/, end: /^=? *\d+kB$/ },
  {
    open: /\b(?:PID: \d+ Comm: |Pid: \d+, comm: )/,
    isWhole: / \d+\.\d+\S*(?= #|$)/,
    end: /^(?:(?:Not )?[Tt]ainted\b|(?:[A-Z-]{1,20} +)*\d+\.\d+[\w.+-]*(?: #|$))/,
  },
  {
    open: /\bTasks? in(?: \/\S*)?(?: killed)?(?: as)?(?: a)?(?: result)?(?: of)?(?: limit)?(?: of)?$/,
    end: /^(?:\/\S|killed\b|as\b|a\b|result\b|of\b|limit\b)/,
  },
  {
    open: /\b(?:memory\+swap|memory|swap|kmem): usage\b/,
    isWhole: /\bfailcnt \d+$/,
    end: /^(?:limit|failcnt|\d+kB,?|\d+$)/,
  },
  { open: /\bMemory cgroup stats for\b/, end: /^(?:\/\S|[a-z_]+:\d+KB\b)/ },
  {
    open: /\b(?:(?:in)?[Aa]ctive(?:_anon|_file)?|isolated_anon|unevictable|slab_reclaimable|slab|mapped|free|free_cma):\d+(?![\dkK])/,
    end: /^[a-z_]+:\d+(?![\dkK])/,
    isList: true,
  },
  {
    open: new RegExp(String.raw`(?:\b${ZONE_NAME} free|\bNode \d+ active_anon):\d+kB`),
    end: /^(?:[a-z_]+(?:\([a-z]+\))?: ?\d+[kK]B\b|[kK]B\b|pages_scanned:|all_unreclaimable\?|\d+[kK]B\b|(?:yes|no)$)/,
    isList: true,
  },
  {
    open: new RegExp(String.raw`\b${ZONE_NAME}:(?: \d+\*\d+kB.*)?$`),
    isWhole: /= \d+kB$/,
    end: /^(?:\d+\*\d+kB|\([A-Z]+\)|= ?\d+kB|=$|\d+kB$)/,
  },
  {
    open: new RegExp(String.raw`(?:^|\s)Node \d+(?: ${ZONE_NAME})?$`),
    end: new RegExp(String.raw`^(?:${ZONE_NAME}(?:$|:? )|free:\d|active_anon:\d|hugepages_total=)`),
  },
  { open: /\blowmem_reserve\[\]:(?: \d+)*$/, end: /^\d+(?: \d+)*$/ },
  {
    open: /(?:^|\s)\d+ (?:total(?: pagecache)?|pages(?: in(?: swap)?)?)$/,
    end: /^(?:pagecache|pages?|in|swap|cached?|RAM|High\S+|reserved|cma|hwpoisoned)\b/,
  },
  { open: /\bhugepages_total=/, isWhole: /\bhugepages_size=\d+kB$/, end: /^hugepages_/ },
  {
    open: /\[\s*pid\s*\]\s+uid\b/,
    isWhole: /\sname$/,
    end: /^(?:tgid|total_vm|rss|rss_\w+|nr_\w+|pgtables_bytes|swapents|cpu|oom_adj|oom_score_adj|name)(?:\s|$)/,
  },
  // A name has at most 15 bytes.
  { open: /\[\s*\d+\](?:\s+-?\d+){2,}$/, end: /^(?:-?\d+\s+)*(?:-?\d+|\S[^:[\]]{0,14})$/ },
  { open: /\boom-kill:constraint=/, isWhole: /,pid=\d+,uid=\d+$/, end: /^(?!_?[A-Z][A-Z_]+=)[^\s"{}]/ },
  {
    open: /\b[Oo]ut(?: of(?: [Mm]emory(?: \([a-z_]+\))?:?(?: [Kk]ill(?:ed)?)?)?)?$/,
    end: /^(?:of\b|[Mm]emory:|\([a-z_]+\):|[Kk]ill(?:ed)?\b|process\b)/,
  },
  { open: /\bOut of memory in UB \d+: OOM$/, end: /^killed process \d/ },
  { open: /\b[Kk]ill(?:ed)? process$/, end: /^\d+\b/ },
  { open: /\b[Kk]ill(?:ed)? process \d+,?$/, end: /^(?:\(|UID \d)/ },
  { open: /\b[Kk]ill process \d+ \(.*\)(?: score)?$/, end: /^(?:score\b|\d+ or\b)/ },
  {
    open: /\bKilled process \d+/,
    isWhole: /\boom_score_adj:-?\d+$/,
    end: /^(?:total-|vm:|vsz:|anon-|file-|shmem-|rss:|UID[: ]\d|pgtables:|oom_score_adj:|\d+(?:kB\b|$)|\()/,
    isList: true,
  },
  { open: /\boom_reaper: reaped(?: process(?: \d+)?)?$/, end: /^(?:process \d|\d+ \(|\()/ },
  {
    open: /\boom_reaper: reaped process/,
    isWhole: /\bshmem-rss:\d+[kl]B$/,
    end: /^(?:now\b|anon-|file-|shmem-|rss:|\d+[kl]B\b)/,
    isList: true,
  },
];

const ROW_FORM = WRAPPED.find(({ open }) => open.test('[1] 2 3'));
/** Ends with a colon, and is whole. */
const HEADING = new RegExp(`\\b${ZONE_NAME}:$|\\bMemory cgroup stats for .*:$`);
const WHO = /\bComm: .*ainted|\bcomm: .*ainted/;
const HEADER = /\[\s*pid\s*\]\s+(uid\s.*\sname)$/;
const ROW = /\[\s*\d+\](?:\s+-?\d+)+$/;
/** Numbers of a row behind its first one. */
const valuesOf = (row: string): number => (/\[\s*\d+\]((?:\s+-?\d+)+)(?=\s|$)/.exec(row)?.[1] ?? '').trim().split(/\s+/).length;
/** Where a line of a report begins, which no rest of another one does. */
const BEGINS =
  /\boom-killer:|\boom-kill:|\boom_reaper:|\bMem-[Ii]nfo:|\bOut of [Mm]emory|\bMemory cgroup|^\[\s*(?:pid|\d+)\s*\]|\bHardware name:|\bCall Trace:|\bTasks state|\bKilled process/;
const OF_A_REPORT =
  /oom[-_]|\boom|OOM|\binvoked$|\b[Oo]ut of|[Kk]ill(?:ed)? process|Mem-[Ii]nfo|free:\d|active_anon|total_vm|memory: usage/;
const NEAR = 1000;
/** Behind the end of a report. */
const SOON = 50;
/** Wider than this a terminal wraps; a shorter line has only ended. */
const NARROWEST = 60;
/** So many lines of the same width, and no narrower one that went on: a terminal. */
const SURE = 4;
/** Of one line: it is bounded, whatever comes. */
const MOST_PIECES = 64;
const LONGEST = 1 << 14;

/**
 * Joins lines that were wrapped, one after the other: a line of a report whose end is missing, and what follows without a time of its own and goes on as such a
 * line does. What does not fit is passed on as it is, so that nothing is lost.
 */
export class WrappedLines {
  private held: WholeLine | undefined;
  private form: (typeof WRAPPED)[number] | undefined;
  private pieces = 0;
  /** Lines of a report are looked for only near one: a log has a million others. */
  private near = 0;
  /** Of the table of tasks, without the name and the first number. */
  private columns = Number.POSITIVE_INFINITY;
  /** The last line as it stood in the text. */
  private raw = '';
  /** A terminal cuts at the same place each time, in the middle of words. */
  private widest = 0;
  private atWidest = 0;
  /** Lines that were joined though they were narrower: it was no terminal. */
  private narrower = 0;

  constructor(private readonly whole: (line: WholeLine) => void) {}

  /** None waits for its rest, and no line of a report was near (`isDone`: where one has ended, it is soon far): a line that can't begin one may be left out. */
  isFar(isDone: boolean): boolean {
    return this.held === undefined && this.near <= (isDone ? NEAR - SOON : 0);
  }

  /** A line that was left out: its width still tells of a terminal. */
  skip(raw: string): void {
    this.near--;
    if (raw.length > this.widest) [this.widest, this.atWidest] = [raw.length, 0];
    if (raw.length === this.widest) this.atWidest++;
    this.raw = raw;
  }

  push(line: LogLine, raw: string, number: number): void {
    const { held } = this;
    const edge = this.widest;
    const isCut = this.raw.length >= NARROWEST && this.raw.length === this.widest && this.atWidest > 1 && this.narrower === 0;
    if (raw.length > this.widest) [this.widest, this.atWidest] = [raw.length, 0];
    if (raw.length === this.widest) this.atWidest++;
    if (held !== undefined && line.time === undefined && line.text !== '' && this.fits(held.text, line.text, isCut)) {
      if (this.raw.length !== edge) this.narrower++;
      const hasBlank = /\s$/.test(this.raw) || /^\s/.test(raw.replace(/^(?:> ?)+/, ''));
      const glue = !hasBlank && this.isInWord(held.text, line.text, isCut) ? '' : ' ';
      this.held = undefined;
      this.pieces++;
      this.hold({ ...held, text: held.text + glue + line.text, dropped: held.dropped + line.dropped, last: number }, raw.length);
    } else {
      this.flush();
      this.pieces = 1;
      this.hold({ ...line, first: number, last: number }, raw.length);
    }
    this.raw = raw;
  }

  end(): void {
    this.flush();
  }

  private fits(before: string, text: string, isCut: boolean): boolean {
    if (this.pieces >= MOST_PIECES || before.length > LONGEST) return false;
    if (/^oom-killer:/.test(text)) return /\binvoked$/.test(before);
    if (/^Killed process/.test(text)) return /\b[Oo]ut of [Mm]emory:$/.test(before);
    const { form } = this;
    if (form === undefined || BEGINS.test(text)) return false;
    if (form.isWhole?.test(before) === true)
      return /^\d{1,7}$/.test(text) || (WHO.test(before) && /^[\w.+-]{0,40} ?#\d/.test(text));
    return isCut || form.end.test(text) || isValue(before, text) || this.isWholeWith(before, text);
  }

  /** A terminal cuts words, too: then both parts together are a whole line of its kind. */
  private isWholeWith(before: string, text: string): boolean {
    return this.raw.length >= NARROWEST && this.form?.isWhole?.test(before + text) === true;
  }

  /** Was it cut where no blank was? */
  private isInWord(before: string, text: string, isCut: boolean): boolean {
    if (/(?:[a-z]-|\|)$/.test(before) || text.startsWith('|') || isValue(before, text)) return true;
    // Numbers of a row are as wide as those of the next one: their width shows no terminal.
    if (ROW.test(before)) return valuesOf(`${before} ${text}`) > this.columns;
    if (WHO.test(before) && / \d[\d.]*\S*$/.test(before)) return !text.startsWith('#');
    // It has no blank but in names.
    if (before.includes('oom-kill:constraint=')) return isCut || !/,task=[^,]*$/.test(before);
    // Of a list of values the cut shows: a name without one, or a number that goes on.
    if (this.form?.isList === true)
      return !/(?:[\d)][kKl]?B?|[?,:]|yes|now?|process)$/.test(before) || (/\d$/.test(before) && /^(?:\d|[kK]B)/.test(text));
    // That so many lines are as wide as each other is no chance.
    return this.form?.end.test(text) === true ? isCut && this.atWidest >= SURE : isCut || this.isWholeWith(before, text);
  }

  /** A line that may go on is kept until the next one has come. */
  private hold(line: WholeLine, rawLength: number): void {
    if (OF_A_REPORT.test(line.text)) this.near = NEAR;
    const form = this.near-- > 0 ? formOf(line.text) : undefined;
    // A number at the edge of a terminal may go on.
    const isAtEdge = rawLength >= NARROWEST && rawLength === this.widest;
    const columns = HEADER.exec(line.text)?.[1];
    if (columns !== undefined) this.columns = columns.split(/\s+/).length - 1;
    if (form === undefined || (form.isWhole?.test(line.text) === true && !isAtEdge)) {
      this.whole(line);
      return;
    }
    this.held = line;
    this.form = form;
  }

  private flush(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) this.whole(held);
  }
}

/** Most lines of a report are rows of its table: of those only one that ends with a number may go on. */
function formOf(text: string): (typeof WRAPPED)[number] | undefined {
  if (/^\[\s*\d+\]\s/.test(text)) return /\d$/.test(text) && ROW_FORM?.open.test(text) === true ? ROW_FORM : undefined;
  return WRAPPED.find(({ open }) => open.test(text));
}

/** `order=` and `0`, `total-vm:` and `105068kB`: there is no blank between them. */
const isValue = (before: string, text: string): boolean =>
  /[a-z_][:=]$/.test(before) && !HEADING.test(before) && /^[\d(/-]/.test(text);
