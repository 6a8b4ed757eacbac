// Pictures of the page System Memory in every theme, in artifacts/pages: to be looked at. What is checked here is only that nothing failed.
import { afterAll, describe, expect, test } from 'vitest';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { openPage } from './open-page.mjs';
import { busyMachine, createSystemFeed, withFields } from './system-feed.mjs';
import { themes } from './themes.mjs';

describe.skipIf(noBrowser)(noBrowser ? `pictures of System Memory (${noBrowser})` : 'pictures of System Memory', async () => {
  const browser = noBrowser ? undefined : await launchBrowser();
  afterAll(() => browser?.close());
  const busy = noBrowser ? undefined : await busyMachine();

  const shoot = async (name, options, theme, width, act) => {
    const opened = await openPage(browser, 'system', createSystemFeed(options), { theme, width, height: 1050 });
    await opened.settle();
    await act?.(opened.page);
    await opened.settle();
    await opened.picture(`system-${name}-${theme}-${width}`);
    const { faults } = opened;
    await opened.close();
    expect(faults).toEqual([]);
  };

  const field = (name) => busy.facts.meminfo.find((one) => one.name === name).value;
  const twice = () => withFields(busy, { Balloon: Math.round(field('MemTotal') * 0.08) });

  test.each(Object.keys(themes))('a machine, %s', (theme) => shoot('machine', { states: [busy] }, theme, 1300));
  test('narrow', () => shoot('machine', { states: [busy] }, 'dark', 400));
  test('narrow and light', () => shoot('machine', { states: [busy] }, 'light', 400));
  test('counted twice', () => shoot('twice', { states: [twice()], saved: { item: 'unexplained' } }, 'dark', 1300));
  const changed = async (page) => {
    const { label } = await page.evaluate(() => ({ label: document.querySelector('.system-state span:last-child').textContent }));
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    await page.getByRole('button', { name: 'Compare', exact: true, disabled: false }).click();
    await page.getByRole('menuitemradio', { name: label.replace('As of ', '') }).click();
    await page.getByRole('button', { name: 'Refresh' }).click();
  };
  const grown = () => {
    const more = withFields(busy, {
      AnonPages: field('AnonPages') + 90 * 2 ** 20,
      SUnreclaim: field('SUnreclaim') + 30 * 2 ** 20,
      MemFree: field('MemFree') - 120 * 2 ** 20,
    });
    const slab = more.facts.slab.map((one) => (one.name === 'kmalloc-4k' ? { ...one, slabs: one.slabs + 900 } : one));
    return { ...more, facts: { ...more.facts, at: more.facts.at + 90_000, slab } };
  };
  test.each(['dark', 'light'])('what has changed, %s', (theme) =>
    shoot('changes', { states: [busy, busy, grown()] }, theme, 1300, changed),
  );
  test('free', () => shoot('free', { states: [busy], saved: { panel: 'free' } }, 'light', 1300));
  test('not read', () => shoot('missing', { states: [busy], saved: { panel: 'missing' } }, 'light', 900));
  test('nothing', () =>
    shoot('failed', { fault: { code: 'target-unreachable', target: 'board', detail: '', why: 'refused' } }, 'dark', 900));
});
