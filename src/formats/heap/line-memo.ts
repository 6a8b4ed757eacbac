/** Remembers how lines were read: those of stacks come again and again. When there are too many it forgets them all. */
export class LineMemo<T> {
  private readonly known = new Map<string, T>();

  constructor(
    private readonly read: (line: string) => T,
    private readonly most = 1 << 16,
  ) {}

  of(line: string): T {
    let value = this.known.get(line);
    if (value === undefined) {
      if (this.known.size >= this.most) this.known.clear();
      value = this.read(line);
      this.known.set(line, value);
    }
    return value;
  }
}
