import { explainOom } from '../../insight/oom/explain-oom.js';
import { scoringOf } from '../../insight/oom/next-victim-score.js';
import { candidateReason, firstVictimText, nextVictimNotes } from '../../insight/oom/next-victim-words.js';
import { oomPartWords } from '../../insight/oom/oom-part-words.js';
import type { OomPartId } from '../../insight/oom/oom-parts.js';
import { groupAmounts, oomStory } from '../../insight/oom/oom-story.js';
import type { OomHolder } from '../../insight/oom/oom-victim.js';
import { oomHeadline, oomWhenText, oomZoneStateText } from '../../insight/oom/oom-words.js';
import type { OomZoneVerdict } from '../../insight/oom/oom-zones.js';
import type { NextVictims } from '../../model/next-victim.js';
import type { OomEvent, OomReport, OomZone } from '../../model/oom.js';
import type { OomEntry, OomEventView, OomTaskRow, OomZoneRow, VictimState } from '../../protocol/oom.js';
import type { ItemGroup } from '../../protocol/system.js';
import { ITEM_GROUPS } from '../system/item-groups.js';

const GROUPS: Readonly<Record<OomPartId, ItemGroup>> = {
  ...ITEM_GROUPS,
  hwPoisoned: ITEM_GROUPS.corrupted,
  reserved: 'kernel',
  unexplained: 'unexplained',
};

/** Amounts of one control group that are shown. */
const MOST_AMOUNTS = 8;
const MOST_GROUPS = 20;
/** Processes of the list of who goes first. */
const MOST_VICTIMS = 500;

/** The list of a log's events. */
export const oomEntries = ({ events }: OomReport, bootMs: number | undefined): readonly OomEntry[] =>
  events.map((event) => ({ headline: oomHeadline(event), when: oomWhenText(event, bootMs) ?? '' }));

/** All that a page shows of one event. */
export function oomEventView(event: OomEvent, index: number, bootMs: number | undefined): OomEventView {
  const explained = explainOom(event);
  const { parts, tasks, victim, zones } = explained;
  const when = oomWhenText(event, bootMs);
  return {
    index,
    headline: oomHeadline(event),
    origin: [
      ...(when === undefined ? [] : [when]),
      ...(event.kernel === undefined ? [] : [`Linux ${event.kernel}`]),
      event.firstLine === event.lastLine ? `line ${event.firstLine}` : `lines ${event.firstLine} to ${event.lastLine}`,
    ].join(', '),
    ...oomStory(event, explained),
    zones: (event.memory?.zones ?? []).map((zone) => zoneRow(zone, zones)),
    ...(parts === undefined
      ? {}
      : {
          memory: {
            total: parts.total,
            totalLabel: parts.totalFrom === 'ram' ? 'All RAM' : 'All zones',
            parts: parts.parts
              .filter(({ id, bytes }) => bytes !== 0 || id === 'unexplained')
              .map(({ id, bytes }) => ({ ...oomPartWords(id, parts), bytes, group: GROUPS[id] })),
          },
        }),
    limits: event.cgroup?.limits ?? [],
    groups: (event.cgroup?.stats ?? []).slice(0, MOST_GROUPS).map((group) => ({
      path: group.path,
      amounts: groupAmounts(group)
        .slice(0, MOST_AMOUNTS)
        .map(({ name, value }) => ({ label: name, bytes: value, what: '' })),
    })),
    tasks: tasks.holders.map((holder) => taskRow(event, holder, holder === victim.holder)),
  };
}

function zoneRow(zone: OomZone, verdicts: readonly OomZoneVerdict[]): OomZoneRow {
  const verdict = verdicts.find((one) => one.node === zone.node && one.zone === zone.name);
  const marks = Object.fromEntries(
    (['free', 'min', 'low', 'high'] as const).flatMap((name) => {
      const value = zone.fields.find((field) => field.name === name)?.value;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    node: zone.node,
    name: zone.name,
    state: verdict === undefined ? '' : oomZoneStateText(verdict.state),
    isShort: verdict?.state === 'below-min' || verdict?.state === 'fragmented',
    ...marks,
    ...(verdict?.needed === undefined ? {} : { needed: verdict.needed }),
  };
}

function taskRow(event: OomEvent, { task, held, isExempt }: OomHolder, isChosen: boolean): OomTaskRow {
  const { pid, tgid, name, uid, rss, swap, pageTables } = task;
  const adj = task.oomScoreAdj ?? task.oomAdj;
  const isKilled = event.killed.some((one) => one.pid === pid || one.pid === tgid);
  return {
    pid,
    name,
    held,
    marks: [
      ...(event.asker?.pid === pid ? (['asked'] as const) : []),
      ...(isChosen ? (['chosen'] as const) : []),
      ...(isKilled ? (['killed'] as const) : []),
      ...(isExempt ? (['exempt'] as const) : []),
    ],
    ...(uid === undefined ? {} : { uid }),
    ...(rss === undefined ? {} : { rss }),
    ...(swap === undefined ? {} : { swap }),
    ...(pageTables === undefined ? {} : { pageTables }),
    ...(adj === undefined ? {} : { adj }),
  };
}

/** The list of who goes first. `at`: when it was read. */
export function victimsView(victims: NextVictims, at: number): Extract<VictimState, { kind: 'shown' }> {
  const { candidates } = victims;
  const scoring = scoringOf(victims);
  const rows = candidates.slice(0, MOST_VICTIMS).map((one) => ({ ...one, why: candidateReason(one, victims, scoring) }));
  const first = firstVictimText(victims, scoring);
  return {
    kind: 'shown',
    at,
    rows,
    more: candidates.length - rows.length,
    notes: nextVictimNotes(victims, scoring),
    ...(first === undefined ? {} : { first }),
  };
}
