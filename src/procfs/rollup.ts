import type { Rollup } from '../model/process.js';

const NAMES = [
  'Rss',
  'Pss',
  'Pss_Anon',
  'Pss_File',
  'Pss_Shmem',
  'Shared_Clean',
  'Shared_Dirty',
  'Private_Clean',
  'Private_Dirty',
  'Swap',
  'Anonymous',
  'SwapPss',
  'Locked',
  'AnonHugePages',
  'Shared_Hugetlb',
  'Private_Hugetlb',
] as const;

type Name = (typeof NAMES)[number];

const INDEX: ReadonlyMap<string, number> = new Map(NAMES.map((name, index) => [name, index]));
const LONGEST = Math.max(...NAMES.map((name) => name.length));

/**
 * The sums of /proc/PID/smaps_rollup (Linux 4.14), or of a whole /proc/PID/smaps (kernel doc: filesystems/proc). Each
 * mapping of smaps is rounded down to KiB, so its Pss sums may be a little less than those of a rollup.
 *
 * Undefined when a field that is always there is missing, or was not told for each mapping: then the text is cut.
 */
export function parseRollup(text: string): Rollup | undefined {
  const sums = new Float64Array(NAMES.length);
  const counts = new Uint32Array(NAMES.length);
  let heads = 0;
  for (let from = 0; from < text.length; ) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    // Names begin with a capital letter, the lines of the mappings themselves with a hexadecimal digit in lower case.
    const first = text.charCodeAt(from);
    if (first >= 0x41 && first <= 0x5a) add(text, from, end, sums, counts);
    else if ((first >= 0x30 && first <= 0x39) || (first >= 0x61 && first <= 0x66)) heads++;
    from = end + 1;
  }

  const mappings = counts[0] as number;
  const sum = (name: Name): number | undefined => {
    const index = INDEX.get(name) as number;
    return mappings > 0 && mappings >= heads && counts[index] === mappings ? sums[index] : undefined;
  };
  const rss = sum('Rss');
  const pss = sum('Pss');
  const sharedClean = sum('Shared_Clean');
  const sharedDirty = sum('Shared_Dirty');
  const privateClean = sum('Private_Clean');
  const privateDirty = sum('Private_Dirty');
  const swap = sum('Swap');
  if (
    rss === undefined ||
    pss === undefined ||
    sharedClean === undefined ||
    sharedDirty === undefined ||
    privateClean === undefined ||
    privateDirty === undefined ||
    swap === undefined
  ) {
    return undefined;
  }
  const [pssAnon, pssFile, pssShmem] = [sum('Pss_Anon'), sum('Pss_File'), sum('Pss_Shmem')];
  const anonymous = sum('Anonymous');
  const swapPss = sum('SwapPss');
  const locked = sum('Locked');
  const anonHuge = sum('AnonHugePages');
  const sharedHugetlb = sum('Shared_Hugetlb');
  const privateHugetlb = sum('Private_Hugetlb');
  return {
    rss,
    pss,
    uss: privateClean + privateDirty,
    swap,
    sharedClean,
    sharedDirty,
    privateClean,
    privateDirty,
    ...(pssAnon === undefined ? {} : { pssAnon }),
    ...(pssFile === undefined ? {} : { pssFile }),
    ...(pssShmem === undefined ? {} : { pssShmem }),
    ...(anonymous === undefined ? {} : { anonymous }),
    ...(swapPss === undefined ? {} : { swapPss }),
    ...(locked === undefined ? {} : { locked }),
    ...(anonHuge === undefined ? {} : { anonHuge }),
    ...(sharedHugetlb === undefined || privateHugetlb === undefined ? {} : { hugetlb: sharedHugetlb + privateHugetlb }),
  };
}

/** Adds the line `Name:   123 kB` between `from` and `end`; one without its unit is cut, and is not counted. */
function add(text: string, from: number, end: number, sums: Float64Array, counts: Uint32Array): void {
  const colon = text.indexOf(':', from);
  if (colon < 0 || colon - from > LONGEST) return;
  const index = INDEX.get(text.slice(from, colon));
  if (index === undefined) return;
  let at = colon + 1;
  while (text.charCodeAt(at) === 0x20) at++;
  let value = 0;
  const begin = at;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === begin || at - begin > 15 || !text.startsWith(' kB', at) || at + 3 > end) return;
  sums[index] = (sums[index] as number) + value * 1024;
  counts[index] = (counts[index] as number) + 1;
}
