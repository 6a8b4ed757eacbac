export interface KeyActions {
  readonly step: (by: number, extend: boolean) => void;
  readonly gap: (by: number) => void;
  readonly edge: (last: boolean) => void;
  readonly page: (by: number) => void;
  readonly pan: (by: number) => void;
  readonly zoom: (factor: number) => void;
  readonly whole: () => void;
  readonly clear: () => void;
}

const ZOOM = 1.4;

/** The keys of the drawing. Others, and those with a modifier that the editor has, are left alone. */
export class SpaceKeys {
  constructor(private readonly actions: KeyActions) {}

  take(event: KeyboardEvent): void {
    const { step, gap, edge, page, pan, zoom, whole, clear } = this.actions;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const deeds: Readonly<Record<string, () => void>> = {
      ArrowDown: () => step(1, event.shiftKey),
      ArrowUp: () => step(-1, event.shiftKey),
      g: () => gap(1),
      G: () => gap(-1),
      ArrowRight: () => pan(1),
      ArrowLeft: () => pan(-1),
      PageDown: () => page(1),
      PageUp: () => page(-1),
      Home: () => edge(false),
      End: () => edge(true),
      '+': () => zoom(ZOOM),
      '=': () => zoom(ZOOM),
      '-': () => zoom(1 / ZOOM),
      '0': whole,
      Escape: clear,
    };
    const deed = deeds[event.key];
    if (deed === undefined) return;
    event.preventDefault();
    deed();
  }
}
