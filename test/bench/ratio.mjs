// Side-by-side timing: the two are run in turns, so that a busy machine slows both, and the median of the ratios counts.

/**
 * @param {string} name
 * @param {number} limit the ratio that must not be passed
 * @param {() => Promise<number> | number} ours returns milliseconds
 * @param {() => Promise<number> | number} theirs returns milliseconds
 */
export async function compare(name, limit, ours, theirs, rounds = 7) {
  const pairs = [];
  // The first pair warms the caches.
  for (let round = 0; round <= rounds; round++) {
    const a = await ours();
    const b = await theirs();
    if (round > 0) pairs.push({ ours: a, theirs: b, ratio: a / b });
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return {
    name,
    limit,
    ratio: Number(median(pairs.map((pair) => pair.ratio)).toFixed(3)),
    oursMs: Math.round(median(pairs.map((pair) => pair.ours))),
    theirsMs: Math.round(median(pairs.map((pair) => pair.theirs))),
    rounds,
  };
}
