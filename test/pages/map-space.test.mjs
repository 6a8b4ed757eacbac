// The drawing of the address space in a real browser, with the pane beside it: what is drawn, chosen, zoomed and told.
import { expect, test } from 'vitest';
import { bigSnapshot, createMapFeed } from './map-feed.mjs';
import { describePage } from './page-tests.mjs';

describePage('Memory Map: address space', 'map', ({ open, opened }) => {
  test('draws the map', async () => {
    const feed = createMapFeed();
    const { page, picture, post } = await open(feed, { width: 1300, height: 900 });
    await picture('map-space');
    await post(...(await feed.next({ grown: { '[heap]': 256 }, gone: ['12 kB'], fresh: [{ start: 0x7f000000000, kib: 512 }] })));
    await page.locator('.space-stage').focus();
    for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowDown');
    await picture('map-space-next');
    await post(...(await feed.next(bigSnapshot())));
    await picture('map-space-big');
  });
});
