import { visibleText } from '../base/visible-text.js';

/**
 * Text of a report for Markdown: every character that could begin a construct of CommonMark or of its table, autolink and
 * HTML extensions is escaped, so that function names and paths are shown and never read. For a MarkdownString without
 * `supportThemeIcons` and `supportHtml`.
 */
export function escapeMarkdown(text: string): string {
  return (
    visibleText(text)
      .replace(/[\\`*_{}[\]()#+\-.!|<>~^=&"':/@$]/g, '\\$&')
      // Four spaces would begin a code block, two at a line's end a break; a run of them is not shown as such anyway.
      .replace(/ {2,}/g, ' ')
      // GitHub's autolinks begin with plain letters.
      .replace(/www|http|ftp|mailto/gi, (word) => `${word[0]}\u2060${word.slice(1)}`)
  );
}

/** The address of a command with its arguments, for a Markdown link: all that could end the link is encoded. */
export function commandLink(command: string, args: readonly unknown[]): string {
  const encoded = encodeURIComponent(JSON.stringify(args)).replace(/[!'()*~]/g, percent);
  return `command:${command}?${encoded}`;
}

function percent(c: string): string {
  return `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A link whose text is data. */
export function link(text: string, target: string, title?: string): string {
  return `[${escapeMarkdown(text)}](${target}${title === undefined ? '' : ` "${escapeMarkdown(title)}"`})`;
}
