import type { OomTime } from '../../model/oom.js';

/** A longer line is cut: no line of a report is. */
const LONGEST = 1 << 14;

export interface LogLine {
  /** What the kernel printed, as far as the prefixes are known; trimmed. */
  readonly text: string;
  readonly time?: OomTime;
  /** Lines that the kernel says it has dropped before this one. */
  readonly dropped: number;
}

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d+)?`;
const ZONE = String.raw`(?: ?(?:Z|[A-Z]{3,5}(?![\w.])|[+-]\d\d:?\d\d))?`;

/** Of a line's beginning, each sticky; the first group is the time as told. */
const TIMES: readonly { readonly form: RegExp; readonly kind: 'uptime' | 'micros' | 'unix' | 'calendar' | 'text' }[] = [
  { form: /\[\s*(?:\d+-)?(\d+\.\d+)s?(?:@\d+| <\s*\d+\.\d+ ?>)?\]/y, kind: 'uptime' },
  // /dev/kmsg: level, number, microseconds since the boot, flags.
  // netconsole may put the release before it.
  { form: /(?:\d+\.\d+[\w.+-]{0,80},)?\d{1,4},\d{1,19},(\d{1,19}),[-c+](?:,\w{1,20}=[^,;\s]{1,80})*;/y, kind: 'micros' },
  { form: new RegExp(String.raw`\[(${DAY} [^\[\]]{1,40}?\d{4})\]`, 'y'), kind: 'text' },
  { form: new RegExp(String.raw`\[([^\[\]]{0,30}${CLOCK}[^\[\]]{0,30})\]`, 'y'), kind: 'text' },
  { form: /\[([A-Z][a-z]{2}\s?\d{1,2} \d\d:\d\d)\]/y, kind: 'text' },
  { form: /\[\s*([+<]\s*\d+\.\d+>?)\]/y, kind: 'text' },
  { form: new RegExp(String.raw`((?:${DAY},? )?\d{4}[-/]\d\d[-/]\d\d[T ]${CLOCK}${ZONE})`, 'y'), kind: 'calendar' },
  {
    form: new RegExp(String.raw`((?:${DAY},? )?[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? ${CLOCK}${ZONE}(?: \d{4})?)`, 'y'),
    kind: 'text',
  },
  { form: /(\d{9,10}\.\d{3,9})(?=\s)/y, kind: 'unix' },
];

const LEVEL = '(?:emerg|alert|crit|err|warn|warning|notice|info|debug)';
/** The rest that loggers put before a line. */
const PREFIXES: readonly RegExp[] = [
  /\s+/y,
  /(?:>\s?)+/y,
  /<\d{1,4}>/y,
  /\[\s*[TC]\d+\]/y,
  /\[pid:[^[\]]*\]/y,
  // MediaTek: the CPU, and the task that prints.
  /\(\d{1,3}\)\[\d{1,10}:[^[\]]{0,40}\]/y,
  // journalctl -o export, and -o json-pretty.
  /MESSAGE=/y,
  /"(?:MESSAGE|message|msg|log|textPayload)"\s*:\s*"/y,
  // Who sent it, as netconsole's receivers write.
  /\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?:?\s+(?=\d{1,4},\d|\d+\.\d+[^\s,]*,\d|[<[])/y,
  /(?:stdout|stderr) [FP] /y,
  new RegExp(String.raw`[a-z]+\s*:\s*${LEVEL}\s*:\s`, 'y'),
  new RegExp(String.raw`[a-z0-9]+\.${LEVEL}\s+`, 'y'),
  /(?:\S{1,255}\s+)?(?:kernel|klogd|vmunix)(?:\[\d+\])?:/y,
  /[VDIWEF]\/kernel\s*\(\s*\d+\):/y,
  /[\w.-]{1,80}\s*\|\s/y,
  // grep of a file of the kernel's.
  /\/(?:proc|sys)\/[\w./+-]{1,200}:/y,
];
const DROPPED = /\*\* (\d+) printk messages dropped \*\*/y;
const MOST_PREFIXES = 16;
const FARTHEST_TIME = 200;

/** Takes off what a log, a terminal or a web page has put around a line of the kernel. */
export function logLine(whole: string): LogLine {
  let line = whole.length > LONGEST ? whole.slice(0, LONGEST) : whole;
  let time: OomTime | undefined;
  let dropped = 0;
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
  // A text that went through two programs is escaped twice.
  if (line.includes('&')) line = unescaped(unescaped(line));
  if (line.includes('"')) line = unquoted(line);
  let at = 0;
  for (let count = 0; count < MOST_PREFIXES; count++) {
    const told = timeAt(line, at);
    if (told !== undefined) {
      // The kernel's own time is the one that all lines of a report share.
      if (time?.uptimeSeconds === undefined) time = told.time.uptimeSeconds === undefined ? (time ?? told.time) : told.time;
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
  return {
    text: line
      .slice(at)
      .replace(/<br ?\/?>$/, '')
      .trim(),
    dropped,
    ...(time === undefined ? {} : { time }),
  };
}

function timeAt(line: string, at: number): { readonly time: OomTime; readonly end: number } | undefined {
  for (const { form, kind } of TIMES) {
    form.lastIndex = at;
    const text = form.exec(line)?.[1];
    if (text === undefined) continue;
    const end = form.lastIndex;
    if (kind === 'micros') {
      const seconds = Number(text) / 1e6;
      return { time: { text: seconds.toFixed(6), uptimeSeconds: seconds }, end };
    }
    if (kind === 'uptime') return { time: { text, uptimeSeconds: Number(text) }, end };
    if (kind === 'unix') return { time: { text, unixMs: Number(text) * 1000 }, end };
    const unixMs = kind === 'calendar' && /(?:Z|UTC|[+-]\d\d:?\d\d)$/.test(text) ? calendarMs(text) : undefined;
    return { time: { text, ...(unixMs === undefined ? {} : { unixMs }) }, end };
  }
  return undefined;
}

function calendarMs(text: string): number | undefined {
  const told = /(\d{4})[-/](\d\d)[-/](\d\d)[T ]([\d:]+)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)$/.exec(text);
  if (told === null) return undefined;
  const [, year, month, day, clock, fraction, zone = 'Z'] = told;
  const offset = zone.startsWith('+') || zone.startsWith('-') ? zone.replace(/^(...):?/, '$1:') : 'Z';
  const ms = Date.parse(`${year}-${month}-${day}T${clock}.${(fraction ?? '0').slice(0, 3)}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function prefixEnd(line: string, at: number): number | undefined {
  for (const form of PREFIXES) {
    form.lastIndex = at;
    if (form.test(line) && form.lastIndex > at) return form.lastIndex;
  }
  return undefined;
}

/** Behind a prefix that nobody knows the kernel's own time may stand. */
function kernelTime(line: string, at: number): number | undefined {
  const from = line.slice(at, at + FARTHEST_TIME).search(/\[\s*\d{1,8}\.\d{3,6}\]/);
  return from > 0 ? at + from : undefined;
}

/** An object in a line of its own, in a stream of events, or as a row of a list. */
const JSON_AT = /^(?:data: |[ \t]{0,8}\[?[ \t]{0,8})\{/;
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
  const micros = fields['__REALTIME_TIMESTAMP'];
  if (typeof time === 'string') {
    const unixMs = calendarMs(time);
    return { text, time: { text: time, ...(unixMs === undefined ? {} : { unixMs }) } };
  }
  if (typeof micros === 'string' && /^\d{1,16}$/.test(micros))
    return { text, time: { text: micros, unixMs: Number(micros) / 1000 } };
  return { text };
}

const JSON_TEXTS = ['log', 'MESSAGE', 'message', 'msg', 'textPayload'];

/** The journal gives a message as numbers when it is no text: a name or a colour in it is enough. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
    return undefined;
  return String.fromCharCode(...(value as number[]));
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
        .replace(/\\(["\\/])/g, '$1')
        .replaceAll('\\t', '\t')
    );
  return line.startsWith('"') ? line.replace(/",?\s*$/, '').replaceAll('""', '"') : line;
}
