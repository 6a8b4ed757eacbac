import { callBefore } from './call-address.js';
import type { ProfileBuilder } from './profile-builder.js';

/** Stacks of bpftrace's `perf` mode: `5594974a219e leak_tick+21 (/usr/bin/loop)`; of its own mode: `leak_tick+21`. */
const FRAME = /^\s*(?:([\da-f]{4,16}) )?(.*?)(?:\+(\d+))?(?: \(((?:[^()]|\([^()]*\))*)\))?$/;

/** Stacks as bpftrace prints them: a frame on each line, the innermost first. */
export class PrintedStacks {
  hasAddresses = false;
  private readonly nodes = new Map<string, number>();

  constructor(private readonly builder: ProfileBuilder) {}

  /** Of a text with a frame on each line, innermost first; other parts of a map's key stand before its first line. */
  node(text: string): number {
    let node = this.nodes.get(text);
    if (node === undefined) {
      const lines = text.split('\n').slice(1);
      node = this.builder.stack(
        lines.filter((line) => line.trim() !== '' && line.trim() !== ',').map((line) => this.frame(line)),
      );
      this.nodes.set(text, node);
    }
    return node;
  }

  private frame(line: string): number {
    const [, address, name = '', , module = ''] = FRAME.exec(line) ?? [];
    if (address !== undefined) this.hasAddresses = true;
    return this.builder.frame({
      function: name === '[unknown]' ? '' : name,
      module: module === '[unknown]' ? '' : module,
      address: address === undefined ? '' : callBefore(address),
    });
  }
}
