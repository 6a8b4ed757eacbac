import { element } from '../shared/dom.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel } from './map-model.js';

/** To be written. */
export class Totals {
  readonly element = element('section');

  constructor(
    readonly actions: MapActions,
    readonly theme: () => Theme,
  ) {}

  show(_: MapModel): void {}

  themed(): void {}
}
