import type { Amount, FIGURES } from '../../model/map-table.js';

/** What is summed, in one sentence each. */
export const AMOUNT_WORDS: Readonly<Record<Amount, string>> = {
  size: 'VSS: the addresses that are mapped, whether they were ever touched or not.',
  rss: 'RSS: the pages that are in memory now, shared ones counted in full; without hugetlb.',
  pss: 'PSS: as RSS, but a page that n processes map counts one nth.',
  uss: 'USS: the pages that only this process maps (Private_Clean + Private_Dirty): what its end would free.',
  dirty: 'Dirty: the pages that were written (Shared_Dirty + Private_Dirty); they can’t just be dropped.',
  swap: 'Swap: anonymous memory that was moved to swap.',
  locked: 'Locked: memory that mlock keeps from being swapped out, by its share as PSS counts it.',
  thp: 'THP: what is mapped by transparent huge pages (AnonHugePages + ShmemPmdMapped + FilePmdMapped).',
};

/** The kernel's names of /proc/PID/smaps. Source: kernel doc, filesystems/proc. */
export const FIGURE_WORDS: Readonly<Record<(typeof FIGURES)[number], string>> = {
  Rss: 'Pages that are in memory now.',
  Pss: 'The share of it that is this process’s: a page that n processes map counts one nth.',
  Pss_Dirty: 'The part of Pss that was written.',
  Shared_Clean: 'Pages that others map too, and that are as on disk.',
  Shared_Dirty: 'Pages that others map too, and that were written.',
  Private_Clean: 'Pages that only this process maps, and that are as on disk.',
  Private_Dirty: 'Pages that only this process maps, and that were written.',
  Referenced: 'Pages that were used since they were last marked as not used.',
  Anonymous: 'Pages that belong to no file; in a private mapping of a file: the copies that were written.',
  KSM: 'Pages that the kernel joined with equal ones (KSM).',
  LazyFree: 'Pages given back by madvise(MADV_FREE) that the kernel has not taken yet.',
  AnonHugePages: 'Anonymous memory in transparent huge pages.',
  ShmemPmdMapped: 'Shared memory and tmpfs in huge pages.',
  FilePmdMapped: 'Page cache in huge pages.',
  Shared_Hugetlb: 'Pages of hugetlbfs that others map too; Rss and Pss do not count them.',
  Private_Hugetlb: 'Pages of hugetlbfs that only this process maps; Rss and Pss do not count them.',
  Swap: 'Anonymous memory that is in swap.',
  SwapPss: 'The share of Swap that is this process’s; of shared memory nothing.',
  Locked: 'The part of Pss that is locked in memory.',
  KernelPageSize: 'The size of a page of this mapping, as the kernel keeps it.',
  MMUPageSize: 'The size of a page as the processor maps it.',
  THPeligible: '1: the kernel may use transparent huge pages here.',
  ProtectionKey: 'The protection key of these pages: pkeys(7).',
};
