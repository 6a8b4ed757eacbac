/** A sentence for stderr; the exit code is 2. */
export class UsageError extends Error {}

/** The file of --output: undefined for standard output, which `-` names, too. */
export const outputOf = (value: string | undefined): string | undefined => (value === '-' ? undefined : value);

/** What node:util's parseArgs gives by the options' names. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Throws when an option is given that the command has not; --verbose every command has. */
export function refuseOthers(verb: string, values: OptionValues, known: readonly string[]): void {
  for (const name of Object.keys(values)) {
    if (name === 'verbose' || known.includes(name)) continue;
    throw new UsageError(
      `--${name} is no option of ${verb}${suggestion(
        `--${name}`,
        known.map((option) => `--${option}`),
      )}`,
    );
  }
}

/** The text of an option; undefined when it is not given. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The first one when none is given. */
export function formatOf<Format extends string>(text: string | undefined, formats: readonly [Format, ...Format[]]): Format {
  const format = formats.find((name) => name === (text ?? formats[0]));
  if (format === undefined) throw new UsageError(`no format "${text}"${suggestion(text ?? '', formats)}`);
  return format;
}

/** ` (did you mean ...?)` when one of the words is near, else the list of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= Math.max(2, Math.floor(word.length / 3)))
    return ` (did you mean ${near.candidate}?)`;
  return `: choose one of ${known.join(', ')}`;
}

/** Levenshtein's distance, for words of a command line. */
function editDistance(a: string, b: string): number {
  if (a.length > 64) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The pairs of --path-map. */
export function pathMapOf(value: OptionValues[string]): readonly { readonly from: string; readonly to: string }[] {
  if (!Array.isArray(value)) return [];
  return value.map((text: string) => {
    const cut = text.indexOf('=');
    if (cut <= 0) throw new UsageError(`--path-map takes FROM=TO, not "${text}"`);
    return { from: text.slice(0, cut), to: text.slice(cut + 1) };
  });
}

/** Seconds, which may have a fraction, as milliseconds. */
export function durationOf(option: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (!(seconds >= least && seconds <= most)) {
    throw new UsageError(`--${option} takes a number of seconds from ${least} to ${most}, not "${text}"`);
  }
  return Math.round(seconds * 1000);
}
