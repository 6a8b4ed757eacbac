import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Engine } from '../engines/engine.js';
import { suppressionFormat } from '../formats/suppression-file.js';
import type { Note } from '../model/finding.js';
import type { RunConfig } from '../model/run-config.js';
import type { Target } from './ports.js';
import { readWhole } from './read-whole.js';
import type { RunSite } from './run-site.js';

export interface Suppressions {
  /** Where the program runs. */
  readonly files: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * The user's suppression files for an engine. LeakSanitizer takes one file only, so its files become one; so they do on another machine. A file that
 * is not there is said before anything runs; one of the other engine would end the program at its start, and is left out.
 */
export async function gatherSuppressions(
  host: Target,
  site: RunSite,
  config: RunConfig,
  engine: Engine,
): Promise<Result<Suppressions, Fault>> {
  if (engine.family === 'heaptrack') return ok({ files: [], notes: unusedNotes(config, engine) });
  const wanted = engine.family === 'valgrind' ? 'valgrind' : 'lsan';
  const files: string[] = [];
  const texts: string[] = [];
  const notes: Note[] = [];
  for (const path of config.suppressions[wanted]) {
    const facts = await host.stat(path);
    if (!facts.ok) return facts.error.code === 'not-found' ? err({ code: 'not-found', path, what: 'suppression file' }) : facts;
    const text = await readWhole(host, path);
    const format = suppressionFormat(text);
    if (format === wanted || format === undefined) {
      files.push(path);
      texts.push(text);
    } else {
      const owner = format === 'valgrind' ? 'Valgrind' : 'LeakSanitizer';
      notes.push({
        severity: 'warning',
        code: 'suppressions-unfit',
        text: `${path} was not used: it is a suppression file of ${owner}.`,
      });
    }
  }
  if (files.length === 0 || (wanted === 'valgrind' && site.remote === undefined)) return ok({ files, notes });
  const merged = `${site.work}/suppressions`;
  const written = await site.target.writeText(merged, `${texts.join('\n')}\n`);
  return written.ok ? ok({ files: [merged], notes }) : written;
}

/** heaptrack has neither. */
function unusedNotes({ suppressions: { valgrind, lsan }, engineOptions }: RunConfig, { title }: Engine): readonly Note[] {
  const notes: Note[] = [];
  const tell = (code: string, text: string): void => void notes.push({ severity: 'info', code, text });
  if (valgrind.length + lsan.length > 0) tell('suppressions-unfit', `${title} reads no suppression files: none was used.`);
  if (engineOptions.length > 0) tell('options-unfit', `${title} takes no options: ${engineOptions.join(' ')} was not used.`);
  return notes;
}
