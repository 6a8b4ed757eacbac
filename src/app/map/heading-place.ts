/**
 * The name by which the editor's preview of Markdown finds a place: it knows headings only, by their words. `anchor`: of an `<a id="…"></a>` that stands
 * right above its heading, or somewhere in the part below one. undefined: it is not there.
 */
export function headingPlace(markdown: string, anchor: string): string | undefined {
  const lines = markdown.split('\n');
  const at = lines.findIndex((line) => line.includes(`<a id="${anchor}"></a>`));
  if (at < 0) return undefined;
  const next = lines[at + 1] ?? '';
  const heading = isHeading(next) ? next : lines.slice(0, at).findLast(isHeading);
  return heading
    ?.replace(/^#+/, '')
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, '-')
    .replaceAll(/[^\p{L}\p{N}_-]/gu, '');
}

const isHeading = (line: string): boolean => /^#{1,6} /.test(line);
