import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';

interface Parser<T> {
  push(chunk: T): void;
  end(): HeapProfile | undefined;
}

const ROOT = `${import.meta.dirname}/../../../fixtures/heap`;

export const fixtureText = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
export const fixtureBytes = (path: string): Uint8Array => {
  const bytes = readFileSync(`${ROOT}/${path}`);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};

/** Reads a whole in pieces of so many bytes or characters. */
export function read<T extends string | Uint8Array>(
  parser: Parser<T>,
  whole: T,
  piece = whole.length || 1,
): HeapProfile | undefined {
  for (let at = 0; at < whole.length; at += piece) parser.push(whole.slice(at, at + piece) as T);
  return parser.end();
}

/** The sum of a measure over all nodes. */
export const sum = (profile: HeapProfile | undefined, measure: number): number =>
  profile?.self[measure]?.reduce((all, value) => all + value, 0) ?? Number.NaN;

/** Each stack that has something of a measure, outermost first: `main;stock 80000`, the greatest first. */
export function stacks(profile: HeapProfile, measure = 0): string[] {
  const { texts, frames, tree } = profile;
  const name = (node: number): string => {
    const frame = tree.frame[node] as number;
    const called = texts[frames.function[frame] as number];
    const told = called || `${texts[frames.module[frame] as number]?.split('/').pop()}+${texts[frames.address[frame] as number]}`;
    const line = frames.line[frame] as number;
    return `${told}${line > 0 ? `:${line}` : ''}${frames.inlined[frame] === 1 ? '*' : ''}`;
  };
  const found: [number, string][] = [];
  for (const [node, value] of profile.self[measure]?.entries() ?? []) {
    if (value === 0) continue;
    const path: string[] = [];
    for (let at = node; at > 0; at = tree.parent[at] as number) path.unshift(name(at));
    found.push([value, `${path.join(';')} ${value}`]);
  }
  return found.sort((one, other) => other[0] - one[0]).map(([, text]) => text);
}

/** Every profile must be one that can be walked. */
export function isWhole(profile: HeapProfile): boolean {
  const { tree, frames, texts } = profile;
  for (let node = 1; node < tree.length; node++)
    if ((tree.parent[node] as number) >= node || (tree.frame[node] as number) >= frames.length) return false;
  for (const column of [frames.function, frames.file, frames.module, frames.address])
    if (column.length !== frames.length || column.some((text) => text >= texts.length)) return false;
  return (
    profile.self.length === profile.measures.length &&
    profile.self.every((column) => column.length === tree.length) &&
    profile.chief < profile.measures.length
  );
}

/** Copies of the bytes with some of them changed, the same ones in every run. */
export function* broken(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  let seed = 12345;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let each = 0; each < count; each++) {
    const copy = new Uint8Array(bytes);
    for (let change = random(20) + 1; change > 0; change--) copy[random(copy.length)] = random(256);
    yield random(3) === 0 ? copy.slice(0, random(copy.length)) : copy;
  }
}

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const notes = (profile: HeapProfile | undefined): string[] => profile?.notes.map(({ code }) => code) ?? [];
