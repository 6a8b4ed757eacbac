/** Engines' names for people, known without loading the engines (a test keeps the two in step). */
const TITLES: Readonly<Record<string, string>> = {
  asan: 'AddressSanitizer',
  lsan: 'LeakSanitizer',
  'lsan-preload': 'LeakSanitizer (preloaded)',
  memcheck: 'Valgrind Memcheck',
};

/** The id itself for an engine of another tool, whose report was opened. */
export const engineTitle = (id: string): string => (Object.hasOwn(TITLES, id) ? (TITLES[id] ?? id) : id);
