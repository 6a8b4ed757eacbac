/** Engines' names for people, known without loading the engines (a test keeps the two in step). */
const TITLES: Readonly<Record<string, string>> = {
  asan: 'AddressSanitizer',
  lsan: 'LeakSanitizer',
  'lsan-preload': 'LeakSanitizer (preloaded)',
  memcheck: 'Valgrind Memcheck',
  // Ways into a process that runs already.
  'perf-faults': 'Page faults (perf)',
  'own-profiler': "The program's own heap profiler",
  'leak-check': 'Leak check (its own LeakSanitizer)',
  'malloc-info': "malloc's own figures (gdb)",
  mappings: 'Mappings (perf or strace)',
  heaptrack: 'heaptrack',
  memleak: 'Outstanding allocations (bpftrace or memleak)',
};

/** The id itself for an engine of another tool, whose report was opened. */
export const engineTitle = (id: string): string => (Object.hasOwn(TITLES, id) ? (TITLES[id] ?? id) : id);
