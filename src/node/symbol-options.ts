import { resolve } from 'node:path';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
import { LocalTarget } from './local-target.js';
import { standardErrorLog } from './standard-error.js';
import { type OptionValues, textOption, UsageError } from './usage.js';

/** How addresses get their names, as node:util's parseArgs takes it. */
export const SYMBOL_OPTIONS = {
  symbols: { type: 'string' },
  'debug-dir': { type: 'string', multiple: true },
  debuginfod: { type: 'boolean' },
} as const;

const WHICH = ['auto', 'off', 'any'] as const;

export interface SymbolLine extends SymbolSettings {
  /** `auto`: of modules that are the same as then, `any`: of whatever has their name now. */
  readonly which: (typeof WHICH)[number];
  readonly sysroot?: string;
}

export function readSymbolLine(values: OptionValues): SymbolLine {
  const word = textOption(values, 'symbols') ?? 'auto';
  const which = WHICH.find((name) => name === word);
  if (which === undefined) throw new UsageError(`--symbols takes auto, off or any, not "${word}"`);
  const folders = values['debug-dir'];
  const sysroot = textOption(values, 'sysroot');
  return {
    which,
    debugDirectories: Array.isArray(folders) ? folders.map((folder: string) => resolve(folder)) : [],
    debuginfod: values['debuginfod'] === true ? 'allowed' : 'off',
    ...(sysroot === undefined ? {} : { sysroot: resolve(sysroot) }),
  };
}

export const lineSymbolizer = (line: SymbolLine, verbose: boolean): Symbolizer =>
  new Symbolizer({ host: new LocalTarget(), log: standardErrorLog(verbose), settings: () => line });
