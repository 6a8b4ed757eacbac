import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/set-up.mjs';

// `npm install` with a registry that does not carry a platform's packages drops them, and then `npm ci` refuses everywhere.
it('package-lock.json holds the optional packages of every platform', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const there = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  expect(wanted.length).toBeGreaterThan(50);
  expect(wanted.filter((name) => !there.has(name))).toEqual([]);
});
