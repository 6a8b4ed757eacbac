/** Characters that terminals draw two cells wide (Unicode Standard Annex #11, W and F), in the ranges that are in use. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Most texts: each of its characters takes one cell. */
const ASCII = /^[ -~]*$/;
const COMBINING = /\p{M}|\u200d/u;

const cells = (character: string): number => (COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** How many cells of a terminal the text takes. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cells(character);
  return width;
}

/** The text in at most so many cells; what is cut off becomes `…`. */
export function cutToWidth(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  let cut = '';
  let width = 0;
  for (const character of text) {
    width += cells(character);
    if (width > most - 1) break;
    cut += character;
  }
  return most < 1 ? '' : `${cut}…`;
}

/** As `cutToWidth`, but what is cut off is the beginning: of a path the end tells more. */
export function cutStart(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  let cut = '';
  let width = 0;
  for (const character of [...text].reverse()) {
    width += cells(character);
    if (width > most - 1) break;
    cut = character + cut;
  }
  return most < 1 ? '' : `…${cut}`;
}
