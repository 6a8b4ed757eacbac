/** The name of a test, with why it is skipped; undefined: it is not. */
export const named = (name: string, why: string | undefined): string => (why === undefined ? name : `${name} (${why})`);
