import { utf8Text } from '../base/utf8.js';
import type { TextColumn } from '../model/map-table.js';

/** Texts that repeat, by their bytes: each is decoded once. The text 0 is the empty one. */
export class TextDictionary {
  private readonly texts: string[] = [''];
  /** One more than the index of a text, at a place that follows from its hash; 0: none. */
  private places = new Uint32Array(256);
  private hashes = new Uint32Array(128);
  /** Where the bytes of each text begin in `bytes`; those of the next one follow. */
  private begins = new Uint32Array(129);
  private bytes = new Uint8Array(4096);

  /** Bytes of all texts. */
  get size(): number {
    return this.begins[this.texts.length] as number;
  }

  /** Of the bytes from `from` up to `to`, as UTF-8. `decode` makes a text that is new here what it stands for. */
  index(bytes: Uint8Array, from: number, to: number, decode?: (text: string) => string): number {
    if (to <= from) return 0;
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const index = (this.places[place] as number) - 1;
      if (index < 0) return this.add(bytes, from, to, hash, place, decode);
      if (this.hashes[index] === hash && this.isText(index, bytes, from, to)) return index;
    }
  }

  column(index: Uint32Array): TextColumn {
    return { index, texts: this.texts };
  }

  text(index: number): string {
    return this.texts[index] ?? '';
  }

  isText(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    const begin = this.begins[index] as number;
    if ((this.begins[index + 1] as number) - begin !== to - from) return false;
    for (let i = from; i < to; i++) if (bytes[i] !== this.bytes[begin + i - from]) return false;
    return true;
  }

  private add(bytes: Uint8Array, from: number, to: number, hash: number, place: number, decode = (text: string) => text): number {
    const index = this.texts.length;
    const begin = this.size;
    const end = begin + to - from;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes.subarray(from, to), begin);
    if (index + 1 >= this.hashes.length) this.grow();
    this.hashes[index] = hash;
    this.begins[index] = begin;
    this.begins[index + 1] = end;
    this.texts.push(decode(utf8Text(bytes, from, to)));
    if (this.texts.length * 2 > this.places.length) this.spread();
    else this.places[place] = index + 1;
    return index;
  }

  private grow(): void {
    const hashes = new Uint32Array(2 * this.hashes.length);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const begins = new Uint32Array(hashes.length + 1);
    begins.set(this.begins);
    this.begins = begins;
  }

  private spread(): void {
    const places = new Uint32Array(2 * this.places.length);
    const mask = places.length - 1;
    for (let index = 1; index < this.texts.length; index++) {
      let place = (this.hashes[index] as number) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = index + 1;
    }
    this.places = places;
  }
}
