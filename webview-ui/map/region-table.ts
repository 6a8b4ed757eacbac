import { element } from '../shared/dom.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel, MapView } from './map-model.js';

/** To be written. */
export class RegionTable implements MapView {
  readonly element = element('div');

  constructor(
    readonly actions: MapActions,
    readonly theme: () => Theme,
  ) {}

  show(_: MapModel): void {}

  select(_: readonly number[]): void {}

  themed(): void {}
}
