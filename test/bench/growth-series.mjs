// Simulated memory of a process, one value a second in bytes and whole pages of 4 KiB: nine kinds that do not leak, each with
// its parameters drawn anew for each series. `wide` draws them from ranges about twice as wide, and some noise is not Gaussian.

/** mulberry32: a small generator with a seed, so that every run sees the same series. */
export function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const KIB = 1024;
const PAGE = 4096;

/** Draws of a series: uniform, log-uniform, normal. */
function drawsOf(seed, wide) {
  const random = randomOf(seed);
  const stretch = wide ? 1.5 : 1;
  const uniform = (low, high) => low + (high - low) * random();
  return {
    random,
    uniform,
    /** Between low and high on a logarithmic scale; wider: from low / 1.5 to high * 1.5. */
    log: (low, high) => Math.exp(uniform(Math.log(low / stretch), Math.log(high * stretch))),
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  };
}

/** Each gives a function of the second that returns KiB. They are called for every second once, in order. */
export const KINDS = {
  flat({ uniform, log, normal }) {
    const base = uniform(5e3, 5e5);
    const noise = log(4, 200);
    return () => base + noise * normal();
  },
  ar1({ uniform, log, normal }) {
    const base = uniform(2e4, 5e5);
    const phi = uniform(0.95, 0.998);
    const noise = log(20, 500);
    let x = (noise / Math.sqrt(1 - phi * phi)) * normal();
    return () => {
      x = phi * x + noise * normal();
      return base + x;
    };
  },
  saw({ random, uniform, log, normal }) {
    const base = uniform(2e4, 3e5);
    const height = log(1e3, 4e4);
    const period = log(5, 240);
    let phase = random();
    return () => {
      phase += uniform(0.7, 1.3) / period;
      if (phase >= 1) phase = 0;
      return base + height * phase + 50 * normal();
    };
  },
  collector({ random, uniform, log }) {
    const base = uniform(5e4, 3e5);
    const height = log(2e3, 2e4);
    const period = log(3, 15);
    const minors = Math.round(uniform(6, 20));
    let phase = random();
    let count = Math.floor(random() * minors);
    let old = count * height * 0.1;
    return () => {
      phase += uniform(0.8, 1.2) / period;
      if (phase >= 1) {
        phase = 0;
        count++;
        old += height * uniform(0.05, 0.15);
        if (count >= minors) count = old = 0;
      }
      return base + old + height * phase;
    };
  },
  warm({ uniform, log, normal }) {
    const base = uniform(1e4, 1e5);
    const height = log(5e3, 2e5);
    const tau = log(20, 600);
    return (t) => base + height * (1 - Math.exp(-t / tau)) + 20 * normal();
  },
  slowWarm({ uniform, log, normal }) {
    const base = uniform(1e4, 1e5);
    const height = log(2e4, 5e5);
    const tau = log(600, 3600);
    return (t) => base + height * (1 - Math.exp(-t / tau)) + 20 * normal();
  },
  steps({ random, uniform, normal }) {
    const base = uniform(1e4, 2e5);
    let level = 0;
    return () => {
      if (random() < 1 / 400) level = Math.max(0, level + uniform(-2e4, 2e4));
      return base + level + 20 * normal();
    };
  },
  highWater({ random, uniform, log }) {
    const base = uniform(1e4, 1e5);
    const size = log(200, 5e3);
    let top = 0;
    return () => {
      if (random() < 0.2) top = Math.max(top, -size * Math.log(1 - random()));
      return base + top;
    };
  },
  daily({ random, uniform, log, normal }) {
    const base = uniform(5e4, 3e5);
    const height = log(1e3, 5e4);
    const period = uniform(4 * 3600, 24 * 3600);
    const phase = random() * 2 * Math.PI;
    return (t) => base + height * Math.sin((2 * Math.PI * t) / period + phase) + 100 * normal();
  },
};

const seedOf = (text) => {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash;
};

/** KiB of each second; the leak is added by `pointsOf`, so that the same noise is judged with and without. */
export function simulate(kind, number, seconds, { seed = 1, wide = false } = {}) {
  const next = KINDS[kind](drawsOf(seedOf(`${seed}:${kind}:${number}`), wide));
  return Float64Array.from({ length: seconds }, (_, t) => next(t));
}

/** Bytes in whole pages, at moments as the monitor gives them. `leak`: KiB a second. */
export function pointsOf(kib, leak = 0) {
  return {
    at: Float64Array.from(kib, (_, t) => 1.7e12 + t * 1000),
    value: Float64Array.from(kib, (value, t) => Math.round(((value + leak * t) * KIB) / PAGE) * PAGE),
  };
}
