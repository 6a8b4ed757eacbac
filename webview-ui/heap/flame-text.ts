import type { Theme } from '../shared/theme.js';

const MOST_KNOWN = 5000;
const PLAIN = /^[ -~]*$/;

/** Names on boxes, in the font of the editor: as much of one as fits. All letters are equally wide there, so that nothing need be measured but the others. */
export class FlameText {
  font = '';
  private letter = 8;
  private ctx: CanvasRenderingContext2D | undefined;
  private readonly widths = new Map<string, number>();
  private isEven = false;

  use(ctx: CanvasRenderingContext2D, { fontSize }: Theme): void {
    const style = getComputedStyle(document.documentElement);
    const family = style.getPropertyValue('--vscode-editor-font-family').trim() || 'monospace';
    const font = `${Math.max(9, fontSize - 2)}px ${family}`;
    ctx.font = font;
    ctx.textBaseline = 'middle';
    this.ctx = ctx;
    if (font === this.font) return;
    this.font = font;
    this.widths.clear();
    this.letter = ctx.measureText('m').width;
    // The user may have chosen a font in which they are not.
    this.isEven = Math.abs(ctx.measureText('iiiiiiiiii').width - 10 * this.letter) < 1;
  }

  /** The text, or its beginning with an ellipsis; empty where not even two letters of it fit. */
  fit(text: string, room: number): string {
    if (this.isEven && PLAIN.test(text)) {
      const most = Math.floor(room / this.letter);
      if (text.length <= most) return text;
      return most > 2 ? `${text.slice(0, most - 1)}…` : '';
    }
    const width = this.widthOf(text);
    if (width <= room) return text;
    const letters = [...text];
    let count = Math.floor((letters.length * room) / width);
    while (count > 0 && this.widthOf(`${letters.slice(0, count).join('')}…`) > room) count--;
    return count > 1 ? `${letters.slice(0, count).join('')}…` : '';
  }

  private widthOf(text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      width = this.ctx?.measureText(text).width ?? text.length * this.letter;
      if (this.widths.size >= MOST_KNOWN) this.widths.clear();
      this.widths.set(text, width);
    }
    return width;
  }
}
