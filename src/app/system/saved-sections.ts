import { knownBy, savedAs } from './saved-names.js';

/** `==> /proc/meminfo <==`, `--- /proc/meminfo ---`, `### meminfo:`; and the line of a shell that printed the file, with its prompt or without. */
const HEADINGS: readonly RegExp[] = [
  /^==> (\S.*?) <==$/,
  /^[-=#*+_~]{2,}\s*(\/?[\w@.:+-]+(?:\/[\w@.:+-]+)*)\s*:?\s*(?:[-=#*+_~]{2,})?$/,
  /^(?:.{0,120}?[$#>]\s*)?(?:sudo\s+|su\s+-c\s+|adb\s+shell\s+)*["']?(?:(?:\/usr)?\/bin\/)?(?:cat|tail|head|more)\s+(?:-\S+\s+)*(\/\S+?)["']?(?:\s.*)?$/,
  /^(?:# )?(\/(?:proc|sys)\/[\w@.:+/-]+):?$/,
  /^.{0,120}?[$#>]\s*(?:sudo\s+)?(lsmod)$/,
];

export interface Section {
  /** The file that it is, `/proc/meminfo`; undefined: neither its heading nor its text tells. */
  readonly path?: string;
  readonly heading?: string;
  readonly text: string;
}

/**
 * A text that holds one file, or several: below headings, or one right after the other. Line ends are those of Unix afterwards, and marks of quotes and logs in front of the lines
 * are gone.
 */
export function savedSections(text: string): readonly Section[] {
  const sections: Open[] = [{ lines: [] }];
  for (const line of bare(text)) {
    const last = sections.at(-1) as Open;
    const part = partOf(line);
    if (part !== undefined) {
      sections.push({ ...part, lines: [] });
      continue;
    }
    const heading = headingOf(line);
    if (heading !== undefined) {
      sections.push({ heading, path: savedAs(heading), lines: [] });
      continue;
    }
    const path = line.length > LONGEST_START ? undefined : knownBy(line);
    if (path === undefined || path === last.path || isInside(path, last.path)) last.lines.push(line);
    // What was before it has no heading of its own, or is of another file.
    else if (last.lines.every((blank) => blank.trim() === '')) Object.assign(last, { path, lines: [line] });
    else sections.push({ path, lines: [line] });
  }
  return sections.flatMap(({ heading, path, isForeign, lines }): readonly Section[] => {
    const body = lines.join('\n');
    if (body.trim() === '' || (isForeign && path === undefined)) return [];
    // What is printed ends with a line end, but for the last of a text that is cut.
    const whole = body.endsWith('\n') || sections.length === 1 ? body : `${body}\n`;
    return [{ ...(path === undefined ? {} : { path }), ...(heading === undefined ? {} : { heading }), text: whole }];
  });
}

interface Open {
  readonly heading?: string;
  path?: string | undefined;
  readonly isForeign?: true;
  lines: string[];
}

/** What begins or ends a part of a bugreport of Android, and of a supportconfig; most of them are nothing of the kernel's memory, so that those without a file are not named. */
const PARTS: readonly RegExp[] = [/^-{6} (.{1,200}) -{6}$/, /^#==\[ (.{1,60}) \]=+#$/];

/** Lines that begin a file are short, but for mounts. */
const LONGEST_START = 1000;

/** pagetypeinfo ends with a table that looks like buddyinfo. */
const isInside = (path: string, file: string | undefined): boolean => file === '/proc/pagetypeinfo' && path === '/proc/buddyinfo';

/** `/proc/meminfo:MemTotal:`, as grep writes lines of several files. */
const GREP = /^(\/(?:proc|sys)\/[^\s:]+):(.*)$/;
/** In front of each line of a quote, of a listing or of the kernel's log. */
const BEFORE = /^(?:[ \t>|]+|\[[ \d.]+\] ?)(?=MemTotal:)/m;

function bare(text: string): readonly string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r*\n/);
  if (lines.some((line) => line.startsWith('/proc/meminfo:MemTotal:'))) return headed(lines);
  const before = BEFORE.exec(text)?.[0];
  if (before === undefined || /^MemTotal:/m.test(text)) return lines;
  return lines.map((line) =>
    before.startsWith('[')
      ? line.replace(/^\[[ \d.]+\] ?/, '')
      : line.startsWith(before)
        ? line.slice(before.length)
        : line.trimStart(),
  );
}

/** With a heading in place of the path on each line. */
function headed(lines: readonly string[]): readonly string[] {
  let file: string | undefined;
  return lines.flatMap((line) => {
    const [, path, rest = ''] = GREP.exec(line) ?? [];
    if (path === undefined) return [line];
    const isNew = path !== file;
    file = path;
    return isNew ? [`==> ${path} <==`, rest] : [rest];
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
