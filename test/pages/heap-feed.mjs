// The host's side of the page Heap Profile: the host's own code from the feed up, over files that the tools have written.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HeapFeed } from '../../src/app/heap/heap-feed.ts';
import { openHeapProfile } from '../../src/app/heap/open-heap.ts';
import { nodeUnpackers } from '../../src/node/unpack.ts';

export const START = Date.UTC(2026, 0, 15, 10, 0, 0);

const folder = new URL('../fixtures/heap/', import.meta.url);

/** The profile of a file of test/fixtures/heap: `heaptrack-1.4.0/orders.heaptrack`. */
export async function heapFixture(name) {
  const path = fileURLToPath(new URL(name, folder));
  const opened = await openHeapProfile(createReadStream(path), path, await nodeUnpackers());
  if (!opened.ok) throw new Error(`${name}: ${opened.error.code}`);
  return opened.value;
}

/**
 * @param options.profile HeapProfile; undefined: nothing was read yet
 * @param options.state HeapState; `still` when there is a profile
 * @param options.older HeapProfile that Compare gets when it asks for a file
 */
export function createHeapFeed({
  profile,
  state,
  saved,
  older,
  title = 'orders.heaptrack',
  description = '/tmp/heap-demo/orders.heaptrack',
} = {}) {
  const posted = [];
  let kept = saved;
  let now = START;
  const feed = new HeapFeed({ post: (message) => posted.push(message), saved: () => kept, title, description, now: () => now });
  feed.setState(state ?? { kind: profile === undefined ? 'reading' : 'still' });
  if (profile !== undefined) feed.setProfile(profile);
  const answers = () => posted.splice(0);
  return {
    feed,
    hear(message) {
      if (message.kind === 'save') kept = message.state;
      else if (message.kind === 'compare-file' && older !== undefined) feed.compareWith(older, 'older.heaptrack');
      else if (message.kind === 'annotate') feed.setAnnotated(message.measure !== undefined);
      else feed.receive(message);
      return answers();
    },
    /** What the host tells by itself. To be posted. */
    tell(what, ms = 1000) {
      now += ms;
      what(feed);
      return answers();
    },
    get kept() {
      return kept;
    },
  };
}
