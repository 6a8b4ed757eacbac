import { err, ok, type Result } from '../../src/base/result.js';
import { isGrowth } from '../../src/model/verdict.js';
import type { ProcessEntry } from '../../src/protocol/trends.js';
import { hasMemory } from './columns.js';

export interface ProcessFilter {
  /** Nothing is asked for: every process matches. */
  readonly empty: boolean;
  /** Undefined: it cannot be said, since a value is not known. */
  readonly matches: (entry: ProcessEntry) => boolean | undefined;
}

export interface FilterError {
  readonly message: string;
  /** The word that is wrong. */
  readonly word: string;
}

type Term = (entry: ProcessEntry) => boolean | undefined;
type Kind = 'bytes' | 'percent' | 'count' | 'text';

interface Field {
  readonly kind: Kind;
  readonly value: (entry: ProcessEntry) => number | string | undefined;
}

const sized = (value: (entry: ProcessEntry) => number | undefined): Field => ({ kind: 'bytes', value });
const counted = (value: (entry: ProcessEntry) => number | undefined): Field => ({ kind: 'count', value });
const named = (value: (entry: ProcessEntry) => string | undefined): Field => ({ kind: 'text', value });
const resident = sized((entry) => (hasMemory(entry) ? entry.rss : undefined));
const virtual = sized((entry) => (hasMemory(entry) ? entry.vsz : undefined));

/** By the names that the headers, top, ps and pidstat give them. */
const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries({
    uss: sized(({ uss }) => uss),
    pss: sized(({ pss }) => pss),
    rss: resident,
    res: resident,
    vsz: virtual,
    virt: virtual,
    swap: sized(({ swap }) => swap),
    code: sized(({ code }) => code),
    data: sized(({ data }) => data),
    shared: sized(({ shared }) => shared),
    shr: sized(({ shared }) => shared),
    growth: sized(({ growth }) => growth?.ratePerHour),
    mem: { kind: 'percent', value: (entry) => (hasMemory(entry) ? entry.memPercent : undefined) },
    pid: counted(({ pid }) => pid),
    ppid: counted(({ parent }) => parent),
    uid: counted(({ uid }) => uid),
    threads: counted(({ threads }) => threads),
    vmas: counted(({ vmas }) => vmas),
    minflt: counted(({ minorFaultsPerSecond }) => minorFaultsPerSecond),
    majflt: counted(({ majorFaultsPerSecond }) => majorFaultsPerSecond),
    oom: counted(({ oomScore }) => oomScore),
    user: named(({ user, uid }) => user ?? (uid === undefined ? undefined : `${uid}`)),
    command: named(({ command }) => command),
    cmdline: named(({ commandLine }) => commandLine),
    cgroup: named(({ cgroup }) => cgroup),
    state: named(({ state }) => state),
  }),
);

const FLAGS: ReadonlyMap<string, Term> = new Map<string, Term>([
  ['growing', ({ growth }) => growth !== undefined && isGrowth(growth.state)],
  ['leak', ({ growth }) => growth?.state === 'suspected-leak' || growth?.state === 'leak'],
  ['watched', ({ watched }) => watched],
  ['kernel', ({ kernelThread }) => kernelThread],
]);

/** What the help shows. */
export const FILTER_EXAMPLES: readonly (readonly [example: string, meaning: string])[] = [
  ['web 1234', 'PID, command, command line or user contain both'],
  ['"a b"', 'just this text, blanks and signs included'],
  ['uss>100M', 'also pss, rss, vsz, swap, code, data, shared; K M G T are powers of 1024'],
  ['mem>=5', '% of the memory of the machine'],
  ['growth>1M', 'rate per hour of a watched process'],
  ['threads>100', 'also pid, ppid, uid, vmas, oom; minflt, majflt per second'],
  ['user=root', 'also command, cmdline, cgroup, state; ~ instead of = for a part'],
  ['growing', 'also leak, watched, kernel'],
  ['!watched', '! turns a word round'],
];

/** Words apart by blanks, all of which must hold: `uss>100M user=root !kernel web`. */
export function parseFilter(text: string): Result<ProcessFilter, FilterError> {
  const terms: Term[] = [];
  for (const [word] of text.matchAll(/(?:"[^"]*"?|[^\s"])+/g)) {
    const term = parseTerm(word);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  return ok({ empty: terms.length === 0, matches: (entry) => every(terms, entry) });
}

/** No, as soon as one says no; unknown, when none says no and one cannot say. */
function every(terms: readonly Term[], entry: ProcessEntry): boolean | undefined {
  let result: boolean | undefined = true;
  for (const term of terms) {
    const one = term(entry);
    if (one === false) return false;
    if (one === undefined) result = undefined;
  }
  return result;
}

function parseTerm(word: string): Result<Term, FilterError> {
  const turned = word.startsWith('!');
  const rest = turned ? word.slice(1) : word;
  if (rest === '') return err({ word, message: 'A word is missing after "!".' });
  const term = parseAtom(rest);
  if (!term.ok || !turned) return term;
  const inner = term.value;
  return ok((entry) => {
    const result = inner(entry);
    return result === undefined ? undefined : !result;
  });
}

function parseAtom(word: string): Result<Term, FilterError> {
  if (word.startsWith('"')) return ok(containing(unquoted(word)));
  const flag = FLAGS.get(word.toLowerCase());
  if (flag) return ok(flag);
  const [, name, operator, value] = /^([a-z%]+)(>=|<=|!=|>|<|=|~)(.*)$/is.exec(word) ?? [];
  if (name === undefined || operator === undefined || value === undefined) return ok(containing(unquoted(word)));
  const field = FIELDS.get(name.toLowerCase().replace(/^%/, ''));
  if (!field) return err({ word, message: `There is no column "${name}". Quote the word to look for the text: "${word}"` });
  return field.kind === 'text'
    ? textTerm(word, field, operator, unquoted(value))
    : numberTerm(word, field, operator, unquoted(value));
}

function containing(text: string): Term {
  const wanted = text.toLowerCase();
  const has = (value: string | undefined): boolean => value?.toLowerCase().includes(wanted) ?? false;
  return ({ pid, command, commandLine, user }) => `${pid}`.includes(wanted) || has(command) || has(commandLine) || has(user);
}

function textTerm(word: string, field: Field, operator: string, wanted: string): Result<Term, FilterError> {
  if (operator !== '=' && operator !== '!=' && operator !== '~') {
    return err({ word, message: `A text has no order: write = , != or ~ in "${word}".` });
  }
  if (wanted === '') return err({ word, message: `A text is missing after "${word}".` });
  const lower = wanted.toLowerCase();
  return ok((entry) => {
    const value = field.value(entry);
    if (value === undefined) return undefined;
    if (operator === '~') return `${value}`.toLowerCase().includes(lower);
    return (value === wanted) === (operator === '=');
  });
}

function numberTerm(word: string, field: Field, operator: string, text: string): Result<Term, FilterError> {
  const wanted = numberOf(text, field.kind);
  if (wanted === undefined || operator === '~') {
    const example = field.kind === 'bytes' ? '100M or 1.5G' : field.kind === 'percent' ? '5 or 2.5%' : '100';
    return err({
      word,
      message: operator === '~' ? `Write = , < or > in "${word}".` : `A number like ${example} is missing in "${word}".`,
    });
  }
  return ok((entry) => {
    const value = field.value(entry);
    if (typeof value !== 'number') return undefined;
    switch (operator) {
      case '>':
        return value > wanted;
      case '>=':
        return value >= wanted;
      case '<':
        return value < wanted;
      case '<=':
        return value <= wanted;
      case '!=':
        return value !== wanted;
      default:
        return value === wanted;
    }
  });
}

/** `100M`, `1.5GiB`, `4096`; `2.5%`; `-1M` for a rate. */
function numberOf(text: string, kind: Kind): number | undefined {
  const pattern = kind === 'bytes' ? /^(-?\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i : /^(-?\d+(?:\.\d+)?)(%?)$/;
  const [, digits, suffix = ''] = pattern.exec(text) ?? [];
  if (digits === undefined || (suffix === '%' && kind !== 'percent')) return undefined;
  return kind === 'bytes' ? Number(digits) * 1024 ** ' kmgt'.indexOf(suffix.toLowerCase() || ' ') : Number(digits);
}

const unquoted = (text: string): string => text.replaceAll('"', '');
