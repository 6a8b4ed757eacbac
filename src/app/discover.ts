import type { Cancel } from '../base/cancel.js';
import { baseName } from '../base/path.js';
import { type BuildSystem, buildSystemOf } from '../formats/build-recipe.js';
import { parseElf } from '../formats/elf.js';
import { programsOfLaunchJson } from '../formats/launch-json.js';
import type { BuildStep, RunConfig } from '../model/run-config.js';
import type { Target } from './ports.js';
import { readWhole } from './read-whole.js';

/** Something in a folder that could be profiled. */
export interface RunCandidate {
  readonly origin: 'launch' | 'executable' | 'recipe';
  readonly label: string;
  /** Where it comes from, in a few words. */
  readonly description: string;
  readonly config: Pick<RunConfig, 'name' | 'subject' | 'args' | 'cwd' | 'env'> & { readonly build?: BuildStep };
}

const MAX_ENTRIES = 20_000;
const MAX_EXECUTABLES = 100;
const MAX_DEPTH = 8;
/** Folders that are looked into for a build of their own. */
const MAX_PROJECTS = 200;
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules', 'CMakeFiles', '.vscode', '.venv', '__pycache__']);
/** Executable by their mode, but never programs: nothing is read to tell. */
const NO_PROGRAM = /\.(so(\.\d+)*|o|a|c|cc|cpp|cxx|h|hpp|sh|py|pl|rb|js|ts|md|txt|json|cmake|in|am|ac|mk|la|ko)$/;

const SYSTEM_TITLES = { cmake: 'CMake', meson: 'Meson', autotools: 'configure and Make', make: 'Make' } as const;

/** What a folder offers: the programs of launch.json, builds of the whole project, and executables that are there already. */
export async function discoverRuns(
  target: Target,
  folder: string,
  variable: (name: string) => string | undefined,
  cancel?: Cancel,
): Promise<readonly RunCandidate[]> {
  const names = await target.list(folder);
  if (!names.ok) return [];
  const found = [...(await launches(target, folder, variable))];
  found.push(...(await recipes(target, folder, names.value)), ...(await executables(target, folder, cancel)));
  return found;
}

/** The folder's own build; where it has none, those of the folders in it. */
async function recipes(target: Target, folder: string, names: readonly string[]): Promise<readonly RunCandidate[]> {
  const own = buildSystemOf(names);
  if (own !== undefined) return [recipe(own, folder, '')];
  const found: RunCandidate[] = [];
  for (const name of [...names].sort().slice(0, MAX_PROJECTS)) {
    if (SKIPPED.has(name) || NO_PROGRAM.test(name)) continue;
    // Of a file there is no list.
    const inner = await target.list(`${folder}/${name}`);
    const system = inner.ok ? buildSystemOf(inner.value) : undefined;
    if (system !== undefined) found.push(recipe(system, `${folder}/${name}`, name));
  }
  return found;
}

function recipe(system: BuildSystem, folder: string, below: string): RunCandidate {
  const title = SYSTEM_TITLES[system];
  return {
    origin: 'recipe',
    label: below === '' ? `Build with ${title} and profile` : `Build ${below} with ${title} and profile`,
    description: 'a separate build; your own is not touched',
    config: {
      name: `${title} build of ${baseName(folder)}`,
      subject: { form: 'program', path: '' },
      build: { form: 'recipe', system, folder },
      args: [],
      cwd: folder,
      env: {},
    },
  };
}

async function launches(
  target: Target,
  folder: string,
  variable: (name: string) => string | undefined,
): Promise<readonly RunCandidate[]> {
  const text = await readWhole(target, `${folder}/.vscode/launch.json`);
  return programsOfLaunchJson(text, folder, variable)
    .filter((program) => program.unresolved.length === 0)
    .map((program) => ({
      origin: 'launch' as const,
      label: program.name,
      description: `launch.json (${program.type}): ${program.program}`,
      config: {
        name: program.name,
        subject: { form: 'program' as const, path: program.program },
        ...(program.preLaunchTask === undefined ? {} : { build: { form: 'task' as const, task: program.preLaunchTask } }),
        args: program.args,
        cwd: program.cwd,
        env: program.env,
      },
    }));
}

/** Walks breadth first, so that a huge tree still gives the programs near its root. */
async function executables(target: Target, folder: string, cancel: Cancel | undefined): Promise<readonly RunCandidate[]> {
  const programs = await findPrograms(target, folder, cancel);
  return programs.map((path) => ({
    origin: 'executable' as const,
    label: baseName(path),
    description: path.slice(folder.length + 1),
    config: {
      name: baseName(path),
      subject: { form: 'program' as const, path },
      args: [],
      cwd: folder,
      env: {},
    },
  }));
}

/** The ELF executables below a folder, the newest first. */
export async function findPrograms(target: Target, folder: string, cancel?: Cancel): Promise<readonly string[]> {
  const programs: { path: string; modifiedMs: number }[] = [];
  const queue = [{ path: folder, depth: 0 }];
  let left = MAX_ENTRIES;
  while (queue.length > 0 && left > 0 && programs.length < MAX_EXECUTABLES && cancel?.requested !== true) {
    const { path, depth } = queue.shift() as { path: string; depth: number };
    const names = await target.list(path);
    for (const name of names.ok ? [...names.value].sort() : []) {
      if (left-- <= 0) break;
      if (SKIPPED.has(name) || NO_PROGRAM.test(name)) continue;
      const full = `${path}/${name}`;
      const facts = await target.stat(full);
      if (!facts.ok) continue;
      if (facts.value.kind === 'directory') {
        if (depth < MAX_DEPTH) queue.push({ path: full, depth: depth + 1 });
      } else if (facts.value.kind === 'file' && facts.value.executable && (await isProgram(target, full))) {
        programs.push({ path: full, modifiedMs: facts.value.modifiedMs ?? Number.NEGATIVE_INFINITY });
      }
    }
  }
  return programs.sort((a, b) => (a.modifiedMs === b.modifiedMs ? 0 : b.modifiedMs - a.modifiedMs)).map(({ path }) => path);
}

async function isProgram(target: Target, path: string): Promise<boolean> {
  const magic = await target.readBytes(path, { length: 4 });
  if (!magic.ok || magic.value[0] !== 0x7f || magic.value[1] !== 0x45) return false;
  const elf = await parseElf(async (offset, length) => {
    const bytes = await target.readBytes(path, { offset, length });
    return bytes.ok ? bytes.value : new Uint8Array();
  });
  return elf?.type === 'executable' || elf?.type === 'pie';
}
