import { utf8Text } from '../../base/utf8.js';
import type { OomTime } from '../../model/oom.js';

/** A longer line is cut: no line of a report is. */
const LONGEST = 1 << 14;

export interface LogLine {
  /** What the kernel printed, as far as the prefixes are known; trimmed. It has line ends where the kernel has printed several at once. */
  readonly text: string;
  readonly time?: OomTime;
  /** Lines that the kernel says it has dropped before this one. */
  readonly dropped: number;
}

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d+)?`;
const ZONE = String.raw`(?: ?(?:Z|[A-Z]{3,5}(?![\w.])|[+-]\d\d:?\d\d))?`;

type TimeKind = 'uptime' | 'micros' | 'unix' | 'text';
type TimeForm = readonly [form: RegExp, kind: TimeKind];

/** Of a line's beginning, each sticky; the first group is the time as told. By what the line begins with: a bracket, a digit, or a letter. */
const BRACKETED: readonly TimeForm[] = [
  // With the second CPU of Amlogic, and the time since the line before of `dmesg -d` and `journalctl -o short-delta`.
  [/\[\s*(?:\d+-)?(\d+\.\d+)s?(?:@\d+| <\s*\d+\.\d+ ?>|\s+)?\](?:(?<=@\d{1,3}\])[a-z-])?/y, 'uptime'],
  [new RegExp(String.raw`\[(${DAY} [^\[\]]{1,40}?\d{4})\]`, 'y'), 'text'],
  [new RegExp(String.raw`\[([^\[\]]{0,30}${CLOCK}[^\[\]]{0,30})\]`, 'y'), 'text'],
  [/\[([A-Z][a-z]{2}\s?\d{1,2} \d\d:\d\d)\]/y, 'text'],
  [/\[\s*([+<]\s*\d+\.\d+>?)\]/y, 'text'],
];
const CALENDAR = String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]${CLOCK}${ZONE}`;
const DIGITS: readonly TimeForm[] = [
  // /dev/kmsg: level, number, microseconds since the boot, flags.
  // netconsole may put the release before it.
  [/(?:\d+\.\d+[\w.+-]{0,80},)?\d{1,4},\d{1,19},(\d{1,19}),[-c+](?:,\w{1,20}=[^,;\s]{1,80})*;/y, 'micros'],
  [new RegExp(`(${CALENDAR})`, 'y'), 'text'],
  [/(\d{9,10}\.\d{3,9})(?=\s)/y, 'unix'],
];
const LETTERS: readonly TimeForm[] = [
  [new RegExp(`(${DAY},? ${CALENDAR})`, 'y'), 'text'],
  [new RegExp(String.raw`((?:${DAY},? )?[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? ${CLOCK}${ZONE}(?: \d{4})?)`, 'y'), 'text'],
];
const NO_FORMS: readonly TimeForm[] = [];

const LEVEL = '(?:emerg|alert|crit|err|warn|warning|notice|info|debug)';
/** The rest that loggers put before a line, each sticky. `with`: what the line must hold for it. */
const PREFIXES: readonly { readonly form: RegExp; readonly with?: string }[] = [
  { form: /\s+/y },
  // Talos, behind the time.
  { form: /:\s/y },
  { form: /(?:>\s?)+/y },
  { form: /<\d{1,4}>/y },
  { form: /\[\s*[TC]\d+\]/y },
  { form: /\[pid:[^[\]]*\]/y },
  // MediaTek: the CPU, and the task that prints.
  { form: /[-.]?\(\d{1,3}\)\[\d{1,10}:[^[\]]{0,40}\]/y },
  // journalctl -o export, and -o json-pretty.
  { form: /MESSAGE=/y },
  { form: /"(?:MESSAGE|message|msg|log|textPayload)"\s*:\s*"/y },
  // Who sent it, as netconsole's receivers write.
  { form: /\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?:?\s+(?=\d{1,4},\d|\d+\.\d+[^\s,]*,\d|[<[])/y, with: '.' },
  { form: /(?:stdout|stderr) [FP] /y },
  // RFC 5424: its version, and the fields between the time and the message.
  { form: /1 (?=\d{4}-\d\d-\d\dT)/y },
  { form: /\S{1,255} kernel \S{1,128} \S{1,32} -\s/y, with: ' kernel ' },
  { form: new RegExp(String.raw`[a-z]+\s*:\s*${LEVEL}\s*:\s`, 'y'), with: ':' },
  { form: new RegExp(String.raw`[a-z0-9]+\.${LEVEL}\s+`, 'y'), with: '.' },
  { form: /(?:\S{1,255}\s+)?kernel(?:\[\d+\])?:/y, with: 'kernel' },
  { form: /(?:\S{1,255}\s+)?(?:klogd|vmunix)(?:\[\d+\])?:/y, with: 'd' },
  { form: /[VDIWEF]\/kernel\s*\(\s*\d+\):/y, with: '/kernel' },
  { form: /[\w.-]{1,80}\s*\|\s/y, with: '|' },
  // grep of a file of the kernel's.
  { form: /\/(?:proc|sys)\/[\w./+-]{1,200}:/y, with: '/' },
];
const DROPPED = /\*\* (\d+) printk messages dropped \*\*/y;
const MOST_PREFIXES = 16;
const FARTHEST_TIME = 200;

/** Takes off what a log, a terminal or a web page has put around a line of the kernel. */
export function logLine(whole: string): LogLine {
  let line = whole.length > LONGEST ? whole.slice(0, LONGEST) : whole;
  let time: OomTime | undefined;
  let dropped = 0;
  // journalctl -o export puts the length, 64 bits from its low end, before a message of several lines.
  if (line.startsWith('\0\0\0\0\0', 3)) line = line.slice(8);
  // UTF-16, as some shells write files: what the kernel prints is ASCII but for names.
  if (line.includes('\0')) line = line.replaceAll('\0', '');
  const json = JSON_AT.exec(line);
  if (json !== null) {
    const inner = fromJson(line.slice(json[0].length - 1));
    line = inner?.text ?? line;
    time = inner?.time;
  }
  line = line.replace(BLANKS, ' ');
  if (line.includes('\x1b')) line = line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
  // rsyslog writes what can't be printed as an octal number.
  if (line.includes('#01')) line = line.replaceAll('#012', '\n').replaceAll('#011', '\t');
  // A text that went through two programs is escaped twice.
  if (line.includes('&')) line = unescaped(unescaped(line));
  if (line.includes('"')) line = unquoted(line);
  let at = 0;
  let isRecord = false;
  for (let count = 0; count < MOST_PREFIXES; count++) {
    const told = timeAt(line, at);
    if (told !== undefined) {
      isRecord ||= told.isRecord;
      time = bothTimes(time, told.time);
      at = told.end;
      continue;
    }
    DROPPED.lastIndex = at;
    const gap = DROPPED.exec(line);
    if (gap !== null) {
      dropped += Number(gap[1]);
      at = DROPPED.lastIndex;
      continue;
    }
    const end = prefixEnd(line, at) ?? kernelTime(line, at);
    if (end === undefined) break;
    at = end;
  }
  const text = body(line, at);
  return { text: isRecord && text.includes('\\x') ? fromRecord(text) : text, dropped, ...(time === undefined ? {} : { time }) };
}

/** Of a web page, behind a line. */
const TAGS = /(?:<\/?(?:br|span|div|td|tr|p|li|code|pre|b|i|font|samp|tt)\b[^<>]{0,80}>){1,8}$/;

/** What stands behind the prefixes, without what closes a mark that was opened before them. */
function body(line: string, at: number): string {
  let text = line.slice(at).trim();
  if (text.endsWith('>')) text = text.replace(TAGS, '').trimEnd();
  const before = at === 0 ? '' : line.slice(0, at);
  if (text.endsWith('`') && before.includes('`')) return text.replace(/`+$/, '').trimEnd();
  // An element of a list, as programs print them.
  if (/^\s*'/.test(before)) return text.replace(/',?$/, '');
  if (/^\s*"(?!\w+"\s*:)/.test(before)) return text.replace(/",?$/, '').replace(/\\(["\\/])/g, '$1');
  return text;
}

/** The kernel's own time is the one that all lines of a report share; a date before it says when that was. */
function bothTimes(first: OomTime | undefined, second: OomTime): OomTime {
  if (first === undefined) return second;
  if (first.uptimeSeconds !== undefined || second.uptimeSeconds === undefined) return first;
  return first.unixMs === undefined ? second : { ...second, unixMs: first.unixMs };
}

/** What can't be printed in a record of /dev/kmsg is there as `\xNN`, bytes of a name and the end of a line alike. */
const fromRecord = (text: string): string =>
  text.replace(/(?:\\x[0-9a-f]{2})+/g, (codes) =>
    utf8Text(Uint8Array.from(codes.slice(2).split('\\x'), (code) => Number.parseInt(code, 16))),
  );

interface Told {
  readonly time: OomTime;
  readonly end: number;
  /** It is a record of /dev/kmsg. */
  readonly isRecord: boolean;
}

function timeAt(line: string, at: number): Told | undefined {
  for (const [form, kind] of formsFor(line.charCodeAt(at))) {
    form.lastIndex = at;
    const text = form.exec(line)?.[1];
    if (text === undefined) continue;
    const end = form.lastIndex;
    if (kind === 'micros') {
      const seconds = Number(text) / 1e6;
      return { time: { text: seconds.toFixed(6), uptimeSeconds: seconds }, end, isRecord: true };
    }
    const isRecord = false;
    if (kind === 'uptime') return { time: { text, uptimeSeconds: Number(text) }, end, isRecord };
    if (kind === 'unix') return { time: { text, unixMs: Number(text) * 1000 }, end, isRecord };
    const unixMs = /\d{4}[-/]\d/.test(text) && /(?:Z|UTC|[+-]\d\d:?\d\d)$/.test(text) ? calendarMs(text) : undefined;
    return { time: { text, ...(unixMs === undefined ? {} : { unixMs }) }, end, isRecord };
  }
  return undefined;
}

function formsFor(letter: number): readonly TimeForm[] {
  if (letter === BRACKET) return BRACKETED;
  if (letter >= 0x30 && letter <= 0x39) return DIGITS;
  return letter >= 0x41 && letter <= 0x5a ? LETTERS : NO_FORMS;
}

const BRACKET = 0x5b;

function calendarMs(text: string): number | undefined {
  const told = /(\d{4})[-/](\d\d)[-/](\d\d)[T ]([\d:]+)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)$/.exec(text);
  if (told === null) return undefined;
  const [, year, month, day, clock, fraction, zone = 'Z'] = told;
  const offset = zone.startsWith('+') || zone.startsWith('-') ? zone.replace(/^(...):?/, '$1:') : 'Z';
  const ms = Date.parse(`${year}-${month}-${day}T${clock}.${(fraction ?? '0').slice(0, 3)}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function prefixEnd(line: string, at: number): number | undefined {
  for (const { form, with: word } of PREFIXES) {
    if (word !== undefined && !line.includes(word)) continue;
    form.lastIndex = at;
    if (form.test(line) && form.lastIndex > at) return form.lastIndex;
  }
  return undefined;
}

/** Behind a prefix that nobody knows the kernel's own time may stand. */
function kernelTime(line: string, at: number): number | undefined {
  if (line.indexOf('[', at) < 0) return undefined;
  const from = line.slice(at, at + FARTHEST_TIME).search(/\[\s*\d{1,8}\.\d{3,6}\]/);
  return from > 0 ? at + from : undefined;
}

/** An object in a line of its own, in a stream of events, in a sequence (RFC 7464), or as a row of a list. */
const JSON_AT = /^(?:data: |\x1e|- |[ \t]{0,8}\[?[ \t]{0,8})\{/;
type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Docker's json-file driver, `journalctl -o json`, and what collectors of logs make of them. */
function fromJson(line: string): { readonly text: string; readonly time?: OomTime } | undefined {
  let told: unknown;
  try {
    told = JSON.parse(line.slice(0, line.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
  if (!isFields(told)) return undefined;
  const fields = told;
  const inner = [fields, fields['jsonPayload'], fields['_source']].filter(isFields);
  const text = inner.flatMap((one) => JSON_TEXTS.map((key) => textOf(one[key]))).find((one) => one !== undefined);
  if (text === undefined) return undefined;
  const time = fields['time'] ?? fields['@timestamp'] ?? fields['timestamp'];
  if (typeof time === 'string') {
    const unixMs = calendarMs(time);
    return { text, time: { text: time, ...(unixMs === undefined ? {} : { unixMs }) } };
  }
  // dmesg -J.
  if (typeof time === 'number' && fields['pri'] !== undefined)
    return { text, time: { text: time.toFixed(6), uptimeSeconds: time } };
  const journal = journalTime(fields['__REALTIME_TIMESTAMP'], fields['_SOURCE_MONOTONIC_TIMESTAMP']);
  return { text, ...(journal === undefined ? {} : { time: journal }) };
}

/** Microseconds since 1970 when the journal got the line, and since the boot when the kernel printed it. */
function journalTime(real: unknown, monotonic: unknown): OomTime | undefined {
  const isNumber = (told: unknown): told is string => typeof told === 'string' && /^\d{1,16}$/.test(told);
  const wall = isNumber(real) ? { unixMs: Number(real) / 1000 } : {};
  if (isNumber(monotonic)) {
    const uptimeSeconds = Number(monotonic) / 1e6;
    return { text: uptimeSeconds.toFixed(6), uptimeSeconds, ...wall };
  }
  return isNumber(real) ? { text: real, ...wall } : undefined;
}

/** A field of a record that is not the message. */
const FIELD =
  /^[ \t]{0,12}(?:"(?!(?:MESSAGE|message|msg|log|textPayload)"\s*:)([\w@.-]{1,60})"\s*:\s*"?([^",]{0,40})|(?!MESSAGE=)(_{0,2}[A-Z][A-Z0-9_]{0,60})=(.{0,40})|MESSAGE[ \t\r]*$|[{}[\], \t\r]+$)/;
/** The head of a record of `journalctl -o verbose`, of the one before it `--` and of the export. */
const VERBOSE = /\[s=[0-9a-f]{1,32};i=[0-9a-f]+;/;

/**
 * A line of a record (journalctl -o export, verbose and json-pretty, dmesg -J, /dev/kmsg) that is not its message; with what it tells of the time of the
 * message that follows. Undefined: it is none.
 */
export function recordLine(line: string): { readonly time?: OomTime } | undefined {
  if (VERBOSE.test(line)) return logTime(line);
  const told = FIELD.exec(line);
  if (told === null) return undefined;
  const [, key = told[3], value = told[4] ?? ''] = told;
  if (key === '__REALTIME_TIMESTAMP') {
    const time = journalTime(value.trim(), undefined);
    return time === undefined ? {} : { time };
  }
  if (key !== 'time' || !/^\d+\.\d+$/.test(value)) return {};
  return { time: { text: value, uptimeSeconds: Number(value) } };
}

function logTime(line: string): { readonly time?: OomTime } {
  const { time } = logLine(line);
  return time === undefined ? {} : { time };
}

const JSON_TEXTS = ['log', 'MESSAGE', 'message', 'msg', 'textPayload'];

/** The journal gives a message as numbers when it is no text: a name or a colour in it is enough. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
    return undefined;
  return utf8Text(Uint8Array.from(value as number[]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

function unescaped(line: string): string {
  return line.replace(
    /&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{2,3})|#x([\da-f]{2}));/gi,
    (whole, name?: string, number?: string, hex?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = number === undefined ? Number.parseInt(hex ?? '', 16) : Number(number);
      return code === NO_BREAK ? ' ' : code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : whole;
    },
  );
}

const NO_BREAK = 0xa0;
/** Blanks as web pages and word processors have them. */
const BLANKS = /[\u00a0\u2007\u202f]/g;

/** A column of a CSV file, or a value of JSON that stands in a line of its own: the quotes at its end are none of the kernel's. */
function unquoted(line: string): string {
  const told = /^\s*(?:"(?:MESSAGE|message|msg|log|textPayload)"\s*:\s*")?/.exec(line)?.[0] ?? '';
  if (told.includes('"'))
    return (
      told +
      line
        .slice(told.length)
        .replace(/",?\s*$/, '')
        .replace(/\\(["\\/nt])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter))
    );
  return line.startsWith('"') ? line.replace(/",?\s*$/, '').replaceAll('""', '"') : line;
}
