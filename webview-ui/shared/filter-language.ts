import { err, ok, type Result } from '../../src/base/result.js';

export interface Filter<Subject> {
  /** Nothing is asked for: every subject matches. */
  readonly empty: boolean;
  /** Undefined: it cannot be said, since a value is not known. */
  readonly matches: (subject: Subject) => boolean | undefined;
}

export interface FilterError {
  readonly message: string;
  /** The word that is wrong. */
  readonly word: string;
}

export type FilterTerm<Subject> = (subject: Subject) => boolean | undefined;
type FieldKind = 'bytes' | 'percent' | 'count' | 'text' | 'address';

interface FieldOf<Subject, Kind> {
  readonly kind: Kind;
  readonly value: (subject: Subject) => number | string | undefined;
}

type NumberField<Subject> = FieldOf<Subject, Exclude<FieldKind, 'text'>>;
type TextField<Subject> = FieldOf<Subject, 'text'>;
export type FilterField<Subject> = NumberField<Subject> | TextField<Subject>;

/** What can be asked of a row of a table. */
export interface FilterLanguage<Subject> {
  /** By the name before a sign, in lower case. */
  readonly fieldOf: (name: string) => FilterField<Subject> | undefined;
  /** Of a word that stands alone and is no text. */
  readonly flagOf: (word: string) => FilterTerm<Subject> | undefined;
  readonly containing: (text: string) => FilterTerm<Subject>;
  /** A field that is asked in a way of its own, also as `name:value`; undefined: it has none. */
  readonly ask?: (asked: Asked) => Result<FilterTerm<Subject>, FilterError> | undefined;
  /** Why there is no such field, where more can be said than that. */
  readonly whyNoField?: (name: string) => string | undefined;
}

/** `name:value`, `name>=value`. */
export interface Asked {
  /** In lower case. */
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  /** All of it, as it is written. */
  readonly word: string;
}

/** Words apart by blanks, all of which must hold: `uss>100M user=root !kernel web`. */
export function parseWords<Subject>(text: string, language: FilterLanguage<Subject>): Result<Filter<Subject>, FilterError> {
  const terms: FilterTerm<Subject>[] = [];
  for (const [word] of text.matchAll(/(?:"[^"]*"?|[^\s"])+/g)) {
    const term = parseTerm(word, language);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  return ok({ empty: terms.length === 0, matches: (subject) => every(terms, subject) });
}

/** No, as soon as one says no; unknown, when none says no and one cannot say. */
function every<Subject>(terms: readonly FilterTerm<Subject>[], subject: Subject): boolean | undefined {
  let result: boolean | undefined = true;
  for (const term of terms) {
    const one = term(subject);
    if (one === false) return false;
    if (one === undefined) result = undefined;
  }
  return result;
}

function parseTerm<Subject>(word: string, language: FilterLanguage<Subject>): Result<FilterTerm<Subject>, FilterError> {
  const turned = word.startsWith('!');
  const rest = turned ? word.slice(1) : word;
  if (rest === '') return err({ word, message: 'A word is missing after "!".' });
  const term = parseAtom(rest, language);
  if (!term.ok || !turned) return term;
  const inner = term.value;
  return ok((subject) => {
    const result = inner(subject);
    return result === undefined ? undefined : !result;
  });
}

function parseAtom<Subject>(word: string, language: FilterLanguage<Subject>): Result<FilterTerm<Subject>, FilterError> {
  if (word.startsWith('"')) return ok(language.containing(unquoted(word)));
  const flag = language.flagOf(word.toLowerCase());
  if (flag) return ok(flag);
  const [, written, operator, quoted] = /^([a-z_%][a-z0-9_%]*)(>=|<=|!=|:|>|<|=|~)(.*)$/is.exec(word) ?? [];
  const isText = written === undefined || operator === undefined || quoted === undefined;
  // Only a table that asks by colons takes them for more than a part of a text.
  if (isText || (operator === ':' && language.ask === undefined)) return ok(language.containing(unquoted(word)));
  const name = written.toLowerCase().replace(/^%/, '');
  const value = unquoted(quoted);
  const own = language.ask?.({ name, operator, value, word });
  if (own) return own;
  const field = language.fieldOf(name);
  if (!field) {
    const why = language.whyNoField?.(name) ?? `There is no column "${written}".`;
    return err({ word, message: `${why} Quote the word to look for the text: "${word}"` });
  }
  return field.kind === 'text' ? textTerm(word, field, operator, value) : numberTerm(word, field, operator, value);
}

function textTerm<Subject>(
  word: string,
  field: TextField<Subject>,
  operator: string,
  wanted: string,
): Result<FilterTerm<Subject>, FilterError> {
  const part = operator === '~' || operator === ':';
  if (operator !== '=' && operator !== '!=' && !part) {
    return err({ word, message: `A text has no order: write = , != or ~ in "${word}".` });
  }
  if (wanted === '') return err({ word, message: `A text is missing after "${word}".` });
  const lower = wanted.toLowerCase();
  return ok((subject) => {
    const value = field.value(subject);
    if (value === undefined) return undefined;
    if (part) return `${value}`.toLowerCase().includes(lower);
    return (value === wanted) === (operator === '=');
  });
}

const NUMBERS: Readonly<Record<Exclude<FieldKind, 'text'>, string>> = {
  bytes: '100M or 1.5G',
  percent: '5 or 2.5%',
  count: '100',
  address: '7f12c0000000',
};

function numberTerm<Subject>(
  word: string,
  field: NumberField<Subject>,
  operator: string,
  text: string,
): Result<FilterTerm<Subject>, FilterError> {
  const wanted = numberOf(text, field.kind);
  const noOrder = operator === '~' || operator === ':';
  if (wanted === undefined || noOrder) {
    return err({
      word,
      message: noOrder ? `Write = , < or > in "${word}".` : `A number like ${NUMBERS[field.kind]} is missing in "${word}".`,
    });
  }
  return ok((subject) => {
    const value = field.value(subject);
    if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
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

/** `100M`, `1.5GiB`, `4096`; `2.5%`; `-1M` for a rate; `7f12c0000000` or `0x1000` for an address. */
function numberOf(text: string, kind: FieldKind): number | undefined {
  if (kind === 'address') return /^(0x)?[0-9a-f]{1,16}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
  const pattern = kind === 'bytes' ? /^(-?\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i : /^(-?\d+(?:\.\d+)?)(%?)$/;
  const [, digits, suffix = ''] = pattern.exec(text) ?? [];
  if (digits === undefined || (suffix === '%' && kind !== 'percent')) return undefined;
  return kind === 'bytes' ? Number(digits) * 1024 ** ' kmgt'.indexOf(suffix.toLowerCase() || ' ') : Number(digits);
}

const unquoted = (text: string): string => text.replaceAll('"', '');
