/** What a column of pmap(1) holds. Figures have the kernel's name, or pmap's own where it is no figure of the kernel's. */
export type PmapColumn =
  | { readonly kind: 'address' | 'size' | 'permissions' | 'offset' | 'device' | 'inode' | 'flags' | 'mapping' | 'unnamed' }
  | { readonly kind: 'figure'; readonly name: string };

export interface PmapLayout {
  readonly columns: readonly PmapColumn[];
  readonly form: 'pmap' | 'pmap-x' | 'pmap-X' | 'pmap-XX';
  /** Where the column before the flags ends and where that of the paths begins: flags are several words. */
  readonly flags?: { readonly from: number; readonly to: number };
}

const WORDS: ReadonlyMap<string, PmapColumn> = new Map<string, PmapColumn>([
  ['Address', { kind: 'address' }],
  ['Perm', { kind: 'permissions' }],
  ['Mode', { kind: 'permissions' }],
  ['Offset', { kind: 'offset' }],
  ['Device', { kind: 'device' }],
  ['Inode', { kind: 'inode' }],
  ['Size', { kind: 'size' }],
  ['Kbytes', { kind: 'size' }],
  ['VmFlags', { kind: 'flags' }],
  ['Mapping', { kind: 'mapping' }],
  ['RSS', { kind: 'figure', name: 'Rss' }],
  ['PSS', { kind: 'figure', name: 'Pss' }],
  ['Anon', { kind: 'figure', name: 'Anonymous' }],
]);

/** What BusyBox and toybox tell with -x; their `Dirty` is the kernel's Private_Dirty. */
const SMALL_FIGURES = ['Pss', 'Private_Dirty', 'Swap'].map((name): PmapColumn => ({ kind: 'figure', name }));

const COLUMN = (kind: Exclude<PmapColumn['kind'], 'figure'>): PmapColumn => ({ kind });
const SMALL_LAYOUT: PmapLayout = {
  columns: [COLUMN('address'), COLUMN('size'), ...SMALL_FIGURES, COLUMN('permissions'), COLUMN('mapping')],
  form: 'pmap-x',
};
const HEAD_OF_X = ['address', 'permissions', 'offset', 'device', 'inode', 'size'] as const;

/**
 * Of the line of headings. Those of `pmap -X` and `-XX` are the kernel's names, but for the first ones and the last, which are translated,
 * as all of the other forms are. procps 3.3.10 and its neighbours write `VmFlagsMapping`. Undefined: it is no such line.
 */
export function pmapLayout(line: string): PmapLayout | undefined {
  const words = line.trimEnd().replace('VmFlagsMapping', 'VmFlags Mapping').trim().split(/\s+/);
  const isX = words[5] === 'Size' && words.length > 6;
  if (!isX && words[0] !== 'Address') return undefined;
  if (words.slice(0, 5).join(' ') === 'Address Kbytes PSS Dirty Swap') return SMALL_LAYOUT;
  const columns = words.map((word, i): PmapColumn => {
    if (isX && i < HEAD_OF_X.length) return COLUMN(HEAD_OF_X[i] as (typeof HEAD_OF_X)[number]);
    if (i === words.length - 1) return COLUMN('mapping');
    return WORDS.get(word) ?? { kind: 'figure', name: word };
  });
  if (!columns.some(({ kind }) => kind === 'size')) return undefined;
  const flags = columns.findIndex(({ kind }) => kind === 'flags');
  if (flags < 0) {
    return { columns, form: isX ? 'pmap-X' : columns.some(({ kind }) => kind === 'figure') ? 'pmap-x' : 'pmap' };
  }
  const before = words[flags - 1] ?? '';
  const heading = line.lastIndexOf('VmFlags');
  // Where the two are one word, the last flag's own blank is between their columns.
  const to = heading + 'VmFlags'.length - (line.startsWith('VmFlagsMapping', heading) ? 1 : 0);
  return { columns, form: 'pmap-XX', flags: { from: line.lastIndexOf(before, heading) + before.length, to } };
}

/**
 * Of the first line with a mapping, when nothing stands above it that is understood (`pmap -q`, a translated heading). Undefined: it is none.
 */
export function layoutOfRow(line: string): PmapLayout | undefined {
  const address = COLUMN('address');
  const size = COLUMN('size');
  const permissions = COLUMN('permissions');
  const mapping = COLUMN('mapping');
  if (/^[0-9a-f]{8,16} +\d+K [r-][w-][x-][sp-]/.test(line)) {
    return { columns: [address, size, permissions, mapping], form: 'pmap' };
  }
  if (/^[0-9a-f]{8,16} +\d+ [r-][w-][x-][sp-]-? [0-9a-f]{8,16} /.test(line)) {
    return { columns: [address, size, permissions, COLUMN('offset'), COLUMN('device'), mapping], form: 'pmap' };
  }
  if (/^[0-9a-f]{8,16} +\d+ +[\d-]+ +[\d-]+ [r-][w-][x-][sp-]/.test(line)) {
    const figures = ['Rss', 'Dirty'].map((name): PmapColumn => ({ kind: 'figure', name }));
    return { columns: [address, size, ...figures, permissions, mapping], form: 'pmap-x' };
  }
  if (/^[0-9a-f]{8,16} +\d+ +\d+ +\d+ +\d+ +[r-][w-][x-][sp-]/.test(line)) return SMALL_LAYOUT;
  const x =
    /^ *[0-9a-f]{8,16} [r-][w-][x-][sp] [0-9a-f]{8,16} +[0-9a-f]+:[0-9a-f]+ +\d+ +\d+((?: +\d+)+)( +(?:[a-z]{2} )+)?/.exec(line);
  if (x === null) return undefined;
  const unnamed = (x[1] ?? '')
    .trim()
    .split(/ +/)
    .map(() => COLUMN('unnamed'));
  const form = x[2] === undefined ? 'pmap-X' : 'pmap-XX';
  const flags = x[2] === undefined ? [] : [COLUMN('flags')];
  return { columns: [...HEAD_OF_X.map(COLUMN), ...unnamed, ...flags, mapping], form };
}
