/**
 * Whose suppression file a text is, by its first line that says something: `{` begins an entry of Valgrind's (manual
 * 2.5.1), `leak:PATTERN` is one of LeakSanitizer's. undefined for neither, and for a text of comments only.
 */
export function suppressionFormat(text: string): 'valgrind' | 'lsan' | undefined {
  for (const line of text.split('\n')) {
    const said = line.trim();
    if (said === '' || said.startsWith('#')) continue;
    return said.startsWith('{') ? 'valgrind' : /^[a-z_]+:/.test(said) ? 'lsan' : undefined;
  }
  return undefined;
}
