// Fails when a wall of the house is broken, and also when the checker looked at fewer files than there are.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';

const rules = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const roots = ['src', 'webview-ui'];
const files = roots
  .flatMap((root) => readdirSync(root, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
  .map((entry) => `${entry.parentPath}/${entry.name}`);

const { output } = await cruise(roots, { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true });
const seen = new Set(output.modules.map((module) => module.source));
const missed = files.filter((file) => !seen.has(file));
for (const violation of output.summary.violations) console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
for (const file of missed) console.error(`not looked at: ${file}`);
const bad = output.summary.violations.length + missed.length + (files.length === 0 ? 1 : 0);
console.log(`${files.length} files looked at, ${bad} faults`);
process.exit(bad > 0 ? 1 : 0);
