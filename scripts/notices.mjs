// What the bundles hold of others, with the licences that ask to be named: dist/third-party-notices.txt.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './set-up.mjs';

/** The packages of which a file is in a bundle, from the inputs that esbuild names. */
function packagesOf(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles)
    for (const path of Object.keys(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder) folders.add(folder);
    }
  return [...folders].sort();
}

function licenceOf(folder) {
  const names = readdirSync(join(root, folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names.map((name) => readFileSync(join(root, folder, name), 'utf8').trim()).join('\n\n');
}

/** Fails when a package says nothing of its licence: it may not be shipped then. */
export function writeNotices(metafiles) {
  const entries = packagesOf(metafiles).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    if (!license) throw new Error(`${folder} names no licence`);
    const text = licenceOf(folder);
    return `${name} ${version}\nLicence: ${license}\n\n${text || `(The package has no text of its licence; see https://spdx.org/licenses/${license}.html)`}\n`;
  });
  const head = 'MemLens holds code and pictures of these packages.\n';
  writeFileSync(join(root, 'dist/third-party-notices.txt'), [head, ...entries].join(`\n${'-'.repeat(80)}\n\n`));
}
