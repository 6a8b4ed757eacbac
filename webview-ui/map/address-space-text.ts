import type { Theme } from '../shared/theme.js';

type Weight = 'normal' | 'bold' | 'small' | 'address';

const MOST_KNOWN = 5000;

/** Texts on a canvas: how wide they are, and as much of them as fits. Measured texts are remembered. */
export class TextFitter {
  private readonly widths = new Map<string, number>();
  private ctx: CanvasRenderingContext2D | undefined;
  private fonts: Readonly<Record<Weight, string>> | undefined;
  private font = '';

  use(ctx: CanvasRenderingContext2D, { font, fontSize }: Theme): void {
    const size = Math.min(12, fontSize - 1);
    const mono = getComputedStyle(document.documentElement).getPropertyValue('--vscode-editor-font-family').trim() || 'monospace';
    if (this.font !== `${font} ${fontSize} ${mono}`) this.widths.clear();
    this.font = `${font} ${fontSize} ${mono}`;
    this.fonts = {
      normal: `${size}px ${font}`,
      bold: `600 ${size}px ${font}`,
      small: `${size - 2}px ${font}`,
      address: `${size - 1}px ${mono}`,
    };
    this.ctx = ctx;
    ctx.textBaseline = 'middle';
  }

  widthOf(text: string, weight: Weight): number {
    const key = `${weight} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined && this.ctx !== undefined && this.fonts !== undefined) {
      this.ctx.font = this.fonts[weight];
      width = this.ctx.measureText(text).width;
      if (this.widths.size >= MOST_KNOWN) this.widths.clear();
      this.widths.set(key, width);
    }
    return width ?? 0;
  }

  /** The text, or its beginning with an ellipsis. */
  fit(text: string, room: number, weight: Weight): string {
    const width = this.widthOf(text, weight);
    if (width <= room) return text;
    let length = Math.floor((text.length * room) / width);
    while (length > 0 && this.widthOf(`${text.slice(0, length)}…`, weight) > room) length--;
    return length > 0 ? `${text.slice(0, length)}…` : '';
  }

  write(text: string, x: number, y: number, colour: string, weight: Weight): void {
    if (this.ctx === undefined || this.fonts === undefined || text === '') return;
    this.ctx.font = this.fonts[weight];
    this.ctx.fillStyle = colour;
    this.ctx.fillText(text, x, y);
  }
}
