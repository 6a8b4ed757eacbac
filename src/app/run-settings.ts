import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { splitWords } from '../base/shell-words.js';
import type { BuildStep, PathMapping, RunConfig } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';
import { parseTargetName } from './target-names.js';

export type EngineName = RunConfig['engine'];
export const ENGINE_NAMES: readonly EngineName[] = ['auto', 'asan', 'lsan', 'lsan-preload', 'memcheck', 'heaptrack'];

/** What the settings say for every run of a folder. */
export interface RunDefaults {
  readonly engine: EngineName;
  readonly engineOptions: Readonly<Record<string, readonly string[]>>;
  readonly suppressions: RunConfig['suppressions'];
  readonly compilerFlags: readonly string[];
  readonly timeLimitMs: number;
  readonly sourcePathMap: readonly PathMapping[];
  readonly workspaceFolders: readonly string[];
}

/** What makes one run; the rest comes from the defaults. */
export type RunDraft = Pick<RunConfig, 'name' | 'subject' | 'args' | 'cwd' | 'env'> &
  Partial<Pick<RunConfig, 'target' | 'build' | 'engine' | 'engineOptions' | 'timeLimitMs' | 'sourcePathMap'>>;

export function completeRun(draft: RunDraft, defaults: RunDefaults): RunConfig {
  const engine = draft.engine ?? defaults.engine;
  return {
    ...draft,
    engine,
    // Options of an engine that `auto` has yet to choose can't be known here.
    engineOptions: draft.engineOptions ?? [],
    optionsOf: defaults.engineOptions,
    suppressions: defaults.suppressions,
    compilerFlags: defaults.compilerFlags,
    timeLimitMs: draft.timeLimitMs ?? defaults.timeLimitMs,
    sourcePathMap: [...(draft.sourcePathMap ?? []), ...defaults.sourcePathMap],
    workspaceFolders: defaults.workspaceFolders,
  };
}

/** The value of `${name}` in a setting; undefined: there is none of this name. */
export type Variable = (name: string) => string | undefined;

export interface SettingContext {
  /** Absolute; what relative paths start from. */
  readonly folder: string;
  readonly variable: Variable;
  /** The machine of memlens.targets that has this name. */
  readonly target?: (name: string) => NamedTarget | undefined;
}

/** Reads one entry of `memlens.runs` (or of a task of type `memlens`, which has the same properties). */
export function readRun(raw: unknown, context: SettingContext, setting = 'memlens.runs'): Result<RunDraft, Fault> {
  try {
    return ok(new Reader(context, setting).run(raw));
  } catch (error) {
    if (error instanceof BadSetting) return err({ code: 'bad-setting', setting, detail: error.message });
    throw error;
  }
}

/** The names of the entries of `memlens.runs`; what has no name is left out. */
export function runNames(raw: unknown): readonly string[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry['name'] === 'string' && entry['name'] !== '' ? [entry['name']] : [],
  );
}

/** A path map of the settings; keys are prefixes as the report has them. */
export function readPathMap(raw: unknown, context: SettingContext): readonly PathMapping[] {
  if (!isRecord(raw)) return [];
  return Object.entries(raw).flatMap(([from, to]) => {
    if (typeof to !== 'string' || from === '') return [];
    return [{ from, to: absolute(expand(to, context.variable).text, context.folder) }];
  });
}

/** Paths of a list setting, absolute. */
export function readPaths(raw: unknown, context: SettingContext): readonly string[] {
  return stringsOf(raw).map((path) => absolute(expand(path, context.variable).text, context.folder));
}

export function stringsOf(raw: unknown): readonly string[] {
  return Array.isArray(raw) ? raw.filter((item): item is string => typeof item === 'string') : [];
}

class BadSetting extends Error {}

class Reader {
  private name = '';

  constructor(
    private readonly context: SettingContext,
    private readonly setting: string,
  ) {}

  run(raw: unknown): RunDraft {
    if (!isRecord(raw)) throw new BadSetting('an entry is not an object');
    const { name, program, file, engine, timeLimit } = raw;
    if (name !== undefined && typeof name !== 'string') throw new BadSetting('"name" is not a string');
    this.name = name ?? '';
    if ((program === undefined) === (file === undefined)) throw this.bad('it needs either "program" or "file"');
    const path = this.path(program === undefined ? 'file' : 'program', program ?? file);
    const cwd = raw['cwd'] === undefined ? this.context.folder : this.path('cwd', raw['cwd']);
    if (engine !== undefined && !ENGINE_NAMES.includes(engine as EngineName))
      throw this.bad(`"engine" is none of ${ENGINE_NAMES.join(', ')}`);
    if (timeLimit !== undefined && !(typeof timeLimit === 'number' && timeLimit >= 0))
      throw this.bad('"timeLimit" is not a number of seconds');
    return {
      name: this.name === '' ? baseName(path) : this.name,
      subject: program === undefined ? { form: 'source', file: path } : { form: 'program', path },
      args: raw['args'] === undefined ? [] : this.words('args', raw['args']),
      cwd,
      env: raw['env'] === undefined ? {} : this.environment(raw['env']),
      ...(raw['build'] === undefined ? {} : { build: this.build(raw['build'], cwd) }),
      ...(engine === undefined ? {} : { engine: engine as EngineName }),
      ...(raw['engineOptions'] === undefined ? {} : { engineOptions: this.words('engineOptions', raw['engineOptions']) }),
      ...(raw['target'] === undefined ? {} : { target: this.target(raw['target']) }),
      ...(timeLimit === undefined ? {} : { timeLimitMs: timeLimit * 1000 }),
      ...(raw['sourcePathMap'] === undefined ? {} : { sourcePathMap: readPathMap(raw['sourcePathMap'], this.context) }),
    };
  }

  /** A name of the settings, or the text that stands for a machine. */
  private target(raw: unknown): NamedTarget {
    if (typeof raw !== 'string') throw this.bad('"target" is not a string');
    const name = this.text(raw);
    const known = this.context.target?.(name);
    if (known !== undefined) return known;
    const config = parseTargetName(name, this.setting);
    if (config.ok) return { name, config: config.value };
    throw this.bad(`"target" is no name of memlens.targets, and ${config.error.detail}`);
  }

  private build(raw: unknown, cwd: string): BuildStep {
    if (typeof raw === 'string' || Array.isArray(raw)) return { form: 'command', argv: this.command(raw), cwd };
    if (isRecord(raw) && typeof raw['task'] === 'string') return { form: 'task', task: this.text(raw['task']) };
    if (isRecord(raw) && raw['command'] !== undefined) {
      return {
        form: 'command',
        argv: this.command(raw['command']),
        cwd: raw['cwd'] === undefined ? cwd : this.path('build.cwd', raw['cwd']),
        ...(raw['env'] === undefined ? {} : { env: this.environment(raw['env']) }),
      };
    }
    throw this.bad('"build" is neither a command nor { "task": … }');
  }

  private command(raw: unknown): readonly string[] {
    const argv = this.words('build', raw);
    if (argv.length === 0) throw this.bad('"build" is an empty command');
    return argv;
  }

  /** A list of words, or a text that is cut into words; variables are replaced after the cut, so that they stay one word. */
  private words(property: string, raw: unknown): readonly string[] {
    if (typeof raw === 'string') {
      const words = splitWords(raw);
      if (words === undefined) throw this.bad(`a quote in "${property}" is not closed`);
      return words.map((word) => this.text(word));
    }
    if (!Array.isArray(raw) || raw.some((word) => typeof word !== 'string'))
      throw this.bad(`"${property}" is not a list of strings`);
    return (raw as readonly string[]).map((word) => this.text(word));
  }

  private environment(raw: unknown): Record<string, string> {
    if (!isRecord(raw)) throw this.bad('"env" is not an object');
    return Object.fromEntries(
      Object.entries(raw).map(([key, value]) => {
        if (typeof value !== 'string') throw this.bad(`the variable ${key} of "env" is not a string`);
        return [key, this.text(value)];
      }),
    );
  }

  private path(property: string, raw: unknown): string {
    if (typeof raw !== 'string' || raw === '') throw this.bad(`"${property}" is not a path`);
    return absolute(this.text(raw), this.context.folder);
  }

  private text(raw: string): string {
    const { text, unknown } = expand(raw, this.context.variable);
    if (unknown !== undefined) throw this.bad(`\${${unknown}} is not known here`);
    return text;
  }

  private bad(detail: string): BadSetting {
    return new BadSetting(this.name === '' || this.setting !== 'memlens.runs' ? detail : `in the run "${this.name}" ${detail}`);
  }
}

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function expand(text: string, variable: Variable): { readonly text: string; readonly unknown?: string } {
  let unknown: string | undefined;
  const expanded = text.replace(/\$\{([^${}]{1,200})\}/g, (whole, name: string) => {
    const value = variable(name);
    if (value === undefined) unknown ??= name;
    return value ?? whole;
  });
  return unknown === undefined ? { text: expanded } : { text: expanded, unknown };
}

const absolute = (path: string, folder: string): string =>
  path.startsWith('/') ? path : `${folder}/${path.replace(/^(\.\/)+/, '')}`;
