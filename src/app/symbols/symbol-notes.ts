import { baseName } from '../../base/path.js';
import { visibleText } from '../../base/visible-text.js';
import type { Note } from '../../model/finding.js';
import type { ModuleFiles } from './module-files.js';
import type { SpaceModule } from './process-space.js';

interface FoundModule {
  readonly path: string;
  readonly files: ModuleFiles;
  readonly told?: SpaceModule;
}

/** Of libraries of the system nobody expects lines. */
const SYSTEM = /^\/(usr\/)?lib(32|64|x32)?\/|^\/snap\/|^\[/;
const MOST_NAMES = 5;

/** What a person should know of modules without lines, and what to do about it. */
export function moduleNotes(found: readonly FoundModule[]): readonly Note[] {
  const notes: Note[] = [];
  for (const { path, files, told } of found) {
    const name = visibleText(baseName(path));
    const { image, debug, refused } = files;
    if (debug !== undefined) {
      if (told?.isDeleted === true) {
        notes.push({
          severity: 'warning',
          code: 'older-build',
          text: `${name} was deleted or replaced on disk since it was loaded: lines are those of what runs, and its sources may have changed since.`,
        });
      }
      continue;
    }
    const others = refused.map(visibleText).join(', ');
    if (image === undefined && (told?.isDeleted === true || refused.length > 0)) {
      notes.push({
        severity: 'warning',
        code: 'module-replaced',
        text:
          refused.length > 0 && told === undefined
            ? `${name} was changed since, or is of another build (${others}): no lines are told for it.`
            : refused.length > 0
              ? `${name} is of another build than what is on disk (${others}): no lines are told for it. Start the program again, or name the folder of its debug files in memlens.symbols.debugDirectories.`
              : `${name} was deleted since it was loaded, and its file can't be read any more: no lines are told for it.`,
      });
    } else if (refused.length > 0) {
      notes.push({
        severity: 'warning',
        code: 'debug-file-mismatch',
        text: `Debug information for ${name} is of another build and was not used: ${others}.`,
      });
    } else if (image !== undefined && !SYSTEM.test(path)) {
      notes.push({
        severity: 'info',
        code: 'no-debug-info',
        text: `${name} has no debug information: its functions have no lines. Build it with -g, or put its debug file where it is looked for.`,
      });
    }
  }
  const missing = found.filter(
    ({ files, told }) =>
      files.image === undefined && files.debug === undefined && files.refused.length === 0 && told?.isDeleted !== true,
  );
  if (missing.length > 0) {
    const names = missing.slice(0, MOST_NAMES).map(({ path }) => visibleText(baseName(path)));
    const more = missing.length > MOST_NAMES ? ` and ${missing.length - MOST_NAMES} more` : '';
    notes.push({
      severity: 'info',
      code: 'module-missing',
      text: `Not on this machine, so that their addresses have no names: ${names.join(', ')}${more}.`,
    });
  }
  return notes;
}
