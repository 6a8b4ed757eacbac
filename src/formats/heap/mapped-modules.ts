interface MappedModule {
  readonly start: number;
  readonly end: number;
  /** In the file, of `start`. */
  readonly offset: number;
  readonly path: string;
}

/** More mappings than a process can have (vm.max_map_count is 65,530 unless somebody raises it). */
const MOST_MODULES = 1 << 20;

/**
 * The part of a heap profile behind `MAPPED_LIBRARIES:`: the lines of /proc/PID/maps (proc_pid_maps(5)), or the shorter form of older
 * gperftools, `40000000-40015000: /lib/ld-2.3.2.so`.
 */
export class MappedModules {
  private readonly modules: MappedModule[] = [];
  private isSorted = true;

  get isEmpty(): boolean {
    return this.modules.length === 0;
  }

  /** True: the line is one of a mapping, of a file or of no file. */
  line(text: string): boolean {
    const parts = /^\s*([\da-f]{1,16})-([\da-f]{1,16})(?:: *| +\S+ +([\da-f]+) +\S+:\S+ +\d+ *)(.*)$/i.exec(text);
    if (parts === null) return false;
    const [, start = '', end = '', offset = '0', path = ''] = parts;
    if (!path.startsWith('/') || this.modules.length >= MOST_MODULES) return true;
    this.modules.push({
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end, 16),
      offset: Number.parseInt(offset, 16),
      path: path.replace(/ \(deleted\)$/, ''),
    });
    this.isSorted = false;
    return true;
  }

  /** The file that an address of the process lies in, and its offset there. */
  find(address: number): { readonly path: string; readonly offset: number } | undefined {
    const { modules } = this;
    if (!this.isSorted) modules.sort((one, other) => one.start - other.start);
    this.isSorted = true;
    let low = 0;
    let high = modules.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((modules[middle]?.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const found = modules[low - 1];
    if (found === undefined || address >= found.end) return undefined;
    return { path: found.path, offset: address - found.start + found.offset };
  }
}
