import { type Colour, cssOf, mix, over, parseColour, withContrast } from './colour.js';

export interface Theme {
  /** Black or white with lines: a colour alone must not carry a meaning. */
  readonly highContrast: boolean;
  readonly background: Colour;
  readonly foreground: Colour;
  /** CSS colours, for canvases. */
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly border: string;
  readonly focus: string;
  readonly warning: string;
  readonly error: string;
  readonly font: string;
  readonly fontSize: number;
  readonly hues: Readonly<Record<Hue, Colour>>;
}

export type Hue = 'blue' | 'green' | 'yellow' | 'orange' | 'red' | 'purple' | 'neutral';

/** The theme of the editor as it is now, by the variables that the editor gives a webview. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const body = document.body.classList;
  const variable = (...names: readonly string[]): Colour | undefined => {
    for (const name of names) {
      const colour = parseColour(style.getPropertyValue(`--vscode-${name}`));
      if (colour) return colour;
    }
    return undefined;
  };
  const light = body.contains('vscode-light') || body.contains('vscode-high-contrast-light');
  const paper: Colour = light ? { red: 255, green: 255, blue: 255, alpha: 1 } : { red: 30, green: 30, blue: 30, alpha: 1 };
  const ink: Colour = light ? { red: 59, green: 59, blue: 59, alpha: 1 } : { red: 204, green: 204, blue: 204, alpha: 1 };
  // A view in the side bar stands on another background than an editor.
  const background = over(
    parseColour(style.getPropertyValue('--page-background')) ?? paper,
    variable('editor-background') ?? paper,
  );
  const foreground = over(variable('foreground', 'editor-foreground') ?? ink, background);
  const highContrast = body.contains('vscode-high-contrast') || body.contains('vscode-high-contrast-light');
  // Themes give some of them as marks that shine through; a line must be seen.
  const hue = (name: string, otherwise: string) =>
    withContrast(
      { ...(variable(`charts-${name}`) ?? parseColour(otherwise) ?? foreground), alpha: 1 },
      background,
      highContrast ? 4.5 : 3,
    );
  const line = variable('contrastBorder', 'panel-border', 'editorWidget-border') ?? mix(background, foreground, 0.2);
  return {
    highContrast,
    background,
    foreground,
    text: cssOf(foreground),
    muted: cssOf(withContrast(variable('descriptionForeground') ?? mix(background, foreground, 0.7), background, 4.5)),
    grid: cssOf(mix(background, foreground, highContrast ? 0.3 : 0.12)),
    border: cssOf(over(line, background)),
    focus: cssOf(variable('focusBorder') ?? foreground),
    warning: cssOf(hue('yellow', '#cca700')),
    error: cssOf(hue('red', '#f14c4c')),
    font: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    fontSize: Number.parseFloat(style.getPropertyValue('--vscode-font-size')) || 13,
    hues: {
      blue: hue('blue', '#3794ff'),
      green: hue('green', '#89d185'),
      yellow: hue('yellow', '#cca700'),
      orange: hue('orange', '#d18616'),
      red: hue('red', '#f14c4c'),
      purple: hue('purple', '#b180d7'),
      neutral: withContrast(mix(background, foreground, 0.55), background, 3),
    },
  };
}

/** Called when the user takes another theme: the editor then changes the classes of the body and the variables of the root. */
export function onThemeChange(listener: () => void): void {
  let asked = false;
  const observer = new MutationObserver(() => {
    // Both change at once; the styles are there in the next frame.
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      listener();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}
