import { cssOf } from './colour.js';
import { onThemeChange, readTheme } from './theme.js';

/** `--hue-blue` and the like: colours that are seen on the theme's background, whatever it says of its charts. */
export function keepHues(element: HTMLElement): void {
  const paint = (): void => {
    for (const [hue, colour] of Object.entries(readTheme().hues)) element.style.setProperty(`--hue-${hue}`, cssOf(colour));
  };
  paint();
  onThemeChange(paint);
}
