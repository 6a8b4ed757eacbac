export interface FlamePoint {
  readonly x: number;
  readonly y: number;
}

export interface FlamePointerActions {
  /** To the right and down, in pixels. */
  readonly pan: (x: number, y: number) => void;
  readonly zoom: (factor: number, x: number) => void;
  /** undefined: the pointer has left. */
  readonly hover: (at: FlamePoint | undefined) => void;
  /** `isOpening`: with Ctrl, as links are followed in the editor. */
  readonly click: (at: FlamePoint, isOpening: boolean) => void;
  readonly menu: (at: FlamePoint, event: MouseEvent) => void;
}

/** A press that moves less is a click. */
const SLACK = 4;
const LINE = 18;

/** The wheel scrolls, as on every page; with Ctrl (or a pinch) it zooms about the pointer, sideways or with Shift it pans; dragging pans. */
export function listenToFlamePointer(stage: HTMLElement, actions: FlamePointerActions): void {
  const place = (event: MouseEvent): FlamePoint => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const isOnScrollbar = (event: MouseEvent): boolean => place(event).x >= stage.clientWidth;
  let pressed: FlamePoint | undefined;
  let last: FlamePoint = { x: 0, y: 0 };
  let dragged = false;
  stage.addEventListener(
    'wheel',
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const across = (event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
      if (event.ctrlKey) {
        event.preventDefault();
        actions.zoom(Math.exp((-event.deltaY * unit) / 300), place(event).x);
      } else if (across !== 0 && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
        event.preventDefault();
        actions.pan(across, 0);
      }
    },
    { passive: false },
  );
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || isOnScrollbar(event)) return;
    pressed = place(event);
    last = pressed;
    dragged = false;
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (pressed === undefined) {
      actions.hover(isOnScrollbar(event) ? undefined : at);
      return;
    }
    if (!dragged && Math.hypot(at.x - pressed.x, at.y - pressed.y) < SLACK) return;
    dragged = true;
    actions.pan(last.x - at.x, last.y - at.y);
    last = at;
  });
  stage.addEventListener('pointerup', (event) => {
    const from = pressed;
    pressed = undefined;
    if (from !== undefined && !dragged) actions.click(from, event.ctrlKey || event.metaKey);
  });
  stage.addEventListener('pointercancel', () => {
    pressed = undefined;
  });
  stage.addEventListener('pointerleave', () => actions.hover(undefined));
  stage.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    actions.menu(place(event), event);
  });
}
