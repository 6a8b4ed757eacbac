import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes } from '../base/units.js';
import { utf8Text } from '../base/utf8.js';
import type { Target } from './ports.js';

/** Where the files of a report are read. */
export type ReportFiles = Pick<Target, 'list' | 'readText' | 'readBytes' | 'readChunks'>;

/** What a report costs at most in memory here, for the case that the connection is lost. */
const MAX_BYTES: Bytes = 64 << 20;

/** What has come of the files of a report until now; it stands in for them when their machine can't be reached any more. */
export class KeptReports implements ReportFiles {
  private readonly parts = new Map<string, Uint8Array[]>();
  private readonly lengths = new Map<string, number>();
  private bytes = 0;
  private pulling: Promise<void> | undefined;

  constructor(
    private readonly target: Target,
    private readonly directory: string,
    private readonly isReport: (name: string) => boolean,
  ) {}

  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  /** Fetches what is new. */
  pull(): Promise<void> {
    this.pulling ??= this.pullAll().finally(() => {
      this.pulling = undefined;
    });
    return this.pulling;
  }

  list(): Promise<Result<readonly string[], Fault>> {
    return Promise.resolve(ok([...this.parts.keys()]));
  }

  readBytes(path: string, options: { readonly length?: Bytes } = {}): Promise<Result<Uint8Array, Fault>> {
    const whole = this.whole(path);
    return Promise.resolve(
      whole === undefined
        ? err({ code: 'not-found', path, what: 'report' })
        : ok(whole.subarray(0, options.length ?? whole.length)),
    );
  }

  async *readText(path: string): AsyncIterable<string> {
    yield utf8Text(this.whole(path) ?? new Uint8Array());
  }

  async *readChunks(path: string): AsyncIterable<Uint8Array> {
    yield this.whole(path) ?? new Uint8Array();
  }

  private async pullAll(): Promise<void> {
    const names = await this.target.list(this.directory);
    if (!names.ok) return;
    for (const name of names.value.filter(this.isReport)) {
      if (this.bytes >= MAX_BYTES) return;
      const offset = this.lengths.get(name) ?? 0;
      const more = await this.target.readBytes(`${this.directory}/${name}`, { offset, length: 8 << 20 });
      if (!more.ok || more.value.length === 0) continue;
      this.parts.set(name, [...(this.parts.get(name) ?? []), more.value.slice()]);
      this.lengths.set(name, offset + more.value.length);
      this.bytes += more.value.length;
    }
  }

  private whole(path: string): Uint8Array | undefined {
    const name = baseName(path);
    const parts = this.parts.get(name);
    if (parts === undefined) return undefined;
    const whole = new Uint8Array(this.lengths.get(name) ?? 0);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
