import { rootCommandOf } from './root-command-option.js';
import { readSymbolLine, refuseSysrootHere, SYMBOL_OPTIONS, type SymbolLine } from './symbol-options.js';
import { formatOf, type OptionValues, outputOf, pathMapOf, refuseOthers, suggestion, textOption, UsageError } from './usage.js';

/** Options that only kmemleak has, as node:util's parseArgs takes them. */
export const KMEMLEAK_OPTIONS = { 'clear-first': { type: 'boolean' } } as const;

const ACTIONS = ['state', 'scan', 'clear', 'read'] as const;

export interface KmemleakLine {
  readonly verb: 'kmemleak';
  readonly action: (typeof ACTIONS)[number];
  /** What is reported before is greyed out first; of scan. */
  readonly clearFirst: boolean;
  /** As parseTargetName reads it. */
  readonly target: string;
  /** Words before a command that needs root there. */
  readonly rootCommand: readonly string[];
  /** sarif: of scan and read. */
  readonly format: 'text' | 'json' | 'sarif';
  readonly pathMap: readonly { readonly from: string; readonly to: string }[];
  readonly symbols: SymbolLine;
  readonly output?: string;
  readonly verbose: boolean;
}

/** Throws UsageError with a sentence that says what to write instead. */
export function readKmemleakLine(values: OptionValues, words: readonly string[]): KmemleakLine {
  const [word = 'state', extra] = words;
  const action = ACTIONS.find((name) => name === word);
  if (action === undefined) throw new UsageError(`kmemleak has no "${word}"${suggestion(word, ACTIONS)}`);
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many`);
  const isReport = action === 'scan' || action === 'read';
  const verb = `kmemleak ${action}`;
  refuseOthers(verb, values, [
    'target',
    'root-command',
    'format',
    'output',
    ...(isReport ? ['path-map', ...Object.keys(SYMBOL_OPTIONS)] : []),
    ...(action === 'scan' ? ['clear-first', 'yes'] : []),
    ...(action === 'clear' ? ['yes'] : []),
  ]);
  const clearFirst = values['clear-first'] === true;
  if ((clearFirst || action === 'clear') && values['yes'] !== true) {
    throw new UsageError(
      'what is reported until now is greyed out by a clear, and never reported again before the next boot: add --yes if that is wanted (kmemleak read shows it)',
    );
  }
  if (values['yes'] === true && action === 'scan' && !clearFirst)
    throw new UsageError('--yes is for --clear-first: a scan changes nothing');
  if (isReport) refuseSysrootHere(values, 'kernel');
  const output = outputOf(textOption(values, 'output'));
  return {
    verb: 'kmemleak',
    action,
    clearFirst,
    target: textOption(values, 'target') ?? 'local',
    rootCommand: rootCommandOf(textOption(values, 'root-command')),
    format: formatOf(textOption(values, 'format'), isReport ? ['text', 'json', 'sarif'] : ['text', 'json']),
    pathMap: pathMapOf(values['path-map']),
    symbols: readSymbolLine(values),
    ...(output === undefined ? {} : { output }),
    verbose: values['verbose'] === true,
  };
}
