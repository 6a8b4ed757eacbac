import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AVAILABLE_WORDS, ITEM_WORDS, NOTE_WORDS } from '../../../../src/insight/system/items.js';
import { SYSTEM_STEPS } from '../../../../src/insight/system/rules.js';
import { ACCOUNT_INSIDE, ACCOUNT_PARTS } from '../../../../src/model/machine-accounting.js';

const root = join(import.meta.dirname, '../../../..');
const text = readFileSync(join(root, 'docs/system.md'), 'utf8');
const anchors = [...text.matchAll(/<a id="([^"]*)"><\/a>/g)].map(([, id]) => id as string);
const kebab = (id: string): string => id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Names of a union of the model: they are types only, and can't be asked for at run time. */
const union = (name: string): string[] => {
  const model = readFileSync(join(root, 'src/model/machine-accounting.ts'), 'utf8');
  const [, names = ''] = new RegExp(`type ${name} =([^;]*);`).exec(model) ?? [];
  return [...names.matchAll(/'([a-z-]+)'/g)].map(([, id]) => id as string);
};

describe('words of the items', () => {
  it.each(Object.entries(ITEM_WORDS))('say of %s what it is in two sentences, what to do and where to look', (_, words) => {
    expect(words.label).not.toBe('');
    expect(words.what.match(/[.:]( |$)/g)?.length).toBeGreaterThanOrEqual(2);
    for (const sentence of [words.what, words.smaller, words.look]) expect(sentence).toMatch(/^\S.{8,}\.$/);
    expect(words.link).toMatch(/^https:\/\/(docs\.kernel\.org|man7\.org)\//);
  });
});

describe('docs/system.md', () => {
  it('says of every item just what the words say, in the order of the waterfall', () => {
    for (const [id, { label, what, smaller, look, link }] of Object.entries(ITEM_WORDS)) {
      const line = `**${label}.** ${what} *Less of it:* ${smaller} *Where to look:* ${look} ([kernel](${link}))`;
      expect(text, id).toContain(`\n- <a id="item-${kebab(id)}"></a>${line}\n`);
    }
    const items = anchors.filter((id) => id.startsWith('item-'));
    expect(items).toEqual([...ACCOUNT_PARTS, 'unexplained', ...ACCOUNT_INSIDE].map((id) => `item-${kebab(id)}`));
  });

  it('has the notes and what MemAvailable is', () => {
    for (const words of Object.values(NOTE_WORDS)) expect(text).toContain(`\n- ${words}\n`);
    expect(text).toContain(`\n${AVAILABLE_WORDS}\n`);
  });

  it('has a place for every rule, and a title for every step', () => {
    const rules = union('SystemRuleId');
    expect(rules.length).toBeGreaterThan(10);
    for (const id of rules) expect(text, id).toMatch(new RegExp(`^<a id="${id}"></a>\\n### \\S`, 'm'));
    expect(Object.keys(SYSTEM_STEPS).sort()).toEqual(union('SystemStepId').sort());
  });

  it('leads nowhere by no link, and names no place twice', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    for (const [, link] of text.matchAll(/\]\((#[^)]*)\)/g)) expect(anchors, link).toContain(link?.slice(1));
  });
});
