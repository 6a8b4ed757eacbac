import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headingPlace } from '../../../../src/app/map/heading-place.js';
import { MapFeed } from '../../../../src/app/map/map-feed.js';
import { MapSession } from '../../../../src/app/map/map-session.js';
import { AMOUNT_WORDS } from '../../../../src/insight/map/figure-words.js';
import { MapHistory } from '../../../../src/insight/map/map-history.js';
import { RULES } from '../../../../src/insight/map/rules.js';
import { SEGMENT_WORDS } from '../../../../src/insight/map/segment-words.js';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { MAP_PROTOCOL, type ToMapPage } from '../../../../src/protocol/map.js';
import { FakeClock } from '../fake-clock.js';

const root = join(import.meta.dirname, '../../../..');
const text = readFileSync(join(root, 'docs/map.md'), 'utf8');
const anchors = [...text.matchAll(/<a id="([^"]*)"><\/a>/g)].map(([, id]) => id as string);
/** As the page's links may be; see `openLink` of vscode/map-wishes.ts. */
const LINK = /^#[a-z-]+$/;

/** The names of the findings' rules, as the model lists them: they are types only, and can't be asked for at run time. */
const findings = (() => {
  const model = readFileSync(join(root, 'src/model/map-diff.ts'), 'utf8');
  const [, union = ''] = /interface MapFinding \{\s*readonly rule:([^;]*);/.exec(model) ?? [];
  return [...union.matchAll(/'([a-z-]+)'/g)].map(([, id]) => id as string);
})();

describe('docs/map.md', () => {
  it('has a place for every finding, with a title of its own', () => {
    expect(findings.length).toBeGreaterThan(10);
    for (const id of findings) expect(text, id).toMatch(new RegExp(`^<a id="${id}"></a>\\n### \\S`, 'm'));
  });

  it('says of every rule just what the page says', () => {
    for (const [id, words] of RULES) expect(text, id).toContain(`\n- <a id="rule-${id}"></a>${words}\n`);
    expect(anchors.filter((id) => id.startsWith('rule-'))).toEqual(RULES.map(([id]) => `rule-${id}`));
  });

  it('says of every segment and amount just what the page says', () => {
    for (const id of SEGMENTS) {
      const { label, definition } = SEGMENT_WORDS[id];
      expect(text).toContain(`\n| <a id="segment-${id}"></a>${label} | ${definition} |\n`);
    }
    for (const words of Object.values(AMOUNT_WORDS)) expect(text).toContain(`\n- ${words.replace(/^(.*?):/, '**$1**:')}\n`);
  });

  it('leads nowhere by no link, and names no place twice', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
    for (const id of anchors) expect(`#${id}`).toMatch(LINK);
    for (const [, link] of text.matchAll(/\]\((#[^)]*)\)/g)) expect(anchors, link).toContain(link?.slice(1));
  });

  it('is found by the editor’s preview, which knows headings only', () => {
    expect(headingPlace(text, 'heap-grows')).toBe('the-heap-grows');
    expect(headingPlace(text, 'limits')).toBe('what-cant-be-known');
    expect(headingPlace(text, 'rule-heap-name')).toBe('what-decides-the-segment');
    expect(headingPlace(text, 'nowhere')).toBeUndefined();
    const places = findings.map((id) => headingPlace(text, id));
    expect(new Set(places).size).toBe(findings.length);
    for (const id of anchors) expect(headingPlace(text, id), id).toMatch(/^[a-z-]+$/);
  });

  it('has the place of every link that a page is told', () => {
    const session = new MapSession({ clock: new FakeClock(), budget: () => 1, learner: new MapHistory() });
    const posted: ToMapPage[] = [];
    const feed = new MapFeed(session, {
      post: (message) => posted.push(message),
      saved: () => undefined,
      title: '',
      description: '',
    });
    feed.receive({ kind: 'ready', version: MAP_PROTOCOL });
    const [hello] = posted.filter((message) => message.kind === 'hello');
    expect(hello?.rules).toHaveLength(RULES.length);
    for (const { link } of hello?.rules ?? []) expect(anchors).toContain(link.slice(1));
  });
});
