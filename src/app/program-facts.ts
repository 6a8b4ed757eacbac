import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { ProgramFacts } from '../engines/engine.js';
import { parseElf, toProgramFacts } from '../formats/elf.js';
import type { Target } from './ports.js';

/** S_ISUID and S_ISGID of inode(7). */
const SET_ID_BITS = 0o6000;

/** What the program at `path` is; a clear fault when it can't be started. */
export async function programFacts(target: Target, path: string): Promise<Result<ProgramFacts, Fault>> {
  const facts = await target.stat(path);
  if (!facts.ok) return facts.error.code === 'not-found' ? err({ code: 'not-found', path, what: 'program' }) : facts;
  if (facts.value.kind === 'directory') return err({ code: 'not-executable', path, reason: 'directory' });
  if (facts.value.kind !== 'file') return err({ code: 'not-executable', path, reason: 'not-a-program' });
  let unreadable: Fault | undefined;
  const elf = await parseElf(async (offset, length) => {
    const bytes = await target.readBytes(path, { offset, length });
    if (bytes.ok) return bytes.value;
    unreadable = bytes.error;
    return new Uint8Array();
  });
  if (unreadable !== undefined) return err(unreadable);
  if (elf === undefined) return err({ code: 'not-executable', path, reason: 'not-a-program' });
  if (!facts.value.executable) return err({ code: 'not-executable', path, reason: 'permission' });
  return ok(toProgramFacts(path, elf, (facts.value.mode & SET_ID_BITS) !== 0));
}
