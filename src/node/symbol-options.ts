import { resolve } from 'node:path';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
import { LocalTarget } from './local-target.js';
import { standardErrorLog } from './standard-error.js';
import { type OptionValues, textOption, UsageError } from './usage.js';

/** Where debug information is looked for, as node:util's parseArgs takes it. */
export const DEBUG_FILE_OPTIONS = {
  'debug-dir': { type: 'string', multiple: true },
  debuginfod: { type: 'boolean' },
  sysroot: { type: 'string' },
} as const;

/** How addresses of a file get their names. */
export const SYMBOL_OPTIONS = { symbols: { type: 'string' }, ...DEBUG_FILE_OPTIONS } as const;

const WHICH = ['auto', 'off', 'any'] as const;

export interface DebugFileLine extends SymbolSettings {
  /** The files of the machine that the addresses are of lie there. */
  readonly sysroot?: string;
}

export interface SymbolLine extends DebugFileLine {
  /** `auto`: of modules that are the same as then, `any`: of whatever has their name now. */
  readonly which: (typeof WHICH)[number];
}

export function readDebugFileLine(values: OptionValues): DebugFileLine {
  const folders = values['debug-dir'];
  const sysroot = textOption(values, 'sysroot');
  return {
    debugDirectories: Array.isArray(folders) ? folders.map((folder: string) => resolve(folder)) : [],
    debuginfod: values['debuginfod'] === true ? 'allowed' : 'off',
    ...(sysroot === undefined ? {} : { sysroot: resolve(sysroot) }),
  };
}

export function readSymbolLine(values: OptionValues, usual: SymbolLine['which'] = 'auto'): SymbolLine {
  const word = textOption(values, 'symbols') ?? usual;
  const which = WHICH.find((name) => name === word);
  if (which === undefined) throw new UsageError(`--symbols takes auto, off or any, not "${word}"`);
  return { which, ...readDebugFileLine(values) };
}

/** Throws when a sysroot is named for what is on this machine. */
export function refuseSysrootHere(values: OptionValues, what: string): void {
  if (values['sysroot'] === undefined || values['target'] !== undefined) return;
  throw new UsageError(`--sysroot is for a ${what} on another machine: name it with --target`);
}

export const lineSymbolizer = (line: SymbolSettings, verbose: boolean): Symbolizer =>
  new Symbolizer({ host: new LocalTarget(), log: standardErrorLog(verbose), settings: () => line });
