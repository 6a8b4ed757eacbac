/** What a key on a cell asks for. */
export type GridCommand =
  | { readonly kind: 'row'; readonly by: number }
  | { readonly kind: 'page'; readonly by: 1 | -1 }
  | { readonly kind: 'cell'; readonly by: 1 | -1 }
  | { readonly kind: 'edge'; readonly of: 'row' | 'grid'; readonly end: boolean }
  | { readonly kind: 'menu' }
  | { readonly kind: 'activate' }
  | { readonly kind: 'widen'; readonly by: number }
  | { readonly kind: 'move-column'; readonly by: 1 | -1 };

const STEP = 12;

/** Keys of the grid pattern of ARIA. */
export function commandOf(event: KeyboardEvent): GridCommand | undefined {
  const control = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp':
      return control || event.altKey ? undefined : { kind: 'row', by: event.key === 'ArrowDown' ? 1 : -1 };
    case 'ArrowLeft':
    case 'ArrowRight': {
      const by = event.key === 'ArrowRight' ? 1 : -1;
      if (event.altKey) return { kind: 'move-column', by };
      if (event.shiftKey) return { kind: 'widen', by: by * STEP };
      return { kind: 'cell', by };
    }
    case 'PageDown':
    case 'PageUp':
      return { kind: 'page', by: event.key === 'PageDown' ? 1 : -1 };
    case 'Home':
    case 'End':
      return { kind: 'edge', of: control ? 'grid' : 'row', end: event.key === 'End' };
    case 'Enter':
    case ' ':
      return { kind: 'activate' };
    case 'ContextMenu':
      return { kind: 'menu' };
    case 'F10':
      return event.shiftKey ? { kind: 'menu' } : undefined;
    default:
      return undefined;
  }
}
