import { LIVE_WAYS, type LiveWayId } from '../model/live.js';
import { DEBUG_FILE_OPTIONS, type DebugFileLine, readDebugFileLine, refuseSysrootHere } from './symbol-options.js';
import { formatOf, type OptionValues, outputOf, pathMapOf, refuseOthers, suggestion, textOption, UsageError } from './usage.js';

/** Options that only attach has, as node:util's parseArgs takes them. */
export const ATTACH_OPTIONS = {
  list: { type: 'boolean' },
  limit: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
} as const;

const FORMATS = ['text', 'json', 'folded', 'pprof', 'speedscope', 'csv'] as const;

export interface AttachLine {
  readonly verb: 'attach';
  readonly pid: number;
  /** Absent: the gentlest that can find growth. */
  readonly engine?: LiveWayId;
  readonly durationMs: number;
  readonly target: string;
  readonly format: (typeof FORMATS)[number];
  /** Only tell the ways. */
  readonly list: boolean;
  /** End it when the process takes so many times as long; 0: never. */
  readonly limit: number;
  /** The user agrees to what may stall the process. */
  readonly yes: boolean;
  readonly pathMap: readonly { readonly from: string; readonly to: string }[];
  readonly symbols: DebugFileLine;
  readonly output?: string;
  readonly verbose: boolean;
}

const USUAL_SECONDS = 30;
const LONGEST_SECONDS = 86_400;
const USUAL_LIMIT = 3;

/** Throws UsageError with a sentence that says what to write instead. */
export function readAttachLine(values: OptionValues, words: readonly string[]): AttachLine {
  refuseOthers('attach', values, [
    'engine',
    'duration',
    'target',
    'format',
    'output',
    'path-map',
    ...Object.keys(ATTACH_OPTIONS),
    ...Object.keys(DEBUG_FILE_OPTIONS),
  ]);
  refuseSysrootHere(values, 'process');
  const [word, extra] = words;
  if (word === undefined) throw new UsageError('attach to what? name the number of a process; memlens ps tells it');
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many`);
  if (!/^[1-9]\d{0,8}$/.test(word))
    throw new UsageError(`attach takes the number of a process, not "${word}"; memlens ps tells it`);
  const engine = engineOf(textOption(values, 'engine'));
  const output = outputOf(textOption(values, 'output'));
  const format = formatOf(textOption(values, 'format'), FORMATS);
  const list = values['list'] === true;
  if (list && format !== 'text' && format !== 'json') throw new UsageError(`--list is text or json, not ${format}`);
  return {
    verb: 'attach',
    pid: Number(word),
    ...(engine === undefined ? {} : { engine }),
    durationMs: Math.round(number('duration', textOption(values, 'duration'), 0.5, LONGEST_SECONDS, USUAL_SECONDS) * 1000),
    target: textOption(values, 'target') ?? 'local',
    format,
    list,
    limit: limitOf(textOption(values, 'limit')),
    yes: values['yes'] === true,
    pathMap: pathMapOf(values['path-map']),
    symbols: readDebugFileLine(values),
    ...(output === undefined ? {} : { output }),
    verbose: values['verbose'] === true,
  };
}

function engineOf(word: string | undefined): LiveWayId | undefined {
  if (word === undefined || word === 'auto') return undefined;
  const engine = LIVE_WAYS.find((id) => id === word);
  if (engine === undefined) throw new UsageError(`no engine "${word}"${suggestion(word, LIVE_WAYS)}`);
  return engine;
}

function number(option: string, text: string | undefined, least: number, most: number, usual: number): number {
  if (text === undefined) return usual;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${option} takes a number of seconds from ${least} to ${most}, not "${text}"`);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return USUAL_LIMIT;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value === 0 || (value > 1 && value <= 1000)) return value;
  throw new UsageError(`--limit takes how many times as long the process may take, above 1, or 0 for no limit, not "${text}"`);
}
