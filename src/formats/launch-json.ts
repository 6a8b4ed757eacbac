import { parse } from 'jsonc-parser';
import { baseName, joinPath } from '../base/path.js';
import { splitWords } from '../base/shell-words.js';

/** A program that a debug configuration starts. */
export interface LaunchProgram {
  readonly name: string;
  /** The debugger's type. */
  readonly type: string;
  /** Absolute, unless `unresolved` says otherwise. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A task to run before, by its label. */
  readonly preLaunchTask?: string;
  /** Variables that nothing here could replace, such as `command:pickFile`: with any, the program can't be started as it is. */
  readonly unresolved: readonly string[];
}

const TYPES = new Set(['cppdbg', 'lldb', 'lldb-dap', 'gdb']);

/**
 * The programs of a launch.json (JSON with comments) that C and C++ debuggers of Linux start: cppdbg (C/C++), lldb (CodeLLDB),
 * lldb-dap, gdb (GDB's own adapter and Native Debug). A part that can't be read is passed over.
 * `folder` is the absolute workspace folder; `variable` gives what stands for `${NAME}` (`env:HOME`, `fileDirname`,
 * `userHome`...), the folder's own variables excepted. An unknown environment variable is empty, as in VS Code.
 */
export function programsOfLaunchJson(
  text: string,
  folder: string,
  variable: (name: string) => string | undefined,
): LaunchProgram[] {
  const root: unknown = parse(text, [], { allowTrailingComma: true, disallowComments: false });
  const list = isRecord(root) ? root.configurations : undefined;
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).flatMap((entry) => {
    const program = isRecord(entry) ? readConfiguration(entry, folder, variable) : undefined;
    return program === undefined ? [] : [program];
  });
}

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function readConfiguration(
  written: Json,
  folder: string,
  variable: (name: string) => string | undefined,
): LaunchProgram | undefined {
  // Properties below `linux` replace the general ones there.
  const entry: Json = isRecord(written.linux) ? { ...written, ...written.linux } : written;
  const type = entry.type;
  const program = entry.program ?? entry.target;
  if (typeof type !== 'string' || !TYPES.has(type) || typeof program !== 'string' || program === '') return undefined;
  if (entry.request !== undefined && entry.request !== 'launch') return undefined;

  const unresolved = new Set<string>();
  const text = (value: string): string => substitute(value, folder, variable, unresolved);
  const path = (value: string): string => {
    const full = text(value);
    // A path that still has a variable is shown as it is written.
    return full.includes('${') ? full : joinPath(folder, full);
  };
  const task = entry.preLaunchTask;
  const name = entry.name;
  return {
    name: typeof name === 'string' ? name : baseName(program),
    type,
    program: path(program),
    args: readArguments(entry.args ?? entry.arguments, text),
    cwd: typeof entry.cwd === 'string' && entry.cwd !== '' ? path(entry.cwd) : folder,
    env: readEnvironment(entry, text),
    ...(typeof task === 'string' && task !== '' ? { preLaunchTask: text(task) } : {}),
    unresolved: [...unresolved],
  };
}

/** Replaces every `${NAME}`; what has no value stays and is added to `unresolved`. */
function substitute(
  value: string,
  folder: string,
  variable: (name: string) => string | undefined,
  unresolved: Set<string>,
): string {
  return value.replace(/\$\{([^${}]*)\}/g, (whole, name: string) => {
    const known = builtIn(name, folder) ?? variable(name) ?? (name.startsWith('env:') ? '' : undefined);
    if (known === undefined) unresolved.add(name);
    return known ?? whole;
  });
}

function builtIn(name: string, folder: string): string | undefined {
  switch (name) {
    case 'workspaceFolder':
    case 'workspaceRoot':
      return folder;
    case 'workspaceFolderBasename':
    case 'workspaceRootFolderName':
      return baseName(folder);
    case 'pathSeparator':
    case '/':
      return '/';
    default:
      return name === `workspaceFolder:${baseName(folder)}` ? folder : undefined;
  }
}

/** A list of words, or one command line as CodeLLDB and Native Debug allow. */
function readArguments(value: unknown, text: (value: string) => string): readonly string[] {
  if (typeof value === 'string') return (splitWords(value) ?? []).map(text);
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((word) => (isScalar(word) ? [text(String(word))] : []));
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** cppdbg: `environment`, a list of {name, value}; the others: `env`, a map, or for lldb-dap a list of `NAME=VALUE`. */
function readEnvironment(entry: Json, text: (value: string) => string): Readonly<Record<string, string>> {
  const env = new Map<string, string>();
  for (const source of [entry.environment, entry.env]) {
    if (Array.isArray(source)) {
      for (const item of source as readonly unknown[]) {
        if (isRecord(item) && typeof item.name === 'string' && isScalar(item.value)) {
          env.set(item.name, text(String(item.value)));
        } else if (typeof item === 'string' && item.indexOf('=') > 0) {
          const at = item.indexOf('=');
          env.set(item.slice(0, at), text(item.slice(at + 1)));
        }
      }
    } else if (isRecord(source)) {
      for (const [name, value] of Object.entries(source)) if (isScalar(value)) env.set(name, text(String(value)));
    }
  }
  return Object.fromEntries(env);
}
