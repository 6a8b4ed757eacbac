// The changes between two moments in a real browser: what is compared, listed, chosen, hidden, copied and told.
import { expect, test } from 'vitest';
import { createMapFeed, fixtureText, START, snapshotOf } from './map-feed.mjs';
import { namesOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';

const CHANGE = { grown: { '[heap]': 256 }, gone: ['12 kB'], fresh: [{ start: 0x7f000000000, kib: 512, resident: 64 }] };

describePage('Memory Map: changes', 'map', ({ open, opened, lastSent }) => {
  const start = async (options = {}, look = {}) => {
    const feed = createMapFeed({ saved: { view: 'changes' }, ...options });
    return open(feed, { width: 1300, height: 900, ...look });
  };
  const view = (page) => page.locator('.changes');
  const rows = (page) =>
    page
      .locator('.changes .body > .row')
      .evaluateAll((list) =>
        list
          .toSorted((one, other) => one.getAttribute('aria-rowindex') - other.getAttribute('aria-rowindex'))
          .map((row) => `${row.querySelector('.change-sign').ariaLabel} ${row.querySelector('.name').textContent}`),
      );
  const row = (page, kind) => page.locator(`.changes .body > .row[data-kind="${kind}"]`);
  const column = async (page, label) => {
    const labels = await page.locator('.changes .header .label').allTextContents();
    const at = labels.indexOf(label);
    return page
      .locator('.changes .body > .row')
      .evaluateAll((list, index) => list.map((one) => one.children[index].textContent), at);
  };
  const details = (page) => page.locator('.change-details');
  const choose = async (page, box, option) => {
    await view(page).getByRole('combobox', { name: box, exact: true }).click();
    await page.locator('vscode-single-select li.option:visible', { hasText: option }).click();
    await opened.settle();
  };
  const shownIn = (page, box) =>
    view(page)
      .locator('vscode-single-select')
      .nth(box === 'From' ? 0 : 1)
      .evaluate(
        (select) => select.selectedOptions?.[0]?.textContent ?? select.querySelector(`[value="${select.value}"]`)?.textContent,
      );
  const said = (page) => page.locator('main > .visually-hidden[role="status"]').textContent();
  const compared = async (options, look) => {
    const all = await start(options, look);
    await all.post(...(await all.feed.next(CHANGE)));
    return all;
  };

  test('with a single reading it says how to begin, and a mark begins', async () => {
    const { page, feed, post } = await start();
    expect(await view(page).locator('.empty').textContent()).toContain('Mark this moment, let the program do what you suspect');
    await view(page).getByRole('button', { name: 'Mark This Moment' }).click();
    await opened.settle();
    expect(lastSent('mark')).toEqual({ kind: 'mark' });
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 2, after: undefined });
    expect(await said(page)).toBe('Marked at 10:00:00');
    expect(await view(page).locator('.empty').textContent()).toContain('Marked. Let the program do what you suspect');
    await view(page).getByRole('button', { name: 'Read Now' }).click();
    await opened.settle();
    expect(await view(page).locator('.empty').textContent()).toContain('Nothing has changed: 44 mappings are all as they were');
    await post(...(await feed.next(CHANGE)));
    expect(await rows(page)).toEqual(['grown Heap', 'new Anonymous', 'gone Mapped file']);
    expect(await shownIn(page, 'From')).toBe('10:00:00 (mark)');
    expect(await shownIn(page, 'To')).toBe('now (the newest)');
  });

  test('of moments that are over, as a recording has them, none is called now; a long name of one is told whole', async () => {
    const label = 'after the warm-up of the second cache';
    const [one, two] = [snapshotOf(fixtureText('odd-maps-64')), snapshotOf(fixtureText('odd-maps-64'), { at: START + 60_000 })];
    const { page, picture } = await start({ kind: 'recorded', readings: [one, two], labels: new Map([[one, label]]) });
    expect(await shownIn(page, 'To')).toBe('the newest');
    expect(await view(page).locator('vscode-single-select').first().getAttribute('title')).toBe(`15 Jan 10:00:00 (${label})`);
    await picture('map-changes-recorded');
  });

  test('of a process that has ended no moment is called now', async () => {
    const { feed, page, post } = await compared();
    await post(...(await feed.fail({ code: 'not-found', path: '/proc/4711', what: 'process' })));
    expect(await shownIn(page, 'To')).toBe('the newest');
  });

  test('a mark that is removed is called none any more', async () => {
    const { page, feed, post } = await start();
    await post(...(await feed.mark()));
    const names = () => view(page).locator('vscode-single-select').first().locator('vscode-option').allTextContents();
    expect((await names()).filter((name) => name.includes('(mark)'))).toHaveLength(1);
    await choose(page, 'From', '(mark)');
    await view(page).getByRole('button', { name: 'Remove this mark' }).click();
    await opened.settle();
    expect(lastSent('remove-moment')).toEqual({ kind: 'remove-moment', moment: 2 });
    // The newest moment stays, without the mark.
    expect((await names()).filter((name) => name.includes('(mark)'))).toEqual([]);
    expect(await names()).toHaveLength(2);
  });

  test('live reading can be turned on from there', async () => {
    const { page } = await start();
    await view(page).getByRole('button', { name: 'Turn On Live Reading' }).click();
    await opened.settle();
    expect(lastSent('live')).toEqual({ kind: 'live', everyMs: 2000 });
  });

  test('whoever looks at changes sees those since the first reading, the largest first, with their amounts and sums', async () => {
    const { page } = await compared();
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 1, after: undefined });
    expect(await rows(page)).toEqual(['grown Heap', 'new Anonymous', 'gone Mapped file']);
    expect(await column(page, 'RSS')).toEqual(['+256.0 KiB', '+64.0 KiB', '−4.0 KiB']);
    expect(await column(page, 'Size')).toEqual(['+256.0 KiB', '+512.0 KiB', '−8.0 KiB']);
    const sums = await view(page).locator('.change-sums').textContent();
    expect(sums).toMatch(/^In 2 s: Size .* \(\+760\.0 KiB\), RSS 1\.3 MiB → 1\.6 MiB \(\+316\.0 KiB\), .*44 mappings$/);
    expect(await view(page).locator('.totals .row').textContent()).toContain('All: 3 changes');
  });

  test('a kind can be hidden, and the sums are those of the others', async () => {
    const { page } = await compared();
    const kind = (name) => view(page).getByRole('button', { name });
    await kind('1 region new').click();
    expect(await rows(page)).toEqual(['grown Heap', 'gone Mapped file']);
    // What the user does is told at once, each time.
    await expect.poll(() => said(page), { timeout: 1000 }).toBe('2 changes listed');
    expect(await view(page).locator('.totals .row').first().textContent()).toMatch(/^Listed: 2 changes\+248\.0 KiB\+252\.0 KiB/);
    await kind('1 region grown').click();
    await expect.poll(() => said(page), { timeout: 1000 }).toBe('1 change listed');
    await kind('1 region gone').click();
    expect(await view(page).locator('.empty').textContent()).toContain('3 changes are of kinds that are hidden.');
    await view(page).getByRole('button', { name: 'List All Kinds' }).click();
    await expect.poll(() => rows(page)).toHaveLength(3);
  });

  test('a change is chosen: its region is selected everywhere, and what it was and is stands below', async () => {
    const { page } = await compared();
    await row(page, 'grown').click();
    expect(await details(page).locator('h2').textContent()).toBe('▲Heap [heap]: grown');
    const rss = details(page).locator('tr', { has: page.getByRole('rowheader', { name: 'RSS' }) });
    expect(await rss.locator('td').allTextContents()).toEqual(['12 KiB', '268 KiB', '+256.0 KiB']);
    expect(await details(page).textContent()).toContain('It begins where it began; its end has moved');
    expect(await row(page, 'grown').getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('.map-side').textContent()).toContain('[heap]');
    await page.getByRole('radio', { name: 'Table' }).click();
    await opened.settle();
    expect(await page.locator('.map-view .row[aria-selected="true"]').first().textContent()).toContain('Heap');
  });

  test('of what is gone it tells what it was, and shows it in the older map', async () => {
    const { page } = await compared();
    await row(page, 'gone').click();
    expect(await details(page).textContent()).toContain('It lay at');
    const rss = details(page).locator('tr', { has: page.getByRole('rowheader', { name: 'RSS' }) });
    expect(await rss.locator('td').allTextContents()).toEqual(['4 KiB', '–', '−4.0 KiB']);
    await details(page).getByRole('button', { name: 'Show It in the Map of 10:00:00' }).click();
    await opened.settle();
    expect(await page.locator('.older').textContent()).toContain('This is the map of 10:00:00');
    // What is compared stays compared, though the map of its later moment is not shown.
    expect(await rows(page)).toHaveLength(3);
    expect(await row(page, 'gone').getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('.map-side').textContent()).toContain('12 kB');
    // From there the later one is as far.
    await row(page, 'new').click();
    await details(page).getByRole('button', { name: 'Show It in the Map of 10:00:02' }).click();
    await opened.settle();
    expect(await page.locator('.older').isVisible()).toBe(false);
    expect(await row(page, 'new').getAttribute('aria-selected')).toBe('true');
  });

  test('a guess is called one, with its reason', async () => {
    const { page, feed, post } = await start();
    await post(...(await feed.next({ fresh: [{ start: 0x7c0000000000, kib: 999 }] })));
    await post(...(await feed.next({ gone: ['7c0000000000'], fresh: [{ start: 0x7b0000000000, kib: 999 }] })));
    await choose(page, 'From', '10:00:02');
    expect(await rows(page)).toEqual(['moved Anonymous']);
    expect(await column(page, 'Known Again by')).toEqual([expect.stringMatching(/^A guess: .*mremap/)]);
    await row(page, 'moved').click();
    expect(await details(page).locator('.guess').textContent()).toContain('This is a guess');
    expect(await details(page).textContent()).toContain('7c0000000000–7c00000f9c00 → 7b0000000000–7b00000f9c00');
  });

  test('any two moments, in either order, and none', async () => {
    const readings = [0, 1, 2].map((minute) => {
      const text = fixtureText('process').replace(/^(Rss: +)(\d+)/m, (_, name, value) => `${name}${Number(value) + 40 * minute}`);
      return snapshotOf(text, { at: START + 60_000 * minute });
    });
    const { page } = await start({ kind: 'recorded', readings });
    expect(await column(page, 'RSS')).toEqual(['+80.0 KiB']);
    await choose(page, 'To', '10:01:00');
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 1, after: 2 });
    expect(await column(page, 'RSS')).toEqual(['+40.0 KiB']);
    await choose(page, 'From', '10:02:00');
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 2, after: 3 });
    expect(await shownIn(page, 'From')).toBe('15 Jan 10:01:00');
    await view(page).getByRole('button', { name: 'Stop Comparing' }).click();
    await opened.settle();
    expect(await view(page).locator('.empty').textContent()).toContain('Nothing is compared.');
    await view(page).getByRole('button', { name: 'Compare with the Newest' }).click();
    await opened.settle();
    expect(await column(page, 'RSS')).toEqual(['+80.0 KiB']);
  });

  test('a file alone has nothing to be compared with', async () => {
    const { page } = await start({ kind: 'file' });
    expect(await view(page).locator('.empty').textContent()).toContain('memlens map diff A B');
    expect(await view(page).getByRole('button', { name: 'Mark' }).count()).toBe(0);
  });

  test('a mark that is removed is compared no longer', async () => {
    const { page, feed, post } = await start();
    await view(page).getByRole('button', { name: 'Mark This Moment' }).click();
    await opened.settle();
    await post(...(await feed.next(CHANGE)));
    await view(page).getByRole('button', { name: 'Remove this mark' }).click();
    await opened.settle();
    expect(lastSent('remove-moment')).toEqual({ kind: 'remove-moment', moment: 2 });
    expect(await view(page).locator('.empty').textContent()).toContain('Nothing is compared.');
  });

  test('live, the list follows, with a line of growth for each region, and the chosen one stays chosen', async () => {
    const { page, feed, post } = await start({ live: 2000 });
    for (let at = 0; at < 4; at++) await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    expect(await column(page, 'Growth')).toEqual(['+32.0 KiB/s']);
    const line = row(page, 'grown').locator('.change-spark path');
    const points = async () => (await line.getAttribute('d')).split(/[ML]/).length - 1;
    expect(await points()).toBe(5);
    await row(page, 'grown').click();
    await post(...(await feed.next({ grown: { '[heap]': 64 }, fresh: [{ start: 0x7f000000000, kib: 2048 }] })));
    expect(await rows(page)).toEqual(['new Anonymous', 'grown Heap']);
    expect(await points()).toBe(6);
    expect(await row(page, 'grown').getAttribute('aria-selected')).toBe('true');
    expect(await details(page).textContent()).toContain('+32.0 KiB/s on average over 10 s');
  });

  test('live, what is gone stays chosen while new readings come', async () => {
    const { page, feed, post } = await start({ live: 2000 });
    await post(...(await feed.next(CHANGE)));
    await row(page, 'gone').click();
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    expect(await column(page, 'RSS')).toContain('+320.0 KiB');
    expect(await row(page, 'gone').getAttribute('aria-selected')).toBe('true');
    expect(await details(page).textContent()).toContain('It lay at');
    await row(page, 'new').click();
    await post(...(await feed.next({ gone: ['7f000000000'] })));
    expect(await row(page, 'new').count()).toBe(0);
    expect(await details(page).isVisible()).toBe(false);
  });

  test('by keys: rows, sorting, the selection and copying', async () => {
    const { page } = await compared();
    await row(page, 'grown').locator('.cell').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await row(page, 'new').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Control+c');
    const copied = lastSent('copy').text.split('\n');
    expect(copied).toHaveLength(2);
    expect(copied[1]).toMatch(/^new Anonymous\t\+512\.0 KiB\t\+64\.0 KiB/);
    await page.keyboard.press('Shift+F10');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(lastSent('copy').text).toMatch(/^From 10:00:00 to 10:00:02\nSize .*\nRegion\tSize/);
    await expect.poll(() => said(page), { timeout: 1000 }).toBe('3 changes copied');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await rows(page)).toEqual(['new Anonymous', 'grown Heap', 'gone Mapped file']);
    expect(await page.locator('.changes [aria-sort]').textContent()).toBe('Region');
    // Its columns are moved by keys, too.
    const labels = () => page.locator('.changes .header .label').allTextContents();
    expect((await labels()).slice(0, 3)).toEqual(['Region', 'Size', 'RSS']);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    expect((await labels()).slice(0, 3)).toEqual(['Region', 'RSS', 'Size']);
    expect(await column(page, 'Size')).toEqual(['+512.0 KiB', '+256.0 KiB', '−8.0 KiB']);
    expect(await view(page).locator('.totals .row').textContent()).toMatch(/^All: 3 changes\+316\.0 KiB\+760\.0 KiB/);
  });

  test('a page that is made anew shows what was compared before', async () => {
    const { feed } = await compared();
    await opened.close();
    const again = await open(feed, { width: 1300, height: 900 });
    expect(await rows(again.page)).toHaveLength(3);
    expect(await shownIn(again.page, 'From')).toBe('10:00:00');
    expect(again.sent.some(({ kind }) => kind === 'compare')).toBe(false);
  });

  test('its order and the kinds that are hidden come again, too', async () => {
    const { page, feed } = await compared();
    await view(page).getByRole('columnheader', { name: 'Address' }).click();
    await view(page).getByRole('button', { name: '1 region gone' }).click();
    await opened.settle();
    expect(lastSent('save').state.forms.changes).toEqual({ column: 'address', descending: false, hidden: ['gone'] });
    await opened.close();
    const again = await open(feed, { width: 1300, height: 900 });
    expect(await rows(again.page)).toEqual(['new Anonymous', 'grown Heap']);
    expect(await again.page.locator('.changes [aria-sort="ascending"]').textContent()).toBe('Address');
  });

  test('tens of thousands of changes', async () => {
    const { page, feed } = await start();
    await page.evaluate(() =>
      window.addEventListener('message', ({ data }) => {
        if (data.kind === 'diff') window.lastDiff = data;
      }),
    );
    await opened.post(...(await feed.next(CHANGE)));
    // Made in the page: to bring them there takes longer than all else.
    await page.evaluate(async (count) => {
      const map = window.lastDiff;
      const [first] = map.diff.changes;
      const changes = Array.from({ length: count }, (_, at) => ({
        ...first,
        now: { ...first.now, start: 0x7000_0000_0000 + at * 8192, end: 0x7000_0000_1000 + at * 8192 },
        delta: { ...first.delta, rss: (at + 1) * 4096 },
      }));
      window.postMessage({ ...map, diff: { ...map.diff, changes } }, '*');
      await new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 0));
    }, 65_530);
    expect(await view(page).locator('.totals .row').textContent()).toContain('All: 65,530 changes');
    expect(await view(page).locator('.body > .row').count()).toBeLessThan(80);
    expect((await column(page, 'RSS'))[0]).toBe('+256.0 MiB');
  });

  test('all that can be used has a name', async () => {
    const { page } = await compared();
    await row(page, 'gone').click();
    expect((await namesOf(page)).nameless).toEqual([]);
  });

  test.each(['dark', 'light', 'hcDark', 'hcLight'].flatMap((theme) => [400, 1600].map((width) => [theme, width])))(
    'is drawn in %s at %d pixels',
    async (theme, width) => {
      const { page, feed, post, picture } = await compared({ live: 2000 }, { theme, width, height: 1000 });
      await post(...(await feed.next({ grown: { '[heap]': 64 }, fresh: [{ start: 0x7c0000000000, kib: 999 }] })));
      await row(page, 'grown').click();
      await picture(`map-changes-${theme}-${width}`);
      expect(await details(page).isVisible()).toBe(true);
    },
  );
});
