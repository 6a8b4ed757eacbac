import { formatBytes, formatCount } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import type { HeapNote } from '../../model/heap-profile.js';

/** What a note means for the reader of the profile, in a sentence. */
export function heapNoteWords({ code, detail, count, line }: HeapNote): string {
  const where = line === undefined ? '' : ` (line ${line})`;
  const more = detail === undefined ? '' : `: ${visibleText(detail)}`;
  switch (code) {
    case 'cut':
      return `The file ends in the middle${where}: what comes behind it is not known${more}.`;
    case 'foreign-lines':
      return `${formatCount(count ?? 1, 'line is', 'lines are')} not of a heap profile and left out${where}${more}.`;
    case 'too-many':
      return `There are more stacks than can be shown: the rest is left out${more}.`;
    case 'sampled':
      return `The numbers are estimates from samples${count === undefined ? '' : `, about one in ${count.toLocaleString('en-US')}`}${more}.`;
    case 'below-threshold':
      return `The tool itself left out small stacks${count === undefined ? '' : ` (${formatCount(count, 'byte')} in all)`}${more}.`;
    case 'deep-stacks':
      return `Stacks deeper than ${formatCount(count ?? 0, 'frame')} are cut at their outer end${more}.`;
    case 'sums-differ':
      return `Sums of the file are not those of its parts${more}.`;
    case 'no-symbols':
      return `Addresses have no names in this file${more}.`;
    case 'no-stacks':
      return `The file tells what functions call each other, and no stacks: each stands alone${more}.`;
    case 'broken-stacks':
      return `Of ${formatCount(count ?? 1, 'sample')} the callers could not be followed to the end${more}.`;
    case 'touched-again':
      return `${formatCount(count ?? 1, 'page fault was', 'page faults were')} on pages that the process had touched before (copied after a fork, or given back and taken anew): these count once for the stack that touched them first, and once for the one that touched them last${more}.`;
    case 'pages-forgotten':
      return `More pages were touched than can be remembered: ${formatCount(count ?? 1, 'page fault counts', 'page faults count')}, whether the page was touched before or not${more}.`;
    case 'several-profiles':
      return `The file holds more than one profile: the last one is shown${count === undefined ? '' : `, ${formatCount(count, 'other is', 'others are')} not`}${more}.`;
    case 'attached':
      return `The tool was attached to a program that was running: what it had allocated before is not counted${more}.`;
    case 'inaccurate':
      return `Of ${formatCount(count ?? 1, 'line')} the file itself says that the numbers are too small${more}.`;
    case 'rounded':
      return `${formatCount(count ?? 1, 'line has a size', 'lines have sizes')} that numfmt has rounded: sums are as coarse as these${more}.`;
    case 'page-size':
      return `The file tells pages, and not how large one is: ${formatBytes(count ?? 0)} are taken${more}.`;
    case 'newer-version':
      return `The file is of a newer version than is known here: what is understood of it is shown${more}.`;
  }
}
