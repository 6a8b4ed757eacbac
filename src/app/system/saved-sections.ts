import { knownBy, savedAs } from './saved-names.js';

/** `==> /proc/meminfo <==`, `--- /proc/meminfo ---`, `### meminfo:`; and the line of a shell that printed the file, with its prompt or without. */
const HEADINGS: readonly RegExp[] = [
  /^==> (\S.*?) <==$/,
  /^(?:[-=#*+~]{2,}\s*|_{2,}\s+)(\/?[\w@.:+-]+(?:\/[\w@.:+-]+)*)\s*:?\s*(?:[-=#*+_~]{2,})?$/,
  /^(?:.{0,120}?[$#>]\s*)?(?:sudo\s+|su\s+-c\s+|adb\s+shell\s+)*["']?(?:(?:\/usr)?\/bin\/)?(?:cat|tail|head|more)\s+(?:-\S+\s+)*(\/\S+?)["']?(?:\s.*)?$/,
  /^(?:# )?(\/(?:proc|sys)\/[\w@.:+/-]+):?$/,
  /^.{0,120}?[$#>]\s*(?:sudo\s+)?(lsmod)$/,
];

export interface Section {
  /** The file that it is, `/proc/meminfo`; undefined: neither its heading nor its text tells. */
  readonly path?: string;
  readonly heading?: string;
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/**
 * A text that holds one file, or several: below headings, or one right after the other. Line ends are those of Unix afterwards, and marks of quotes and logs in front of the lines
 * are gone.
 */
export function savedSections(text: string): readonly Section[] {
  const sections: Open[] = [{ lines: [], line: 1 }];
  for (const { line, number } of bare(text)) {
    const last = sections.at(-1) as Open;
    const part = partOf(line);
    if (part !== undefined) {
      sections.push({ ...part, lines: [], line: number + 1 });
      continue;
    }
    const heading = headingOf(line);
    if (heading !== undefined) {
      sections.push({ heading, path: savedAs(heading), lines: [], line: number + 1 });
      continue;
    }
    const path = line.length > LONGEST_START ? undefined : knownBy(line);
    if (path === undefined || path === last.path || isInside(path, last.path)) last.lines.push(line);
    // What was before it has no heading of its own, or is of another file.
    else if (last.lines.every((blank) => blank.trim() === '')) Object.assign(last, { path, lines: [line], line: number });
    else sections.push({ path, lines: [line], line: number });
  }
  return sections.flatMap(({ heading, path, isForeign, lines, line }): readonly Section[] => {
    const body = lines.join('\n');
    if (body.trim() === '' || (isForeign && path === undefined)) return [];
    // What is printed ends with a line end, but for the last of a text that is cut.
    const whole = body.endsWith('\n') || sections.length === 1 ? body : `${body}\n`;
    return [{ ...(path === undefined ? {} : { path }), ...(heading === undefined ? {} : { heading }), text: whole, line }];
  });
}

interface Open {
  readonly heading?: string;
  path?: string | undefined;
  readonly isForeign?: true;
  lines: string[];
  line: number;
}

/** What begins or ends a part of a bugreport of Android, and of a supportconfig; most of them are nothing of the kernel's memory, so that those without a file are not named. */
const PARTS: readonly RegExp[] = [/^-{6} (.{1,200}) -{6}$/, /^#==\[ (.{1,60}) \]=+#$/];

/** Lines that begin a file are short, but for mounts. */
const LONGEST_START = 1000;

/** pagetypeinfo ends with a table that looks like buddyinfo. */
const isInside = (path: string, file: string | undefined): boolean => file === '/proc/pagetypeinfo' && path === '/proc/buddyinfo';

/** `/proc/meminfo:MemTotal:`, as grep writes lines of several files. */
const GREP = /^(\/(?:proc|sys)\/[^\s:]+):(.*)$/;
/** The first line of a file that is known by it. */
const GREP_START =
  /^\/proc\/(?:meminfo:MemTotal:|slabinfo:slabinfo - version|vmallocinfo:0x|zoneinfo:Node|vmstat:nr_free_pages )/;
/** In front of each line of a quote, of a listing or of the kernel's log. */
const BEFORE = /^(?:[ \t>|]+|\[[ \d.]+\] ?)(?=MemTotal:)/m;

interface Numbered {
  readonly line: string;
  readonly number: number;
}

const numbered = (lines: readonly string[]): readonly Numbered[] => lines.map((line, at) => ({ line, number: at + 1 }));

function bare(text: string): readonly Numbered[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r*\n/);
  if (lines.some((line) => GREP_START.test(line))) return headed(lines);
  const before = BEFORE.exec(text)?.[0];
  if (before === undefined || /^MemTotal:/m.test(text)) return numbered(lines);
  return numbered(
    lines.map((line) =>
      before.startsWith('[')
        ? line.replace(/^\[[ \d.]+\] ?/, '')
        : line.startsWith(before)
          ? line.slice(before.length)
          : line.trimStart(),
    ),
  );
}

/** With a heading in place of the path on each line. */
function headed(lines: readonly string[]): readonly Numbered[] {
  let file: string | undefined;
  return numbered(lines).flatMap(({ line, number }) => {
    const [, path, rest = ''] = GREP.exec(line) ?? [];
    if (path === undefined) return [{ line, number }];
    const isNew = path !== file;
    file = path;
    const row = { line: rest, number };
    return isNew ? [{ line: `==> ${path} <==`, number: number - 1 }, row] : [row];
  });
}

/** `------ MEMORY INFO (/proc/meminfo: 2023-01-01 10:00:00) ------`, `------ 0.001s was the duration of 'MEMORY INFO' ------` */
function partOf(
  line: string,
): { readonly heading?: string; readonly path?: string | undefined; readonly isForeign?: true } | undefined {
  if (line.length > 300) return undefined;
  for (const pattern of PARTS) {
    const title = pattern.exec(line.trimEnd())?.[1];
    if (title === undefined) continue;
    const file = /\((\/(?:proc|sys)\/[^\s:)]+)/.exec(title)?.[1];
    const path = file === undefined ? undefined : savedAs(file);
    return path === undefined ? { isForeign: true } : { heading: title, path };
  }
  return undefined;
}

function headingOf(line: string): string | undefined {
  if (line.length > 300) return undefined;
  const trimmed = line.trim();
  for (const pattern of HEADINGS) {
    const heading = pattern.exec(trimmed)?.[1];
    if (heading !== undefined) return heading;
  }
  return undefined;
}
