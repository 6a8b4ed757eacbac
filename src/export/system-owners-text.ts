import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { accountMachine } from '../insight/system/accounting.js';
import { slabBytes, slabWaste, vmallocCallers } from '../insight/system/diff.js';
import { type NodeMemory, nodeMemory } from '../insight/system/nodes.js';
import { knownPageSize } from '../insight/system/page-size.js';
import { HIDDEN_PROCESSES, type SystemState } from '../model/system-state.js';
import { amountText } from './map-amounts.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface OwnerOptions {
  readonly width?: number;
  readonly verbose: boolean;
}

const MOST_ROWS = 10;

/** Who holds the memory, a table for each kind of owner that is told: the largest ones, and the sum of those that are left out. */
export function* ownerSections(state: SystemState, options: OwnerOptions): Generator<string> {
  yield* processes(state, options);
  yield* mounts(state, options);
  yield* files(state, options);
  yield* segments(state, options);
  yield* slabs(state, options);
  yield* vmalloc(state, options);
  yield* others(state, options);
}

interface Section<Row> {
  readonly columns: readonly TextColumnOf<Row>[];
  readonly rows: readonly Row[];
  /** What the rows are ordered by, and what of those that are left out is added up. */
  readonly bytes: (row: Row) => number;
}

function* section<Row>({ columns, rows, bytes }: Section<Row>, { width, verbose }: OwnerOptions): Generator<string> {
  if (rows.length === 0) return;
  const sorted = [...rows].sort((one, other) => bytes(other) - bytes(one));
  const shown = verbose ? sorted : sorted.slice(0, MOST_ROWS);
  const rest = sorted.slice(shown.length);
  yield '\n';
  yield* tableLines(columns, shown, width);
  if (rest.length > 0) {
    yield `and ${formatCount(rest.length, 'more').replace(
      /mores$/,
      'more',
    )}: ${formatBytes(rest.reduce((sum, row) => sum + bytes(row), 0))} (all: --verbose)\n`;
  }
}

const amount = <Row>(title: string, pick: (row: Row) => number | undefined): TextColumnOf<Row> => ({
  title,
  text: (row) => amountText(pick(row)),
  right: true,
});

const holdersText = (holders: readonly { readonly pid: number; readonly name: string }[] = []): string => {
  const shown = holders.slice(0, 3).map(({ pid, name }) => `${visibleText(name)} (${pid})`);
  return `${shown.join(', ')}${holders.length > 3 ? ` and ${holders.length - 3} more` : ''}`;
};

function* processes({ owners, facts, missing }: SystemState, options: OwnerOptions): Generator<string> {
  const { processes: shares } = owners;
  if (shares === undefined) return;
  type Row = (typeof shares.rows)[number];
  const columns: readonly TextColumnOf<Row>[] = [
    { title: 'PID', text: ({ pid }) => String(pid), right: true },
    { title: 'USER', text: ({ user = '' }) => visibleText(user) },
    amount('PSS', ({ pss }) => pss),
    amount('USS', ({ uss }) => uss),
    amount('RSS', ({ rss }) => rss),
    amount('SWAP', ({ swap }) => swap),
    amount('PAGE TABLES', ({ pageTables }) => pageTables),
    { title: 'THREADS', text: ({ threads }) => (threads === undefined ? '-' : threads.toLocaleString('en-US')), right: true },
    { title: 'PROCESS', text: ({ name }) => visibleText(name) },
  ];
  yield* section({ columns, rows: shares.rows, bytes: ({ pss, rss = 0 }) => pss ?? rss }, options);
  const known = shares.rows.filter(({ pss }) => pss !== undefined);
  const areHidden = missing.some(({ path }) => path === HIDDEN_PROCESSES);
  const hidden = areHidden ? '; those of other users are hidden, and in no sum' : '';
  if (known.length === 0) return;
  const sum = (pick: (row: Row) => number | undefined): number => known.reduce((bytes, row) => bytes + (pick(row) ?? 0), 0);
  const applications = accountMachine(facts)?.items.find(({ id }) => id === 'applications')?.bytes;
  const anonymous = known.every(({ pssAnon }) => pssAnon !== undefined) ? sum(({ pssAnon }) => pssAnon) : undefined;
  const compared =
    anonymous === undefined || applications === undefined
      ? ''
      : `; ${formatBytes(anonymous)} of it anonymous, of ${formatBytes(applications)} of Applications`;
  yield `PSS of ${formatCount(known.length, 'process', 'processes')}: ${formatBytes(sum(({ pss }) => pss))}${compared}${shares.withoutPss === 0 ? '' : `; of ${shares.withoutPss.toLocaleString('en-US')} more only RSS is told`}${hidden}\n`;
}

function mounts({ owners }: SystemState, options: OwnerOptions): Generator<string> {
  type Row = NonNullable<typeof owners.mounts>[number];
  return section<Row>(
    {
      columns: [
        amount('USED', ({ used }) => used),
        amount('SIZE', ({ size }) => size),
        { title: 'TYPE', text: ({ type }) => type },
        { title: 'MOUNT', text: ({ mountPoint }) => visibleText(mountPoint) },
      ],
      rows: (owners.mounts ?? []).filter(({ used }) => used !== 0),
      bytes: ({ used = 0 }) => used,
    },
    options,
  );
}

function* files({ owners }: SystemState, options: OwnerOptions): Generator<string> {
  type Row = NonNullable<typeof owners.files>[number];
  yield* section<Row>(
    {
      columns: [
        amount('MEMORY', ({ bytes }) => bytes),
        { title: 'KIND', text: ({ kind }) => kind },
        { title: 'FILE', text: ({ path }) => visibleText(path) },
        { title: 'HELD BY', text: ({ holders }) => holdersText(holders) },
      ],
      rows: owners.files ?? [],
      bytes: ({ bytes }) => bytes,
    },
    options,
  );
  if (owners.filesLeftOut !== undefined) yield `and ${formatCount(owners.filesLeftOut, 'smaller file')} that were not kept\n`;
}

function segments({ facts }: SystemState, options: OwnerOptions): Generator<string> {
  type Row = NonNullable<typeof facts.shm>[number];
  const memory = ({ resident, size }: Row): number => resident ?? size;
  return section<Row>(
    {
      columns: [
        { title: 'SYSV SHM', text: ({ id }) => String(id), right: true },
        amount('SIZE', ({ size }) => size),
        amount('RESIDENT', ({ resident }) => resident),
        amount('SWAPPED', ({ swapped }) => swapped),
        { title: 'ATTACHED', text: ({ attached }) => (attached === 0 ? 'by nobody' : String(attached)), right: true },
        { title: 'MADE BY', text: ({ creator }) => String(creator), right: true },
        { title: '', text: ({ removed }) => (removed ? 'removed, goes with the last' : '') },
      ],
      rows: facts.shm ?? [],
      bytes: memory,
    },
    options,
  );
}

const pageSizeOf = (facts: SystemState['facts']): number | undefined =>
  knownPageSize(facts.pageSize, facts.zones, facts.meminfo.find(({ name }) => name === 'MemTotal')?.value);

function* slabs(state: SystemState, options: OwnerOptions): Generator<string> {
  const { slab } = state.facts;
  const size = pageSizeOf(state.facts);
  if (slab === undefined || size === undefined) return;
  type Row = (typeof slab)[number];
  yield* section<Row>(
    {
      columns: [
        amount('SLAB', (cache) => slabBytes(cache, size)),
        amount('NOT IN USE', (cache) => slabWaste(cache, size)),
        { title: 'OBJECTS', text: ({ activeObjects }) => activeObjects.toLocaleString('en-US'), right: true },
        amount('OF', ({ objectSize }) => objectSize),
        { title: 'CACHE', text: ({ name }) => visibleText(name) },
      ],
      rows: slab.filter((cache) => slabBytes(cache, size) > 0),
      bytes: (cache) => slabBytes(cache, size),
    },
    options,
  );
}

function* vmalloc({ facts }: SystemState, options: OwnerOptions): Generator<string> {
  yield* section<readonly [name: string, bytes: number]>(
    {
      columns: [amount('VMALLOC', ([, bytes]) => bytes), { title: 'CALLER', text: ([name]) => visibleText(name) }],
      rows: [...(vmallocCallers(facts) ?? [])],
      bytes: ([, bytes]) => bytes,
    },
    options,
  );
}

function* others({ facts, owners }: SystemState, options: OwnerOptions): Generator<string> {
  type Group = NonNullable<typeof facts.cgroups>[number];
  const groups = facts.cgroups ?? [];
  const bound = (limit: Group['limit'] | undefined): string =>
    limit === undefined ? '-' : limit === 'max' ? 'none' : amountText(limit);
  const counted = (count: number | undefined): string => (count === undefined ? '-' : count.toLocaleString('en-US'));
  yield* section<Group>(
    {
      columns: [
        amount('USAGE', ({ usage }) => usage),
        { title: 'LIMIT', text: ({ limit }) => bound(limit), right: true },
        ...(groups.some(({ high }) => high !== undefined && high !== 'max')
          ? [{ title: 'HIGH', text: ({ high }: Group) => bound(high), right: true }]
          : []),
        ...(groups.some(({ events }) => (events?.max ?? 0) > 0)
          ? [{ title: 'REACHED', text: ({ events }: Group) => counted(events?.max), right: true }]
          : []),
        ...(groups.some(({ events }) => (events?.oomKill ?? 0) > 0)
          ? [{ title: 'KILLED', text: ({ events }: Group) => counted(events?.oomKill), right: true }]
          : []),
        {
          title: 'GIVES BACK',
          text: ({ reclaimable }) => (reclaimable === undefined ? '-' : amountText(reclaimable)),
          right: true,
        },
        { title: 'CGROUP', text: ({ group }) => visibleText(group) },
      ],
      rows: groups,
      bytes: ({ usage }) => usage,
    },
    options,
  );
  type Pool = NonNullable<typeof facts.hugePages>[number];
  const count = (pages: number | undefined): string => (pages === undefined ? '-' : pages.toLocaleString('en-US'));
  yield* section<Pool>(
    {
      columns: [
        amount('HUGE PAGES OF', ({ pageSize }) => pageSize),
        { title: 'PAGES', text: ({ pages }) => count(pages), right: true },
        { title: 'FREE', text: ({ free }) => count(free), right: true },
        { title: 'RESERVED', text: ({ reserved }) => count(reserved), right: true },
        { title: 'SURPLUS', text: ({ surplus }) => count(surplus), right: true },
      ],
      rows: (facts.hugePages ?? []).filter(({ pages }) => pages > 0),
      bytes: ({ pages, pageSize }) => pages * pageSize,
    },
    options,
  );
  type Buffer = NonNullable<typeof owners.dmaBufs>[number];
  yield* section<Buffer>(
    {
      columns: [
        amount('DMA-BUF', ({ bytes }) => bytes),
        { title: 'EXPORTER', text: ({ exporter = '-' }) => visibleText(exporter) },
        { title: 'NAME', text: ({ name = '' }) => visibleText(name) },
        { title: 'HELD BY', text: ({ holders }) => holdersText(holders) },
      ],
      rows: owners.dmaBufs ?? [],
      bytes: ({ bytes }) => bytes,
    },
    options,
  );
  yield* nodeRows(facts, options);
  yield* zoneRows(facts, options);
  yield* kernelOwners(facts, options);
}

function nodeRows(facts: SystemState['facts'], options: OwnerOptions): Generator<string> {
  const size = pageSizeOf(facts);
  const rows = size === undefined ? [] : nodeMemory(facts.zones ?? [], size);
  return section<NodeMemory>(
    {
      columns: [
        { title: 'NODE', text: ({ node }) => String(node), right: true },
        amount('SIZE', ({ managed }) => managed),
        amount('FREE', ({ free }) => free),
        amount('APPLICATIONS', ({ anonymous }) => anonymous),
        amount('CACHE', ({ files }) => files),
        amount('OF IT SHARED', ({ shared }) => shared),
        amount('SLAB', ({ slab }) => slab),
      ],
      // Of a machine with one node it would be the whole machine again.
      rows: rows.length < 2 ? [] : rows,
      bytes: ({ managed = 0 }) => managed,
    },
    options,
  );
}

/** Zones with what is free in them, and the largest block of it. */
function zoneRows(facts: SystemState['facts'], { width }: OwnerOptions): Generator<string> {
  type Zone = NonNullable<typeof facts.zones>[number];
  const size = pageSizeOf(facts);
  const pages = (count: number | undefined): number | undefined =>
    count === undefined || size === undefined ? undefined : count * size;
  const largest = ({ node, zone }: Zone): number | undefined => {
    const order =
      facts.buddy?.find((row) => row.node === node && row.zone === zone)?.free.findLastIndex((blocks) => blocks > 0) ?? -1;
    return order < 0 ? undefined : pages(2 ** order);
  };
  return section<Zone>(
    {
      columns: [
        { title: 'NODE', text: ({ node }) => String(node), right: true },
        { title: 'ZONE', text: ({ zone }) => visibleText(zone) },
        amount('SIZE', ({ managed, present }) => pages(managed ?? present)),
        amount('FREE', ({ free }) => pages(free)),
        amount('OF IT CMA', ({ counters }) => pages(counters['nr_free_cma'])),
        amount('MIN', ({ min }) => pages(min)),
        amount('LOW', ({ low }) => pages(low)),
        amount('HIGH', ({ high }) => pages(high)),
        amount('LARGEST BLOCK', largest),
      ],
      rows: (facts.zones ?? []).filter(({ managed, present }) => (managed ?? present ?? 1) > 0),
      bytes: ({ managed = 0 }) => managed,
    },
    { verbose: true, ...(width === undefined ? {} : { width }) },
  );
}

function* kernelOwners(facts: SystemState['facts'], options: OwnerOptions): Generator<string> {
  type Swap = NonNullable<typeof facts.swaps>[number];
  yield* section<Swap>(
    {
      columns: [
        amount('SWAP', ({ used }) => used),
        amount('SIZE', ({ size }) => size),
        { title: 'DEVICE', text: ({ name }) => visibleText(name) },
      ],
      rows: facts.swaps ?? [],
      bytes: ({ used }) => used,
    },
    options,
  );
  type Zram = NonNullable<typeof facts.zram>[number];
  yield* section<Zram>(
    {
      columns: [
        amount('ZRAM', ({ used }) => used),
        { title: 'DEVICE', text: ({ device = '-' }) => visibleText(device) },
        amount('HOLDS', ({ original }) => original),
        amount('COMPRESSED', ({ compressed }) => compressed),
      ],
      rows: (facts.zram ?? []).filter(({ used }) => used > 0),
      bytes: ({ used }) => used,
    },
    options,
  );
  const page = pageSizeOf(facts);
  type Module = NonNullable<typeof facts.modules>[number];
  yield* section<Module>(
    {
      columns: [
        amount('MODULE', ({ size }) => size),
        amount('IN PAGES', ({ size }) => (page === undefined ? undefined : Math.ceil(size / page) * page)),
        amount('WITH GUARD PAGE', ({ size }) => (page === undefined ? undefined : Math.ceil(size / page) * page + page)),
        { title: 'NAME', text: ({ name }) => visibleText(name) },
      ],
      rows: facts.modules ?? [],
      bytes: ({ size }) => size,
    },
    options,
  );
}
