import { err, ok, type Result } from '../../src/base/result.js';
import { isGrowth } from '../../src/model/verdict.js';
import type { ProcessEntry } from '../../src/protocol/trends.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';

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

const KINDS: Readonly<Record<ColumnSpec['unit'], Kind>> = {
  text: 'text',
  bytes: 'bytes',
  growth: 'bytes',
  count: 'count',
  'per-second': 'count',
  percent: 'percent',
};

function fieldOf(id: ColumnId): Field {
  const { unit, value } = columnOf(id);
  return { kind: KINDS[unit], value };
}

/** By the names that the headers, top, ps and pidstat give them. */
const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries<Field>({
    uss: fieldOf('uss'),
    pss: fieldOf('pss'),
    rss: fieldOf('rss'),
    res: fieldOf('rss'),
    vsz: fieldOf('vsz'),
    virt: fieldOf('vsz'),
    swap: fieldOf('swap'),
    code: fieldOf('code'),
    data: fieldOf('data'),
    shared: fieldOf('shared'),
    shr: fieldOf('shared'),
    growth: fieldOf('growth'),
    mem: fieldOf('memPercent'),
    pid: fieldOf('pid'),
    ppid: { kind: 'count', value: ({ parent }) => parent },
    uid: { kind: 'count', value: ({ uid }) => uid },
    threads: fieldOf('threads'),
    vmas: fieldOf('vmas'),
    minflt: fieldOf('minorFaults'),
    majflt: fieldOf('majorFaults'),
    oom: fieldOf('oomScore'),
    user: fieldOf('user'),
    command: fieldOf('command'),
    cmdline: { kind: 'text', value: ({ commandLine }) => commandLine },
    cgroup: fieldOf('cgroup'),
    state: fieldOf('state'),
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
