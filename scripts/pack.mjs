// Builds for production and packs dist/memlens.vsix; asks nothing of the net.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, node24, root, run } from './set-up.mjs';

export const vsix = join(root, 'dist/memlens.vsix');

export function pack() {
  // A failure leaves no older one to be taken for this.
  rmSync(vsix, { force: true });
  run(node24, ['esbuild.mjs', '--production']);
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ];
  run(node24, [bin('@vscode/vsce', 'vsce'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${pack()}  ${(statSync(vsix).size / 1024).toFixed(1)} KiB`);
}
