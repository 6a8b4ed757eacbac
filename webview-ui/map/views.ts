import type { Theme } from '../shared/theme.js';
import { AddressSpace } from './address-space.js';
import { type ChangesDeeds, ChangesView } from './changes-view.js';
import type { MapActions, MapView } from './map-model.js';
import { RegionTable } from './region-table.js';
import type { ViewName } from './saved.js';
import { TreemapView } from './treemap-view.js';

/** The forms of the map, made once: each keeps its place while another one is shown. */
export function makeViews(actions: MapActions, theme: () => Theme, changes: ChangesDeeds): Readonly<Record<ViewName, MapView>> {
  return {
    space: new AddressSpace(actions, theme),
    treemap: new TreemapView(actions, theme),
    table: new RegionTable(actions, theme),
    changes: new ChangesView(actions, theme, changes),
  };
}
