export interface SpacePoint {
  readonly x: number;
  readonly y: number;
}

export interface SpacePointerActions {
  readonly pan: (pixels: number) => void;
  /** Whether there is more in this direction; else the page itself scrolls. */
  readonly canPan: (pixels: number) => boolean;
  readonly zoom: (factor: number, x: number, y: number) => void;
  /** undefined: the pointer has left. */
  readonly hover: (at: SpacePoint | undefined) => void;
  readonly click: (at: SpacePoint, extend: boolean) => void;
}

/** A press that moves less is a click. */
const SLACK = 4;
const LINE = 18;

/** The wheel pans, with Ctrl (or a pinch) it zooms; dragging pans; a click chooses, with Ctrl or Shift one more. */
export function listenToSpacePointer(stage: HTMLElement, actions: SpacePointerActions): void {
  const place = (event: MouseEvent): SpacePoint => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  let pressed: SpacePoint | undefined;
  let dragged = false;
  let lastY = 0;
  stage.addEventListener(
    'wheel',
    (event) => {
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      if (event.ctrlKey) {
        event.preventDefault();
        const { x, y } = place(event);
        actions.zoom(Math.exp(-pixels / 300), x, y);
      } else if (pixels !== 0 && actions.canPan(pixels)) {
        event.preventDefault();
        actions.pan(pixels);
      }
    },
    { passive: false },
  );
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pressed = place(event);
    lastY = pressed.y;
    dragged = false;
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (pressed === undefined) {
      actions.hover(at);
      return;
    }
    if (!dragged && Math.hypot(at.x - pressed.x, at.y - pressed.y) < SLACK) return;
    dragged = true;
    actions.pan(lastY - at.y);
    lastY = at.y;
  });
  stage.addEventListener('pointerup', (event) => {
    const from = pressed;
    pressed = undefined;
    if (from !== undefined && !dragged) actions.click(from, event.ctrlKey || event.metaKey || event.shiftKey);
  });
  stage.addEventListener('pointercancel', () => {
    pressed = undefined;
  });
  stage.addEventListener('pointerleave', () => actions.hover(undefined));
}
