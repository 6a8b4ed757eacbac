/**
 * Cuts a stream of text chunks into lines at \n. The line end (\n, \r\n, or \r\r\n of a terminal's log) is not part of the line.
 * `maxLength` (UTF-16 units) bounds what is held for a line that never ends: the rest of such a line is dropped.
 */
export class LineSplitter {
  private rest = '';
  private dropping = false;

  constructor(
    private readonly onLine: (line: string) => void,
    private readonly maxLength = 1 << 16,
  ) {}

  push(chunk: string): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf('\n', from);
      if (end < 0) break;
      this.take(chunk.slice(from, end));
      this.flush();
      from = end + 1;
    }
    if (from < chunk.length) this.take(from === 0 ? chunk : chunk.slice(from));
  }

  /** Emits the unfinished last line, when there is one. */
  end(): void {
    if (this.rest !== '') this.flush();
  }

  private take(part: string): void {
    if (this.dropping) return;
    this.rest = this.rest === '' ? part : this.rest + part;
    if (this.rest.length > this.maxLength) {
      this.rest = this.rest.slice(0, this.maxLength);
      this.dropping = true;
    }
  }

  private flush(): void {
    const line = this.rest;
    this.rest = '';
    this.dropping = false;
    let end = line.length;
    while (end > 0 && line.charCodeAt(end - 1) === 0x0d) end--;
    this.onLine(end === line.length ? line : line.slice(0, end));
  }
}
