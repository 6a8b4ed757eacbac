import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import type { ProgramFacts, TargetFacts } from '../engines/engine.js';
import type { Note } from '../model/finding.js';
import type { RunConfig } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';
import { buildCompanion, compileCompanion, type NativeHelpers } from './companion.js';
import { type CopyRequest, copyFile } from './copy-files.js';
import type { Log, RemoteTarget, Target } from './ports.js';
import type { Machines, Prepared } from './prepare-run.js';
import { programFacts } from './program-facts.js';
import { makeRunPlace } from './run-place.js';
import type { RunSite } from './run-site.js';
import { missingLibraries } from './target-libraries.js';

export interface RemoteSitePorts {
  readonly host: Target;
  readonly remote: RemoteTarget;
  readonly helpers: NativeHelpers;
  readonly log: Log;
  /** Absent: nobody can be asked, and nothing is copied. */
  readonly confirmCopy?: (request: CopyRequest) => Promise<boolean>;
}

interface Companion {
  /** What is copied for it: the library, or its source when the target has a compiler. */
  readonly file: string;
  readonly isSource: boolean;
}

/** Symbols are looked up in `name` when it is a file that `isHere`. */
type HostFile = (module: string) => string | undefined;

/** Copies to the target what a run needs there, when the user agrees. `work`: a directory of ours on this machine. */
export async function remoteSite(
  ports: RemoteSitePorts,
  config: RunConfig,
  named: NamedTarget,
  machines: Machines,
  prepared: Prepared,
  work: string,
  cancel: Cancel,
): Promise<Result<RunSite, Fault>> {
  const { host, remote, log } = ports;
  const companion = await chooseCompanion(ports, prepared, machines, work);
  const files = [...(prepared.isThere ? [] : [prepared.program.path]), ...(companion === undefined ? [] : [companion.file])];
  let bytes = 0;
  for (const file of files) {
    const facts = await host.stat(file);
    if (!facts.ok) return facts;
    bytes += facts.value.size;
  }
  const place = await makeRunPlace(remote, baseName(work), bytes);
  if (!place.ok) return place;
  const directory = place.value;
  log.info(`the directory of the run on ${remote.id}: ${directory}`);
  const done = await (async (): Promise<Result<RunSite, Fault>> => {
    const agreed = await agree(ports, prepared, { run: config.name, files, bytes, target: named.name, directory });
    if (!agreed.ok) return agreed;
    let { program } = prepared;
    if (!prepared.isThere) {
      const path = `${directory}/${baseName(program.path)}`;
      const copied = await copyFile(host, remote, program.path, path, true, cancel);
      if (!copied.ok) return copied;
      program = { ...program, path };
    }
    const lacking = await missingLibraries(remote, program, config.env);
    if (!lacking.ok) return lacking;
    if (lacking.value.length > 0) {
      return err({ code: 'libraries-missing', path: program.path, libraries: lacking.value, target: named.name });
    }
    const facts = await withCompanion(ports, machines.there, companion, directory, cancel);
    if (!facts.ok) return facts;
    const cwd = await remote.stat(config.cwd);
    const hasCwd = cwd.ok && cwd.value.kind === 'directory';
    return ok({
      target: remote,
      remote,
      work: directory,
      program,
      facts: facts.value,
      cwd: hasCwd ? config.cwd : directory,
      hostFile: hostFiles(named.sysroot, prepared.isThere ? new Map() : new Map([[program.path, prepared.program.path]])),
      notes: notesOf(named, prepared, directory, hasCwd ? undefined : config.cwd),
    });
  })();
  if (!done.ok) await remote.remove(directory);
  return done;
}

/** The small library that engines without a rebuild can't do without; the others do better with it, and nobody is asked for its sake alone. */
async function chooseCompanion(
  { host, helpers }: RemoteSitePorts,
  { engine, program, isThere }: Prepared,
  { host: here, there }: Machines,
  work: string,
): Promise<Companion | undefined> {
  if (engine.family !== 'sanitizer' || (isThere && engine.id !== 'lsan-preload')) return undefined;
  if (there.c !== undefined) return { file: helpers.companion, isSource: true };
  const built = await buildCompanion(host, here, helpers, work);
  if (built === undefined) return undefined;
  const facts = await programFacts(host, built);
  return facts.ok && fits(facts.value, program) ? { file: built, isSource: false } : undefined;
}

/** One process holds both. */
const fits = (library: ProgramFacts, program: ProgramFacts): boolean =>
  library.machine === program.machine && library.bits === program.bits;

async function agree(
  { confirmCopy }: RemoteSitePorts,
  { isThere, program }: Prepared,
  request: CopyRequest,
): Promise<Result<void, Fault>> {
  const [file] = request.files;
  if (file === undefined) return ok(undefined);
  if (confirmCopy === undefined) {
    return err({ code: 'not-copied', path: isThere ? file : program.path, target: request.target });
  }
  return (await confirmCopy(request)) ? ok(undefined) : err({ code: 'cancelled' });
}

async function withCompanion(
  { host, remote }: RemoteSitePorts,
  there: TargetFacts,
  companion: Companion | undefined,
  directory: string,
  cancel: Cancel,
): Promise<Result<TargetFacts, Fault>> {
  if (companion === undefined) return ok(there);
  const path = `${directory}/${baseName(companion.file)}`;
  const copied = await copyFile(host, remote, companion.file, path, !companion.isSource, cancel);
  if (!copied.ok) return copied;
  if (!companion.isSource) return ok({ ...there, companion: path });
  const library = `${directory}/companion.so`;
  const built = there.c !== undefined && (await compileCompanion(remote, there.c, path, library));
  return ok(built ? { ...there, companion: library } : there);
}

/** Without a sysroot, a file of the same name here is another machine's. */
function hostFiles(sysroot: string | undefined, copied: ReadonlyMap<string, string>): HostFile {
  return (module) => copied.get(module) ?? (sysroot === undefined ? undefined : `${sysroot.replace(/\/$/, '')}${module}`);
}

function notesOf(named: NamedTarget, prepared: Prepared, directory: string, missingCwd: string | undefined): readonly Note[] {
  const where: Note = {
    severity: 'info',
    code: 'ran-on-target',
    text: prepared.isThere
      ? `The program ran on ${named.name}.`
      : `The program ran on ${named.name}, as a copy in ${directory} that was removed after the run.`,
  };
  if (missingCwd === undefined) return [where];
  return [
    where,
    {
      severity: 'info',
      code: 'no-such-directory',
      text: `The working directory ${missingCwd} is not on ${named.name}: the program ran in ${directory}.`,
    },
  ];
}
