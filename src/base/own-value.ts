/** The value of a key that comes from outside: never one that all objects have (`constructor`, `toString`, `__proto__`). */
export const ownValue = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
