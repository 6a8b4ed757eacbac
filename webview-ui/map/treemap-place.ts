import type { Group, Groups } from './treemap-groups.js';

/** A step into the map: into a group, or into those that were drawn as one for being small (places in the list before it). */
export type Step =
  | { readonly kind: 'group'; readonly key: string }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

/** What is shown: groups with their regions, or regions alone, each largest first. */
export type Place =
  | { readonly kind: 'groups'; readonly groups: readonly Group[] }
  | { readonly kind: 'rows'; readonly rows: readonly number[] };

export interface Crumb {
  readonly label: string;
  readonly title: string;
}

export interface Reached {
  readonly place: Place;
  /** As much of the path as there is in this map. */
  readonly path: readonly Step[];
  /** Of each step of the path. */
  readonly crumbs: readonly Crumb[];
  /** The innermost group; absent above the groups. */
  readonly group?: Group;
}

/** Follows a path. Another map may have no such group any more, or fewer small ones: the path ends before it then. */
export function reach({ groups }: Groups, path: readonly Step[]): Reached {
  let place: Place = { kind: 'groups', groups };
  let group: Group | undefined;
  const taken: Step[] = [];
  const crumbs: Crumb[] = [];
  for (const step of path) {
    if (step.kind === 'group') {
      const found: Group | undefined = place.kind === 'groups' ? place.groups.find(({ key }) => key === step.key) : undefined;
      if (found === undefined) break;
      group = found;
      place = { kind: 'rows', rows: found.rows };
      crumbs.push(found);
    } else {
      const inside: Place =
        place.kind === 'groups'
          ? { kind: 'groups', groups: place.groups.slice(step.from, step.to) }
          : { kind: 'rows', rows: place.rows.slice(step.from, step.to) };
      const count = inside.kind === 'groups' ? inside.groups.length : inside.rows.length;
      if (count === 0) break;
      place = inside;
      const label = moreLabel(count);
      crumbs.push({ label, title: label });
    }
    taken.push(step);
  }
  return { place, path: taken, crumbs, ...(group === undefined ? {} : { group }) };
}

export const moreLabel = (count: number): string => `${count.toLocaleString('en-US')} more`;
