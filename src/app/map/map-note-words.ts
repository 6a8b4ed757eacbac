import { formatCount } from '../../base/units.js';
import type { MapNote } from '../../model/map-snapshot.js';

/** proc_pid_smaps(5), ptrace(2): PTRACE_MODE_READ_FSCREDS. */
const MORE_RIGHTS =
  'Where a program has more rights than its user (setuid, capabilities) only root may; and root in a container needs CAP_SYS_PTRACE.';

/** What a note means for the reader of the map, in a sentence or two. */
export function mapNoteWords({ code, detail, count, line }: MapNote): string {
  const where = line === undefined ? '' : ` (line ${line})`;
  switch (code) {
    case 'no-amounts':
      return `What is resident is not known: reading it needs the same user, or root. Sizes and names are shown. ${MORE_RIGHTS}`;
    case 'no-permission':
      return `The mappings may not be read: this needs the same user, or root. ${MORE_RIGHTS}`;
    case 'ended':
      return 'The process ended while its map was read. What had been read until then is shown.';
    case 'cut':
      return detail === undefined
        ? `The text ends in the middle of a mapping${where}.`
        : `The text may end too early: ${detail}.`;
    case 'foreign-lines':
      return `${formatCount(count ?? 1, 'line is', 'lines are')} not of a memory map and left out${where}.`;
    case 'out-of-order':
      return `${formatCount(count ?? 1, 'mapping overlaps', 'mappings overlap')} others or ${count === 1 ? 'was' : 'were'} out of order${where}: the process changed while it was read.`;
    case 'several-maps':
      return `The file holds more than one map: the first one is shown${count === undefined ? '' : `, ${formatCount(count, 'mapping')} of the others ${count === 1 ? 'is' : 'are'} left out`}${where}.`;
    case 'too-many':
      return `There are more mappings than can be shown${count === undefined ? '' : `: ${formatCount(count, 'one')} were left out`}.`;
    case 'no-headers':
      return `The headers of ${count === undefined ? 'some files' : formatCount(count, 'file')} could not be read${detail === undefined ? '' : ` (${detail})`}: their data and bss are told by the usual layout.`;
    case 'no-stack-pointers':
      return 'The stack pointers of the threads are not told: their stacks are recognised by the usual layout.';
    case 'no-threads':
      return 'The names of the threads are not told.';
    case 'form-lacks':
      return `This form does not tell ${detail ?? 'everything'}.`;
    case 'newer-version':
      return 'The file was written by a newer MemLens: what this one knows is shown.';
    case 'unknown-entries':
      return `${formatCount(count ?? 1, 'entry', 'entries')} of an unknown kind ${count === 1 ? 'is' : 'are'} left out.`;
    case 'heap-not-read':
      return 'Whether the heap keeps memory that the program has freed is not known: that is looked at on this machine only.';
    case 'moments-left-out':
      return `The recording holds ${formatCount(count ?? 1, 'more map')} of this process, between those that can be chosen: too many to hold all of them.`;
  }
}
