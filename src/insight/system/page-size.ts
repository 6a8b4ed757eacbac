import type { Bytes } from '../../base/units.js';
import type { ZoneInfo } from '../../model/system-owners.js';

/**
 * The page size: as it was told, or from the pages that the zones have, which are MemTotal. Undefined where neither says it: pages are
 * then not made into bytes.
 */
export function knownPageSize(
  told: Bytes | undefined,
  zones: readonly ZoneInfo[] | undefined,
  total: Bytes | undefined,
): Bytes | undefined {
  if (told !== undefined) return told;
  if (zones === undefined || total === undefined) return undefined;
  const pages = (of: 'managed' | 'present'): number => zones.reduce((sum, zone) => sum + (zone[of] ?? 0), 0);
  // MemTotal is what is managed, but for memory that a balloon holds or that is not accepted yet, which some kernels count in one of them only.
  // What is present (before Linux 3.8 it alone is told) has also what the kernel itself took at boot.
  return sizeOf(pages('managed'), total, 0.02) ?? sizeOf(pages('present'), total, 0.25);
}

function sizeOf(pages: number, total: Bytes, tolerance: number): Bytes | undefined {
  if (pages === 0) return undefined;
  const size = 2 ** Math.round(Math.log2(total / pages));
  return size >= 4096 && size <= 65_536 && Math.abs(size * pages - total) <= total * tolerance ? size : undefined;
}
