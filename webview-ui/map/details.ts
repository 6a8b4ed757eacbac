import type { FromMapPage, ToMapPage } from '../../src/protocol/map.js';
import { element } from '../shared/dom.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel } from './map-model.js';

/** To be written. */
export class Details {
  readonly element = element('div');

  constructor(
    readonly actions: MapActions,
    readonly send: (message: FromMapPage) => void,
    readonly theme: () => Theme,
  ) {}

  show(_: MapModel, __: readonly number[]): void {}

  takeStrip(_: Extract<ToMapPage, { kind: 'strip' | 'no-strip' }>): void {}

  themed(): void {}
}
