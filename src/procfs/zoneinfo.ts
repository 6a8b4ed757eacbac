/**
 * Pages on the free lists of the CPUs: the sum of the `count:` lines of /proc/zoneinfo (proc_zoneinfo(5)). They are free, but
 * MemFree does not count them. Undefined when there is no such line.
 */
export function perCpuFreePages(text: string): number | undefined {
  let pages: number | undefined;
  for (const [, digits] of text.matchAll(/^[ \t]+count:[ \t]*(\d{1,15})[ \t]*\r?\n/gm)) pages = (pages ?? 0) + Number(digits);
  return pages;
}
