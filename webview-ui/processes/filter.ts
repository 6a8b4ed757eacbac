import type { Result } from '../../src/base/result.js';
import { isGrowth } from '../../src/model/verdict.js';
import type { ProcessEntry } from '../../src/protocol/trends.js';
import { type Filter, type FilterError, type FilterField, type FilterTerm, parseWords } from '../shared/filter-language.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';

export type ProcessFilter = Filter<ProcessEntry>;

type Term = FilterTerm<ProcessEntry>;
type Field = FilterField<ProcessEntry>;

const KINDS: Readonly<Record<ColumnSpec['unit'], Field['kind']>> = {
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
export const parseFilter = (text: string): Result<ProcessFilter, FilterError> =>
  parseWords(text, { fieldOf: (name) => FIELDS.get(name), flagOf: (word) => FLAGS.get(word), containing });

function containing(text: string): Term {
  const wanted = text.toLowerCase();
  const has = (value: string | undefined): boolean => value?.toLowerCase().includes(wanted) ?? false;
  return ({ pid, command, commandLine, user }) => `${pid}`.includes(wanted) || has(command) || has(commandLine) || has(user);
}
