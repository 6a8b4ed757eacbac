import { formatBytes, formatCount, formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { meminfoMap } from '../insight/meminfo-terms.js';
import { accountMachine } from '../insight/system/accounting.js';
import { availableWords } from '../insight/system/available-trend.js';
import { freeColumns, freeVersion } from '../insight/system/free-columns.js';
import { AVAILABLE_WORDS, ITEM_WORDS, NOTE_WORDS } from '../insight/system/items.js';
import { ratesWords } from '../insight/system/paging-rates.js';
import { SYSTEM_STEPS } from '../insight/system/rules.js';
import type { FreeColumns, FreeVersion, MachineAccounting, SystemFinding } from '../model/machine-accounting.js';
import { HIDDEN_PROCESSES, type MissingFile, type SystemState, type SystemWatch } from '../model/system-state.js';
import { changeTables } from './change-tables.js';
import { cutToWidth } from './display-width.js';
import { amountText } from './map-amounts.js';
import { type OwnerOptions, ownerSections } from './system-owners-text.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface SystemTextOptions {
  readonly findings: readonly SystemFinding[];
  readonly watched?: SystemWatch;
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With all rows of each owner. */
  readonly verbose: boolean;
}

/** A machine's memory for people: where all of MemTotal is, what that means, who holds it, and what could not be read. */
export function* systemText(state: SystemState, { findings, watched, width, verbose }: SystemTextOptions): Generator<string> {
  const cut = (line: string): string => `${width === undefined ? line : cutToWidth(line, width)}\n`;
  const { facts } = state;
  const kernel = [facts.kernelRelease, facts.architecture].filter((word) => word !== undefined).join(' ');
  const at = facts.at === undefined ? '' : `, ${new Date(facts.at).toISOString()}`;
  yield cut(`Memory of ${visibleText(state.source)}${kernel === '' ? '' : `, Linux ${visibleText(kernel)}`}${at}`);
  yield '\n';
  const accounting = accountMachine(facts);
  if (accounting === undefined) yield cut('There is no MemTotal in what was read.');
  else yield* waterfall(accounting, { verbose, ...(width === undefined ? {} : { width }) });
  yield* availableLines(state, verbose);
  if (watched !== undefined)
    yield `\n${watchedWords(watched)
      .map((line) => `${line}\n`)
      .join('')}`;
  for (const finding of findings) yield* findingLines(finding);
  if (watched !== undefined) yield* watchedChanges(watched, { verbose, ...(width === undefined ? {} : { width }) });
  yield* freeTable(state, width);
  yield* ownerSections(state, { verbose, ...(width === undefined ? {} : { width }) });
  yield* missingLines(state, cut);
  if (verbose && accounting !== undefined) yield* itemWords(accounting);
}

function watchedWords({ from, to, available, rates }: SystemWatch): readonly string[] {
  return [
    `Watched for ${formatDuration(to - from)}.`,
    ...(available === undefined
      ? ['This kernel does not tell MemAvailable: when it would be gone can’t be said.']
      : availableWords(available)),
    ...ratesWords(rates),
  ];
}

/** Of each kind, so many. */
const MOST_CHANGES = 10;

function* watchedChanges({ from, to, growth, owners }: SystemWatch, options: OwnerOptions): Generator<string> {
  if (growth.length === 0 && owners.length === 0) return;
  yield `\nWhat has changed in ${formatDuration(to - from)}\n`;
  yield* changeTables(growth, owners, { ...options, most: MOST_CHANGES });
}

/** What new programs can get is no part of the sum, and no count: the kernel guesses it. */
function* availableLines({ facts }: SystemState, verbose: boolean): Generator<string> {
  const fields = meminfoMap(facts.meminfo);
  const [available, total] = [fields.get('MemAvailable'), fields.get('MemTotal')];
  if (available === undefined || total === undefined || total === 0) return;
  const words = verbose ? ` ${AVAILABLE_WORDS}` : '';
  yield `\nMemAvailable: ${formatBytes(available)} (${((100 * available) / total).toFixed(0)} %), an estimate of the kernel that is no part of the sum.${words}\n`;
}

/** What each item is, how it gets less, and where to look next. */
function* itemWords({ items }: MachineAccounting): Generator<string> {
  for (const id of [...items.filter(({ bytes }) => bytes > 0).map((item) => item.id), 'unexplained' as const]) {
    const { label, what, smaller, look, link } = ITEM_WORDS[id];
    yield `\n${label}\n  ${what}\n  Less of it: ${smaller}\n  Where to look: ${look}\n  ${link}\n`;
  }
}

interface Row {
  readonly label: string;
  readonly kib: string;
  readonly share: string;
  readonly what: string;
}

const COLUMNS: readonly TextColumnOf<Row>[] = [
  { title: 'MEMORY', text: ({ label }) => label },
  { title: 'KiB', text: ({ kib }) => kib, right: true },
  { title: '%', text: ({ share }) => share, right: true },
  { title: '', text: ({ what }) => what },
];

const kibText = (bytes: number): string => (bytes / 1024).toLocaleString('en-US');

/** The lines that begin with two blanks add up to exactly MemTotal; what is inside of them stands further in. Nothing of a kind is shown with --verbose only. */
function* waterfall(accounting: MachineAccounting, { width, verbose }: OwnerOptions): Generator<string> {
  const { total, items, unexplained, overlaps, uncounted, notes } = accounting;
  const row = (label: string, bytes: number, what: string, sign = ''): Row => ({
    label,
    kib: `${sign}${kibText(bytes)}`,
    share: ((bytes / total) * 100).toFixed(1),
    what,
  });
  const rows: Row[] = [row('MemTotal', total, '')];
  for (const item of items) {
    if (item.inside !== undefined || (item.bytes === 0 && !verbose)) continue;
    rows.push(row(`  ${ITEM_WORDS[item.id].label}`, item.bytes, item.sources.join(', ')));
    for (const part of items) {
      if (part.inside?.[0] !== item.id || (part.bytes === 0 && !verbose)) continue;
      const others = part.inside.slice(1).map((id) => ITEM_WORDS[id].label);
      const of = others.length === 0 ? '' : ` (also of: ${others.join(', ')})`;
      rows.push(row(`      ${ITEM_WORDS[part.id].label}`, part.bytes, `${part.sources.join(', ')}${of}`));
    }
  }
  rows.push(row('  Unexplained', unexplained, 'MemTotal less all of the above', unexplained > 0 ? '+' : ''));
  yield* tableLines(COLUMNS, rows, width);
  for (const { pair, bytes, leaves } of overlaps.slice(0, 1)) {
    yield `\nMore is told than there is: ${pair.join(' and ')} likely hold the same ${formatBytes(bytes)}, which leaves ${signed(leaves)} unexplained.\n`;
  }
  if (uncounted.length > 0) {
    yield `\nFields that nobody knows, not added: ${uncounted.map(({ name, bytes }) => `${visibleText(name)} ${formatBytes(bytes)}`).join(', ')}\n`;
  }
  if (notes.length > 0) yield '\n';
  for (const note of notes)
    yield `${NOTE_WORDS[note.kind]}${note.kind === 'not-a-size' ? ` ${note.fields.map(visibleText).join(', ')}` : ''}\n`;
}

/** `-12 KiB` */
const signed = (bytes: number): string => (bytes < 0 ? `-${formatBytes(-bytes)}` : formatBytes(bytes));

/** As the other reports of rules are written. */
export function* findingLines({ severity, title, reasons, doubt, rule, steps }: SystemFinding): Generator<string> {
  yield `\n${severity === 'info' ? '' : '! '}${visibleText(title)}\n`;
  for (const sentence of [...reasons, ...(doubt === undefined ? [] : [doubt])]) yield `  ${visibleText(sentence)}\n`;
  if (steps.length > 0) yield `  Next: ${steps.map((step) => SYSTEM_STEPS[step]).join('; ')}\n`;
  yield `  The rule: docs/system.md#${rule}\n`;
}

const FREE_NAMES: Readonly<Record<FreeVersion, string>> = {
  '3.3.8': 'up to 3.3.8',
  '3.3.9': '3.3.9',
  '3.3.11': '3.3.10, 3.3.11',
  '4.0.0': '3.3.12 to 4.0.0',
  '4.0.1': 'since 4.0.1',
};

function* freeTable({ facts, procps }: SystemState, width: number | undefined): Generator<string> {
  const columns = freeColumns(facts.meminfo);
  if (columns.length === 0) return;
  const installed = procps === undefined ? undefined : freeVersion(procps);
  const amount = (title: string, pick: (row: FreeColumns) => number | undefined): TextColumnOf<FreeColumns> => ({
    title,
    text: (row) => amountText(pick(row)),
    right: true,
  });
  yield '\n';
  yield* tableLines(
    [
      {
        title: 'FREE OF PROCPS',
        text: ({ version }) => `${FREE_NAMES[version]}${version === installed ? ` (here: ${procps})` : ''}`,
      },
      amount('TOTAL', ({ total }) => total),
      amount('USED', ({ used }) => used),
      amount('FREE', ({ free }) => free),
      amount('SHARED', ({ shared }) => shared),
      amount(
        'BUFF/CACHE',
        ({ cache, buffers, cached }) =>
          cache ?? (buffers === undefined && cached === undefined ? undefined : (buffers ?? 0) + (cached ?? 0)),
      ),
      amount('AVAILABLE', ({ available }) => available),
      { title: 'USED IS', text: ({ usedIs }) => usedIs },
    ],
    columns,
    width,
  );
}

const WHY: Readonly<Record<MissingFile['why'], string>> = {
  absent: 'not there',
  permission: 'only root may read it',
  refused: 'not even root may read it here',
  'not-in-time': 'not read in time',
  unreadable: 'could not be read',
  'not-understood': 'not understood',
  report: 'a report: memlens parse reads it',
};

const HIDDEN = 'the processes of other users are hidden (hidepid), only root sees them';

/** Root may always read them. */
const KERNEL_FILES: readonly string[] = [HIDDEN_PROCESSES, '/proc/vmallocinfo', '/proc/slabinfo', '/proc/pagetypeinfo'];

function* missingLines({ missing, rootRefused }: SystemState, cut: (line: string) => string): Generator<string> {
  if (missing.length > 0) yield '\nNot read\n';
  for (const { path, why, count } of missing) {
    const many =
      count === undefined
        ? ''
        : why === 'not-understood'
          ? `, ${formatCount(count, 'line')}`
          : `, ${count.toLocaleString('en-US')} of them`;
    const isHidden = path === HIDDEN_PROCESSES && why === 'permission';
    yield cut(`  ${visibleText(path)}: ${isHidden ? HIDDEN : WHY[why]}${many}`);
  }
  if (rootRefused !== undefined) yield `\nThe command for root did not work: ${visibleText(rootRefused)}\n`;
  else if (missing.some(({ path, why }) => why === 'permission' && KERNEL_FILES.includes(path))) {
    yield '\nWhat only root may read: run it as root, or let it run a command that needs no password, as in --root-command "sudo -n".\n';
  }
}
