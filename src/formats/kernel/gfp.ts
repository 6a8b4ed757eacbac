import { kernelVersion, kernelVersionOf } from '../../model/kernel-version.js';
import type { OomGfp, OomZoneName } from '../../model/oom.js';

type Bits = readonly (readonly [number, string])[];

/** Bits that have kept their place since 2.6. */
const ZONES: Bits = [
  [0x01, '__GFP_DMA'],
  [0x02, '__GFP_HIGHMEM'],
  [0x04, '__GFP_DMA32'],
];
/** 0x10 and 0x100 to 0x40000 until 4.3. */
const OLD: Bits = [
  [0x10, '__GFP_WAIT'],
  [0x20, '__GFP_HIGH'],
  [0x40, '__GFP_IO'],
  [0x80, '__GFP_FS'],
  [0x100, '__GFP_COLD'],
  [0x200, '__GFP_NOWARN'],
  [0x400, '__GFP_REPEAT'],
  [0x800, '__GFP_NOFAIL'],
  [0x1000, '__GFP_NORETRY'],
  [0x4000, '__GFP_COMP'],
  [0x8000, '__GFP_ZERO'],
  [0x10000, '__GFP_NOMEMALLOC'],
  [0x20000, '__GFP_HARDWALL'],
  [0x40000, '__GFP_THISNODE'],
];
/** From 2.6.31 to 4.3, but for 0x100000. */
const MIDDLE_LOW: Bits = [...ZONES, [0x08, '__GFP_MOVABLE'], ...OLD, [0x2000, '__GFP_MEMALLOC'], [0x80000, '__GFP_RECLAIMABLE']];
const MIDDLE_HIGH: Bits = [
  [0x200000, '__GFP_NOTRACK'],
  [0x400000, '__GFP_NO_KSWAPD'],
  [0x800000, '__GFP_OTHER_NODE'],
  [0x1000000, '__GFP_WRITE'],
];
/** From 4.4 to 4.17, up to 0x80000. */
const withReclaim = (repeat: string): Bits => [
  ...ZONES,
  [0x08, '__GFP_MOVABLE'],
  [0x10, '__GFP_RECLAIMABLE'],
  ...OLD.filter(([bit]) => bit !== 0x10).map(([bit, name]): Bits[number] => [bit, bit === 0x400 ? repeat : name]),
  [0x2000, '__GFP_MEMALLOC'],
  [0x80000, '__GFP_ATOMIC'],
];
const WIDE: Bits = [
  [0x200000, '__GFP_NOTRACK'],
  [0x400000, '__GFP_DIRECT_RECLAIM'],
  [0x800000, '__GFP_OTHER_NODE'],
  [0x1000000, '__GFP_WRITE'],
  [0x2000000, '__GFP_KSWAPD_RECLAIM'],
];
const NARROW: Bits = [
  [0x100000, '__GFP_ACCOUNT'],
  [0x200000, '__GFP_NOTRACK'],
  [0x400000, '__GFP_DIRECT_RECLAIM'],
  [0x800000, '__GFP_WRITE'],
  [0x1000000, '__GFP_KSWAPD_RECLAIM'],
];
const ATOMIC: Bits[number] = [0x200, '__GFP_ATOMIC'];
const NEW: Bits = [
  ...ZONES,
  [0x08, '__GFP_MOVABLE'],
  [0x10, '__GFP_RECLAIMABLE'],
  [0x20, '__GFP_HIGH'],
  [0x40, '__GFP_IO'],
  [0x80, '__GFP_FS'],
  [0x100, '__GFP_ZERO'],
  ATOMIC,
  [0x400, '__GFP_DIRECT_RECLAIM'],
  [0x800, '__GFP_KSWAPD_RECLAIM'],
  [0x1000, '__GFP_WRITE'],
  [0x2000, '__GFP_NOWARN'],
  [0x4000, '__GFP_RETRY_MAYFAIL'],
  [0x8000, '__GFP_NOFAIL'],
  [0x10000, '__GFP_NORETRY'],
  [0x20000, '__GFP_MEMALLOC'],
  [0x40000, '__GFP_COMP'],
  [0x80000, '__GFP_NOMEMALLOC'],
  [0x100000, '__GFP_HARDWALL'],
  [0x200000, '__GFP_THISNODE'],
  [0x400000, '__GFP_ACCOUNT'],
];

/** Flags by kernel (`include/linux/gfp.h`, `gfp_types.h`): from a version on, until before the next row. Empty: not sure enough. */
const TABLES: readonly { readonly from: number; readonly bits: Bits }[] = [
  { from: kernelVersion(2, 6), bits: [...ZONES, ...OLD, [0x2000, '__GFP_NO_GROW']] },
  { from: kernelVersion(2, 6, 23), bits: [...ZONES, ...OLD, [0x80000, '__GFP_MOVABLE']] },
  {
    from: kernelVersion(2, 6, 24),
    bits: [...ZONES, ...OLD, [0x80000, '__GFP_RECLAIMABLE'], [0x100000, '__GFP_MOVABLE']],
  },
  { from: kernelVersion(2, 6, 31), bits: [...MIDDLE_LOW, ...MIDDLE_HIGH] },
  { from: kernelVersion(3, 8), bits: [...MIDDLE_LOW, [0x100000, '__GFP_KMEMCG'], ...MIDDLE_HIGH] },
  { from: kernelVersion(3, 16), bits: [...MIDDLE_LOW, ...MIDDLE_HIGH] },
  { from: kernelVersion(4, 1), bits: [...MIDDLE_LOW, [0x100000, '__GFP_NOACCOUNT'], ...MIDDLE_HIGH] },
  { from: kernelVersion(4, 4), bits: [...withReclaim('__GFP_REPEAT'), [0x100000, '__GFP_NOACCOUNT'], ...WIDE] },
  { from: kernelVersion(4, 5), bits: [...withReclaim('__GFP_REPEAT'), [0x100000, '__GFP_ACCOUNT'], ...WIDE] },
  { from: kernelVersion(4, 10), bits: [...withReclaim('__GFP_REPEAT'), ...NARROW] },
  { from: kernelVersion(4, 13), bits: [...withReclaim('__GFP_RETRY_MAYFAIL'), ...NARROW] },
  // The bits were put in another order twice in these; they name the flags themselves.
  { from: kernelVersion(4, 18), bits: [] },
  { from: kernelVersion(5, 3), bits: NEW },
  { from: kernelVersion(6, 3), bits: NEW.filter((one) => one !== ATOMIC) },
];

/**
 * How old a kernel is that does not name itself, by what it prints: `oom-adj` alone is before 2.6.36, and both of `oom_adj` and `oom_score_adj` are 2.6.36 to
 * 3.6. The bits are those that are the same in all of these.
 */
export type GfpAge = 'oom-adj' | 'both-adj';
const BY_AGE: Readonly<Record<GfpAge, Bits>> = { 'oom-adj': [...ZONES, ...OLD], 'both-adj': [...MIDDLE_LOW, ...MIDDLE_HIGH] };

/** Those that the kernel prints for several bits at once, and what matters of them here. */
const MOVABLE_NAMES = new Set(['__GFP_MOVABLE', 'GFP_HIGHUSER_MOVABLE', 'GFP_TRANSHUGE', 'GFP_TRANSHUGE_LIGHT']);
const HIGH_NAMES = new Set(['__GFP_HIGHMEM', 'GFP_HIGHUSER', 'GFP_HIGHUSER_MOVABLE', 'GFP_TRANSHUGE', 'GFP_TRANSHUGE_LIGHT']);
const RECLAIM_NAMES = new Set([
  ...[
    '__GFP_WAIT',
    '__GFP_DIRECT_RECLAIM',
    '__GFP_RECLAIM',
    'GFP_KERNEL',
    'GFP_KERNEL_ACCOUNT',
    'GFP_NOIO',
    'GFP_NOFS',
    'GFP_TEMPORARY',
  ],
  ...['GFP_USER', 'GFP_HIGHUSER', 'GFP_HIGHUSER_MOVABLE', 'GFP_TRANSHUGE'],
]);

/**
 * The flags of a request for pages. `names` is what the report prints beside the number (`GFP_KERNEL|__GFP_ZERO`, since 4.6); without it the
 * number is decoded by the table of `kernel`, and not at all when that is not known: the same bit means something else in another version.
 * `age`: what is known of it otherwise.
 */
export function readGfp(mask: number, names: string | undefined, kernel: string | undefined, age?: GfpAge): OomGfp {
  if (names !== undefined) {
    const flags = names.split('|').filter((name) => name !== '');
    return { mask, flags, namedBy: 'report', ...meaning(flags) };
  }
  const table = kernel === undefined ? [] : tableOf(kernel);
  const aged = kernel === undefined && age !== undefined ? BY_AGE[age] : undefined;
  const bits = aged ?? table;
  if (bits.length === 0) return { mask };
  let rest = mask;
  const flags: string[] = [];
  for (const [bit, name] of bits) {
    if ((mask & bit) === 0) continue;
    flags.push(name);
    rest &= ~bit;
  }
  if (aged !== undefined) return rest === 0 ? { mask, flags, namedBy: 'age', ...meaning(flags) } : { mask };
  return { mask, flags, namedBy: 'version', ...(rest === 0 ? {} : { unknownBits: rest >>> 0 }), ...meaning(flags) };
}

function meaning(flags: readonly string[]): Pick<OomGfp, 'isMovable' | 'zone' | 'mayReclaim'> {
  const has = (names: ReadonlySet<string>): boolean => flags.some((flag) => names.has(flag));
  const isMovable = has(MOVABLE_NAMES);
  return { isMovable, zone: zoneOf(flags, has(HIGH_NAMES), isMovable), mayReclaim: has(RECLAIM_NAMES) };
}

function zoneOf(flags: readonly string[], isHigh: boolean, isMovable: boolean): OomZoneName {
  if (flags.includes('__GFP_DMA') || flags.includes('GFP_DMA')) return 'DMA';
  if (flags.includes('__GFP_DMA32') || flags.includes('GFP_DMA32')) return 'DMA32';
  if (isHigh) return isMovable ? 'Movable' : 'HighMem';
  return 'Normal';
}

function tableOf(kernel: string): Bits {
  const number = kernelVersionOf(kernel);
  if (number === undefined) return [];
  return TABLES.findLast(({ from }) => number >= from)?.bits ?? [];
}
