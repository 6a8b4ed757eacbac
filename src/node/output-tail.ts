import { StringDecoder } from 'node:string_decoder';

/** Keeps the newest text of a stream, at most about `limit` bytes. */
export class OutputTail {
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    while (this.bytes - (this.chunks[0]?.length ?? 0) >= this.limit) this.bytes -= this.chunks.shift()?.length ?? 0;
  }

  text(): string {
    return new StringDecoder('utf8').end(Buffer.concat(this.chunks));
  }
}
