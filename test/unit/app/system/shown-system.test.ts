import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVIDENCE, shownSystem, signedBytes } from '../../../../src/app/system/shown-system.js';
import { ACCOUNT_PARTS } from '../../../../src/model/machine-accounting.js';
import type { ShownSystem } from '../../../../src/protocol/system.js';
import { KIB, rootFacts } from '../../insight/system/facts.js';
import { aState, SMALL } from './a-state.js';

const shownOf = (...args: Parameters<typeof aState>): ShownSystem => {
  const shown = shownSystem(aState(...args), { id: 1, isLive: true });
  if (shown === undefined) throw new Error('nothing is shown');
  return shown;
};
const sumOf = ({ items }: ShownSystem): number => items.reduce((sum, { bytes }) => sum + bytes, 0);

describe('a state as the page shows it', () => {
  test('the items are exactly MemTotal, the unexplained with its sign the last', () => {
    for (const shown of [
      shownOf(SMALL),
      shownOf({ ...SMALL, MemFree: 900_000 }),
      shownSystem({ source: 'local', facts: rootFacts(), owners: {}, missing: [] }, { id: 1, isLive: true })!,
    ]) {
      expect(sumOf(shown)).toBe(shown.total);
      expect(shown.items.at(-1)!.id).toBe('unexplained');
    }
    expect(shownOf({ ...SMALL, MemFree: 900_000 }).items.at(-1)!.bytes).toBeLessThan(0);
  });

  test('without MemTotal there is nothing', () => {
    expect(shownSystem(aState({ MemFree: 4 }), { id: 1, isLive: true })).toBeUndefined();
  });

  test('without MemTotal the tables of allocators are shown, and nothing is judged', () => {
    const { slab, vmalloc } = rootFacts();
    const facts = {
      meminfo: [],
      pageSize: 4096,
      ...(slab === undefined ? {} : { slab }),
      ...(vmalloc === undefined ? {} : { vmalloc }),
    };
    const shown = shownSystem({ source: 'x', facts, owners: {}, missing: [] }, { id: 1, isLive: false })!;
    expect(shown.total).toBeUndefined();
    expect([shown.items, shown.findings, shown.free]).toEqual([[], [], []]);
    expect(shown.notes.join()).toContain('There is no meminfo with it');
    expect(shown.tables.map(({ id }) => id)).toEqual(['slab', 'vmalloc']);
    // Guard pages tell it in vmallocinfo; in slabinfo nothing speaks against 4 KiB.
    expect(shown.tables[0]?.notes.join()).toContain('A page is taken to be 4 KiB');
    expect(shown.tables[1]?.notes.join()).not.toContain('A page is taken');
  });

  test('what is inside of a part stands at the first of its parts, and names them all', () => {
    const { items } = shownOf({ ...SMALL, AnonHugePages: 2048 });
    const of = (id: string) => items.find((item) => item.id === id)?.inside.map((inside) => [inside.id, inside.of]);
    expect(of('applications')).toContainEqual(['anonHugePages', ['applications']]);
    expect(of('pageCache')).toContainEqual(['mapped', ['pageCache', 'shared']]);
    expect(of('shared')).toEqual([]);
  });

  test('a negative rest names the pairs that hold the same memory', () => {
    const { items } = shownOf({ ...SMALL, Balloon: 300_000 });
    const notes = items.at(-1)!.notes.join(' ');
    expect(notes).toContain('more than MemTotal');
    expect(notes).toContain('Balloon and in MemFree');
  });

  test('how a part was taken is said where it is, and of the rest at the rest', () => {
    const { items } = shownOf(SMALL, { kernelRelease: '6.1.0', architecture: 'x86_64' });
    const notesOf = (id: string): string => items.find((item) => item.id === id)!.notes.join(' ');
    expect(notesOf('vmalloc')).toContain('taken out of it');
    expect(notesOf('unexplained')).toContain('/proc/zoneinfo');
  });

  test('fields that are no sizes are named for the whole', () => {
    expect(shownOf({ ...SMALL, Slab: 2 ** 60 }).notes.join(' ')).toContain('Slab');
  });

  test('only tables that are there are offered', () => {
    const { items, tables } = shownOf(SMALL, {
      slab: [{ name: 'dentry', activeObjects: 90, objects: 100, objectSize: 192, pagesPerSlab: 1, activeSlabs: 5, slabs: 5 }],
    });
    expect(tables.map(({ id }) => id)).toEqual(['slab']);
    expect(items.find(({ id }) => id === 'slabUnreclaimable')!.tables).toEqual(['slab']);
    expect(items.find(({ id }) => id === 'applications')!.tables).toEqual([]);
  });

  test('every part has a look of its own kind and words', () => {
    const all = Object.fromEntries(ACCOUNT_PARTS.map((id) => [id, id]));
    expect(Object.keys(all)).toHaveLength(ACCOUNT_PARTS.length);
    for (const item of shownOf(SMALL).items) {
      expect(item.what, item.id).toMatch(/\.$/);
      expect(item.link, item.id).toMatch(/^https:\/\/(docs\.kernel\.org|man7\.org)\//);
    }
  });

  test('free is told newest first, and the installed version is marked', () => {
    const { free, installedFree } = shownOf(SMALL, {}, { procps: '3.3.17' });
    expect(free.map(({ version }) => version)).toEqual(['4.0.1', '4.0.0', '3.3.11', '3.3.9', '3.3.8']);
    expect(free.filter(({ isInstalled }) => isInstalled).map(({ version }) => version)).toEqual(['4.0.0']);
    expect(installedFree).toBe('3.3.17');
    const [newest] = free;
    expect(newest!.columns.map(({ name }) => name)).toEqual(['total', 'used', 'free', 'shared', 'buff/cache', 'available']);
    expect(newest!.columns[1]!.bytes).toBe((SMALL.MemTotal - SMALL.MemAvailable) * KIB);
  });

  test('a rule comes with its figures in words, and with the steps that can be taken', () => {
    const fields = { ...SMALL, PageTables: 120_000 };
    const most = { mostPageTables: { pid: 7, name: 'db', bytes: 50_000 * KIB } };
    const [finding] = shownOf(fields, most).findings;
    expect(finding).toMatchObject({ rule: 'page-tables-large', link: 'page-tables-large' });
    expect(finding!.evidence).toContainEqual({ name: 'Most of one process', text: '48.8 MiB' });
    expect(finding!.steps.map(({ step, pid }) => [step, pid])).toContainEqual(['show-map', 7]);
    const files = shownSystem(aState(fields, most), { id: 1, isLive: false })!;
    expect(files.findings[0]!.steps.map(({ step }) => step)).not.toContain('show-map');
  });

  test('every figure of every rule has a name', () => {
    const rules = readFileSync(join(import.meta.dirname, '../../../../src/insight/system/rules.ts'), 'utf8');
    const objects = [...rules.matchAll(/evidence: \{(.*?)\},?\n/gs)].map(([, text]) => text);
    expect(objects.length).toBeGreaterThan(12);
    const names = objects.flatMap((text) => [...text!.matchAll(/(?:^|[{,])\s*(\w+)(?=[:,\s}]|$)/g)].map(([, name]) => name!));
    expect(names.filter((name) => !Object.hasOwn(EVIDENCE, name))).toEqual([]);
  });

  test('amounts have the sign that is as wide as a plus', () => {
    expect([signedBytes(-2048), signedBytes(0), signedBytes(1536)]).toEqual(['\u22122 KiB', '0 bytes', '1.5 KiB']);
  });
});
