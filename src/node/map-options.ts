import { formatOf, type OptionValues, outputOf, refuseOthers, textOption, UsageError } from './usage.js';

/** Where a map comes from: a process, or a file of this machine (`-` is standard input). */
export type MapSubject = { readonly pid: number } | { readonly file: string };

interface Common {
  /** As parseTargetName reads it. */
  readonly target: string;
  readonly output?: string;
  readonly verbose: boolean;
}

export type MapLine =
  | (Common & { readonly verb: 'map'; readonly subject: MapSubject; readonly format: 'text' | 'json' | 'csv' })
  | (Common & {
      readonly verb: 'map diff';
      readonly before: MapSubject;
      readonly after: MapSubject;
      readonly format: 'text' | 'json';
    });

const STANDARD_INPUT = '-';
/** pid_max is 4,194,304 at most: PID_MAX_LIMIT of the kernel. */
const LARGEST_PID = 4_194_304;

/**
 * `words` stand before `--`, `names` behind it, where a name may begin with `-`, and `diff` is a name. Throws UsageError with a sentence that
 * says what to write instead.
 */
export function readMapLine(values: OptionValues, words: readonly string[], names: readonly string[]): MapLine {
  const isDiff = words[0] === 'diff';
  const verb = isDiff ? 'map diff' : 'map';
  refuseOthers(verb, values, ['target', 'format', 'output']);
  const subjects = [...(isDiff ? words.slice(1) : words), ...names];
  const output = outputOf(textOption(values, 'output'));
  const common: Common = {
    target: textOption(values, 'target') ?? 'local',
    verbose: values['verbose'] === true,
    ...(output === undefined ? {} : { output }),
  };
  const [first, second] = subjects;
  const extra = subjects[isDiff ? 2 : 1];
  if (extra !== undefined) {
    throw new UsageError(`"${extra}" is one word too many${isDiff ? '' : '; two maps are compared by map diff A B'}`);
  }
  const format = textOption(values, 'format');
  if (!isDiff) {
    if (first === undefined) {
      throw new UsageError('map what? give the number of a process, or a file that holds a map; - is standard input');
    }
    const subject = subjectOf(first);
    refuseTarget(values, [subject]);
    return { ...common, verb: 'map', subject, format: formatOf(format, ['text', 'json', 'csv']) };
  }
  if (first === undefined || second === undefined) {
    throw new UsageError(
      'map diff takes two maps: the earlier one, then the later one; a file that is named diff is written ./diff',
    );
  }
  if (first === STANDARD_INPUT && second === STANDARD_INPUT)
    throw new UsageError('only one of the two maps can be standard input');
  const before = subjectOf(first);
  const after = subjectOf(second);
  refuseTarget(values, [before, after]);
  return { ...common, verb: 'map diff', before, after, format: formatOf(format, ['text', 'json']) };
}

function subjectOf(word: string): MapSubject {
  if (word === '') throw new UsageError('the name of a file is empty');
  if (!/^\d+$/.test(word)) return { file: word };
  const pid = Number(word);
  if (pid >= 1 && pid <= LARGEST_PID) return { pid };
  throw new UsageError(`no process has the number ${word}; a file with this name is written ./${word}`);
}

function refuseTarget(values: OptionValues, subjects: readonly MapSubject[]): void {
  if (textOption(values, 'target') === undefined || subjects.some((subject) => 'pid' in subject)) return;
  throw new UsageError('--target says where a process runs; a file is one of this machine');
}
