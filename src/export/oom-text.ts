import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { explainOom, type OomExplanation } from '../insight/oom/explain-oom.js';
import { oomPartWords } from '../insight/oom/oom-part-words.js';
import { groupAmounts, oomStory } from '../insight/oom/oom-story.js';
import type { OomHolder } from '../insight/oom/oom-victim.js';
import { besideEvents, oomHeadline, oomWhenText, oomZoneStateText } from '../insight/oom/oom-words.js';
import type { OomZoneVerdict } from '../insight/oom/oom-zones.js';
import type { OomEvent, OomReport, OomZone } from '../model/oom.js';
import { cutToWidth } from './display-width.js';
import { amountText } from './map-amounts.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface OomTextOptions {
  /** What the log is, for people. */
  readonly name: string;
  /** When the machine was booted, in milliseconds since 1970: the kernel counts from there. */
  readonly bootMs?: number;
  /** Of the terminal, in cells. */
  readonly width?: number;
  /** With all tasks. */
  readonly verbose: boolean;
}

/** Of a table of tasks for people. */
const MOST_TASKS = 20;
/** Of the statistics of a control group. */
const MOST_AMOUNTS = 8;

/** Each event for people: the list first when there are several. `chosen`: the events that are told, by their place from 0; undefined: all. */
export function* oomText(report: OomReport, only: number | undefined, options: OomTextOptions): Generator<string> {
  const { events, eventsLeftOut, lines } = report;
  const { name, width } = options;
  if (events.length === 0) {
    yield lines === 0
      ? `There is no text in ${visibleText(name)}: nothing was read.\n`
      : `No kill for lack of memory was found in ${visibleText(name)}: ${formatCount(lines, 'line')} ${lines === 1 ? 'was' : 'were'} read.\n`;
    yield* others(report);
    return;
  }
  if (events.length > 1 && only === undefined) {
    yield `${formatCount(events.length, 'time')} memory ran out in ${visibleText(name)}\n\n`;
    for (const [at, event] of events.entries()) {
      const line = `${String(at + 1).padStart(String(events.length).length)}  ${whenText(event, options.bootMs)}  ${visibleText(oomHeadline(event))}`;
      yield `${width === undefined ? line : cutToWidth(line, width)}\n`;
    }
    if (eventsLeftOut > 0)
      yield `and ${formatCount(eventsLeftOut, 'more event')}, which ${eventsLeftOut === 1 ? 'is' : 'are'} not kept\n`;
    yield '\n';
  }
  const shown = only === undefined ? [...events.keys()] : [only];
  for (const [place, at] of shown.entries()) {
    const event = events[at];
    if (event === undefined) continue;
    if (place > 0) yield '\n';
    yield* eventText(event, events.length > 1 ? at + 1 : undefined, options);
  }
  yield* others(report);
}

function* others(report: OomReport): Generator<string> {
  for (const told of besideEvents(report)) yield `\n${told}\n`;
}

const whenText = (event: OomEvent, bootMs: number | undefined): string => visibleText(oomWhenText(event, bootMs) ?? '-');

function* eventText(event: OomEvent, number: number | undefined, options: OomTextOptions): Generator<string> {
  const explained = explainOom(event);
  const story = oomStory(event, explained);
  const { width } = options;
  yield `${number === undefined ? '' : `${number}. `}${visibleText(oomHeadline(event))}\n`;
  yield `   ${[whenText(event, options.bootMs), ...(event.kernel === undefined ? [] : [`Linux ${visibleText(event.kernel)}`]), `lines ${event.firstLine} to ${event.lastLine}`].join(', ')}\n`;
  yield* section('Who asked', story.asked);
  yield* section('Why', story.why);
  yield* zones(event, explained, width);
  yield* memory(explained, width);
  yield* groups(event, width);
  yield* tasks(explained, options);
  yield* section('Who held the memory', story.held);
  yield* section('Who was chosen', story.chosen);
  yield* section('Who was killed', story.killed);
  yield* section('What the log does not tell', story.missing);
}

function* section(title: string, sentences: readonly string[]): Generator<string> {
  if (sentences.length === 0) return;
  yield `\n${title}\n`;
  for (const sentence of sentences) yield `  ${visibleText(sentence)}\n`;
}

interface ZoneRow {
  readonly zone: OomZone;
  readonly verdict: OomZoneVerdict | undefined;
}

function* zones({ memory: mem }: OomEvent, { zones: verdicts }: OomExplanation, width: number | undefined): Generator<string> {
  if (mem === undefined || mem.zones.length === 0) return;
  const field = (name: string): TextColumnOf<ZoneRow> => ({
    title: name.toUpperCase(),
    text: ({ zone }) => amountText(zone.fields.find((one) => one.name === name)?.value),
    right: true,
  });
  const columns: readonly TextColumnOf<ZoneRow>[] = [
    { title: 'NODE', text: ({ zone }) => String(zone.node), right: true },
    { title: 'ZONE', text: ({ zone }) => visibleText(zone.name) },
    ...['free', 'min', 'low', 'high'].map(field),
    { title: 'NEEDED', text: ({ verdict }) => amountText(verdict?.needed), right: true },
    { title: '', text: ({ verdict }) => (verdict === undefined ? '' : oomZoneStateText(verdict.state)) },
  ];
  const rows = mem.zones.map((zone) => ({
    zone,
    verdict: verdicts.find((one) => one.node === zone.node && one.zone === zone.name),
  }));
  yield '\n';
  yield* tableLines(columns, rows, width);
}

function* memory({ parts }: OomExplanation, width: number | undefined): Generator<string> {
  if (parts === undefined) return;
  interface Row {
    readonly label: string;
    readonly bytes: number;
    readonly of?: number;
  }
  const { total } = parts;
  const rows: readonly Row[] = [
    { label: parts.totalFrom === 'ram' ? 'All RAM' : 'All zones', bytes: total },
    ...parts.parts
      .filter(({ id, bytes }) => bytes !== 0 || id === 'unexplained')
      .map(({ id, bytes }) => ({ label: oomPartWords(id, parts).label, bytes })),
  ];
  yield '\n';
  yield* tableLines<Row>(
    [
      { title: 'WHERE THE MEMORY WAS', text: ({ label }) => label },
      { title: '', text: ({ bytes }) => signedBytes(bytes), right: true },
      { title: '', text: ({ bytes }) => (total > 0 ? `${((bytes / total) * 100).toFixed(1)} %` : '-'), right: true },
    ],
    rows,
    width,
  );
}

const signedBytes = (bytes: number): string => (bytes < 0 ? `-${formatBytes(-bytes)}` : amountText(bytes));

/** What the control groups held, the largest first. */
function* groups({ cgroup }: OomEvent, width: number | undefined): Generator<string> {
  if (cgroup === undefined || cgroup.limits.length === 0) return;
  yield '\n';
  yield* tableLines(
    [
      { title: 'LIMIT OF THE GROUP', text: ({ name }) => visibleText(name) },
      { title: 'USED', text: ({ usage }) => amountText(usage), right: true },
      { title: 'LIMIT', text: ({ limit }) => (limit === undefined ? 'none' : amountText(limit)), right: true },
      { title: 'FAILURES', text: ({ failures }) => failures?.toLocaleString('en-US') ?? '-', right: true },
    ],
    cgroup.limits,
    width,
  );
  for (const group of cgroup.stats) {
    const held = groupAmounts(group);
    if (held.length === 0) continue;
    const most = held.slice(0, MOST_AMOUNTS).map(({ name, value }) => `${visibleText(name)} ${formatBytes(value)}`);
    yield `  ${visibleText(group.path)}: ${most.join(', ')}\n`;
  }
}

function* tasks({ tasks: { holders }, victim }: OomExplanation, { verbose, width }: OomTextOptions): Generator<string> {
  if (holders.length === 0) return;
  const shown = verbose ? holders : holders.slice(0, MOST_TASKS);
  const rows = victim.holder === undefined || shown.includes(victim.holder) ? shown : [...shown, victim.holder];
  const columns: readonly TextColumnOf<OomHolder>[] = [
    { title: 'PID', text: ({ task }) => String(task.pid), right: true },
    { title: 'UID', text: ({ task }) => String(task.uid ?? '-'), right: true },
    { title: 'HELD', text: ({ held }) => amountText(held), right: true },
    { title: 'RSS', text: ({ task }) => amountText(task.rss), right: true },
    { title: 'SWAP', text: ({ task }) => amountText(task.swap), right: true },
    { title: 'TABLES', text: ({ task }) => amountText(task.pageTables), right: true },
    { title: 'ADJ', text: ({ task }) => String(task.oomScoreAdj ?? task.oomAdj ?? '-'), right: true },
    { title: '', text: (holder) => (holder === victim.holder ? '*' : holder.isExempt ? 'exempt' : '') },
    { title: 'NAME', text: ({ task }) => visibleText(task.name) },
  ];
  yield '\n';
  yield* tableLines(columns, rows, width);
  const more = holders.length - rows.length;
  if (more > 0) yield `and ${formatCount(more, 'smaller task')} (all: --verbose)\n`;
}
