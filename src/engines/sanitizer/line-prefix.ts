/**
 * What stands before a report's text in a log: time stamps that change with each line, and names that tell one stream
 * from another (`web_1  | `, `I/wrap.sh (12487): `). Only the names make the channel.
 */

/** ECMA-48 control sequences (colours), and operating system or application commands (Buildkite's time stamps). */
const CONTROL = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[\]_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][0-9A-Za-z]/g;
/** What is left of a colour code when a page ate its escape character. */
const BARE_COLOUR = /(?:\^\[|\u241b)?\[(?:\d{1,2}(?:;\d{1,3})*)?m/g;

const TIME_STAMP =
  /\d{4}[-/]\d\d[-/]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2},? (?:\d{4} )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}|\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?|\[ *\d{1,9}\.\d{1,9}\]|(?:^|\s)\d{1,7}\.\d{1,6}(?=\s)/g;

/** A line with none of these is shown as it is. */
const CHANGED = /[\x1b\u00a0&\r]/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#x27;': "'",
  '&#34;': '"',
  '&nbsp;': ' ',
};

/** Of a report that was cut out of a web page or of an XML file (JUnit's `system-err`): C++ writes none of these. */
export function withoutEntities(text: string): string {
  return text.replace(/&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);/g, (entity) => ENTITIES[entity] ?? entity);
}

/**
 * The line as a terminal would show it: no colours, and nothing of what a carriage return let overwrite. Blanks and
 * brackets as the runtime wrote them, whatever a web page made of them.
 */
export function stripControls(line: string): string {
  if (!CHANGED.test(line)) return line;
  let shown = line.includes('\x1b') ? line.replace(CONTROL, '') : line;
  if (shown.includes('\u00a0')) shown = shown.replaceAll('\u00a0', ' ');
  if (shown.includes('&')) shown = withoutEntities(shown);
  const overwritten = shown.lastIndexOf('\r', shown.length - 2);
  return overwritten < 0 ? shown : shown.slice(overwritten + 1);
}

/** The stream a line belongs to, by what stands before the report's own text. */
export function channelOf(prefix: string): string {
  if (prefix === '' || prefix.trim() === '') return '';
  return prefix.replace(BARE_COLOUR, '').replace(TIME_STAMP, '').replace(/\s+/g, ' ').trim();
}

/** The channel without its numbers, for logs that count their lines or name a thread in each. */
export function looseChannel(channel: string): string {
  return channel === '' ? '' : channel.replace(/\d+/g, '0');
}

const KNOWN_PREFIX = [
  // ISO time stamps, with or without brackets; GitHub Actions, docker, journald.
  /^\[?\d{4}[-/]\d\d[-/]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?:? */,
  // logcat, brief and threadtime
  /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} +(?:\d+ +\d+ )?[VDIWEFA][ /][^:]{0,80}: ?/,
  // syslog: date, host, program[pid]
  /^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \S{1,80} [^:\s]{1,80}: /,
  /^[[(]?\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?[\])]? */,
  // Azure Pipelines
  /^##\[\w{1,20}\]/,
  /^\[ *\d{1,9}\.\d{1,9}\] */,
  // docker compose, foreman
  /^[\w.-]{1,80} *\| /,
  // ctest
  /^\d{1,6}: /,
  // docker buildkit: step and seconds
  /^#\d{1,4} \d{1,7}\.\d{1,4} /,
  /^(?:remote|stderr|stdout|err|out|E|I|W): /i,
  /^\[[\w .:/-]{1,60}\] */,
  /^> ?/,
];

/** The text of a line of a log without what is known to stand before it. */
export function withoutPrefix(line: string): string {
  let text = line.trimStart().replace(BARE_COLOUR, '');
  // An absolute path: none of them begins so.
  if (text.charCodeAt(0) === 47) return text;
  for (let round = 0; round < 6; round++) {
    const known = KNOWN_PREFIX.find((prefix) => prefix.test(text));
    if (!known) return text;
    text = text.replace(known, '').trimStart();
  }
  return text;
}
