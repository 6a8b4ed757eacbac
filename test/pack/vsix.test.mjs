// What is in dist/memlens.vsix: just this, so that neither a test nor a secret is packed by mistake.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vsix } from '../../scripts/pack.mjs';
import { root } from '../../scripts/set-up.mjs';
import { zipEntries } from './zip-entries.mjs';

const kinds = readdirSync(join(root, 'docs/kinds')).map((name) => `docs/kinds/${name}`);
const steps = ['live', 'memory', 'oom', 'open', 'profile', 'report', 'runs', 'squiggle', 'system', 'tree'].map(
  (step) => `media/walkthrough/${step}.svg`,
);
const pages = ['heap', 'map', 'memory', 'oom', 'processes', 'system', 'trend'].flatMap((page) => [
  `dist/pages/${page}.js`,
  `dist/pages/${page}.css`,
]);
const injected = [
  'call.py',
  'heaptrack.py',
  'leak-check.py',
  'leaks.c',
  'malloc-info.py',
  'modules.py',
  'prof-dump.py',
  'rescue.py',
  'run.py',
  'stack.py',
].map((name) => `media/inject-${name}`);
const files = [
  'package.json',
  'package.nls.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'dist/cli.js',
  'dist/third-party-notices.txt',
  'dist/extension.js',
  'dist/program.js',
  ...pages,
  'dist/pages/shared.css',
  'media/activity-bar.svg',
  'docs/growth.md',
  'docs/heap.md',
  'docs/kernel.md',
  'docs/map.md',
  'docs/system.md',
  'docs/oom.md',
  'media/heap-light.svg',
  'media/heap-dark.svg',
  'media/map-light.svg',
  'media/map-dark.svg',
  'media/oom-light.svg',
  'media/oom-dark.svg',
  'media/system-light.svg',
  'media/system-dark.svg',
  'media/trend-light.svg',
  'media/trend-dark.svg',
  'media/askpass.sh',
  'media/companion.c',
  ...injected,
  'media/stl-in-program.hpp',
  'media/icon.png',
  ...kinds,
  ...steps,
];
const packed = ['[Content_Types].xml', 'extension.vsixmanifest', ...files.map((path) => `extension/${path}`)];

/** What the pages share; the names tell what is in them. */
const shared = /^extension\/dist\/pages\/shared-[A-Z0-9]{8}\.js$/;

describe('the packed extension', () => {
  const entries = zipEntries(readFileSync(vsix));

  it('holds exactly these files', () => {
    const names = [...entries.keys()];
    expect(names.filter((name) => !shared.test(name)).sort()).toEqual(packed.sort());
    // Just those that the pages load: none of an earlier build.
    const scripts = names.filter((name) => /^extension\/dist\/pages\/.*\.js$/.test(name));
    const loaded = scripts.flatMap((name) => {
      const text = readFileSync(join(root, name.slice('extension/'.length)), 'utf8');
      return [...text.matchAll(/"\.\/(shared-[A-Z0-9]{8}\.js)"/g)].map(([, file]) => `extension/dist/pages/${file}`);
    });
    expect(new Set(loaded)).toEqual(new Set(names.filter((name) => shared.test(name))));
  });

  it('is at most 1.1 MB', () => {
    expect(statSync(vsix).size).toBeLessThanOrEqual(1_100_000);
  });

  it('names every package of which something is packed, with its licence', () => {
    const notices = readFileSync(join(root, 'dist/third-party-notices.txt'), 'utf8');
    for (const name of [
      'chart.js',
      'hammerjs',
      'htmlparser2',
      'jsonc-parser',
      '@tanstack/table-core',
      '@vscode/codicons',
      'lit-html',
    ])
      expect(notices, name).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\nLicence: \\S+`, 'm'));
    expect(notices).toContain('Attribution 4.0 International');
  });

  it('holds every file that the manifest names', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const paths = [];
    const collect = (value) => {
      if (typeof value === 'string' && /^\.?\/?(media|dist|docs)\/[\w./-]+$/.test(value)) paths.push(value.replace(/^\.\//, ''));
      else if (value !== null && typeof value === 'object') Object.values(value).forEach(collect);
    };
    collect({ main: manifest.main, bin: manifest.bin, icon: manifest.icon, contributes: manifest.contributes });
    expect(paths).toContain('dist/extension.js');
    expect(paths.filter((path) => !entries.has(`extension/${path}`))).toEqual([]);
  });
});
