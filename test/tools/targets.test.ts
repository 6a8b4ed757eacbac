import { describe } from 'vitest';
import { commandRoute } from '../../src/node/command-target.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { ShellTarget } from '../../src/node/shell-target.js';
import { targetCases } from './target-cases.js';

const noReader = async () => ({ ok: false, error: { code: 'cancelled' } }) as const;
for (const argv of [['sh'], ['busybox', 'sh'], ['bash'], ['mksh'], ['yash'], ['ksh93'], ['env', '-i', 'sh']]) {
  const target = new ShellTarget(commandRoute(argv), noReader);
  describe(argv.join(' '), () => targetCases(() => target));
}
describe('local', () => targetCases(() => new LocalTarget()));
