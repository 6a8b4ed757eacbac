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
export const SYMBOL_OPTIONS = {
  symbols: { type: 'string' },
  vmlinux: { type: 'string', multiple: true },
  ...DEBUG_FILE_OPTIONS,
} as const;

const WHICH = ['auto', 'sure', 'any', 'off'] as const;

export interface DebugFileLine extends SymbolSettings {
  /** The files of the machine that the addresses are of lie there. */
  readonly sysroot?: string;
}

export interface SymbolLine extends DebugFileLine {
  /** `auto`: of modules that are the same as then, `sure`: only of those whose build-id is told, and of kernels, `any`: of whatever has their name now. */
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
  if (which === undefined) throw new UsageError(`--symbols takes auto, sure, any or off, not "${word}"`);
  const named = values['vmlinux'];
  const kernels = Array.isArray(named) ? named.map((path: string) => resolve(path)) : [];
  return { which, ...readDebugFileLine(values), ...(kernels.length === 0 ? {} : { kernelTrees: kernels }) };
}

/** Throws when a sysroot is named for what is on this machine. */
export function refuseSysrootHere(values: OptionValues, what: string): void {
  if (values['sysroot'] === undefined || values['target'] !== undefined) return;
  throw new UsageError(`--sysroot is for a ${what} on another machine: name it with --target`);
}

export function lineSymbolizer(line: SymbolSettings, verbose: boolean): Symbolizer {
  // Below the directory in which the command was given lies the user's own code.
  const kernelTrees = [...(line.kernelTrees ?? []), process.cwd()];
  return new Symbolizer({ host: new LocalTarget(), log: standardErrorLog(verbose), settings: () => ({ ...line, kernelTrees }) });
}
