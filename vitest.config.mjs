import { defineConfig } from 'vitest/config';

const seconds = 1000;
const project = (name, limit, more = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.{ts,mjs}`], testTimeout: limit, hookTimeout: limit, ...more },
});

/** `vitest run --project unit` and so on; `npm test` runs them all, in this order. */
export default defineConfig({
  test: {
    projects: [
      project('unit', 60 * seconds),
      project('rooms', 60 * seconds),
      project('tools', 120 * seconds),
      project('pack', 60 * seconds),
      project('pages', 120 * seconds),
      project('ui', 240 * seconds),
      // Builds and boots a kernel (docs/kernel.md).
      ...(process.env.MEMLENS_TEST_UML === '1' ? [project('uml', 1800 * seconds)] : []),
    ],
  },
});
