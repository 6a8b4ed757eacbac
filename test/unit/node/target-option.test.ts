import { expect, test } from 'vitest';
import { readTargetOption } from '../../../src/node/target-option.js';
import { UsageError } from '../../../src/node/usage.js';

test('a target has the name that the user gave it', () => {
  expect(readTargetOption('ssh:board')).toEqual({ name: 'ssh:board', config: { kind: 'ssh', host: 'board' } });
});

test('one that is wrong is the fault of the command line, not of a settings file', () => {
  expect(() => readTargetOption('ssh:-x')).toThrow(new UsageError('--target: a host may not begin with "-" ("-x")'));
});
