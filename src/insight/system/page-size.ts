import type { Bytes } from '../../base/units.js';
import type { ZoneInfo } from '../../model/system-owners.js';

/**
 * The page size: as it was told, or from the pages that the zones manage, which are MemTotal. Undefined where neither says it: pages are
 * then not made into bytes.
 */
export function knownPageSize(
  told: Bytes | undefined,
  zones: readonly ZoneInfo[] | undefined,
  total: Bytes | undefined,
): Bytes | undefined {
  if (told !== undefined) return told;
  const managed = zones?.reduce((sum, zone) => sum + (zone.managed ?? 0), 0) ?? 0;
  // Before Linux 3.8 only what is present is told, with what the kernel itself took at boot.
  const pages = managed > 0 ? managed : (zones?.reduce((sum, zone) => sum + (zone.present ?? 0), 0) ?? 0);
  if (pages === 0 || total === undefined) return undefined;
  const size = 2 ** Math.round(Math.log2(total / pages));
  return size >= 4096 && size <= 65_536 && Math.abs(size * pages - total) <= total / 4 ? size : undefined;
}
