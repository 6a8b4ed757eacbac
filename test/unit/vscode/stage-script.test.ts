import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STAGE_COMMAND, STAGE_VARIABLE, stageScript } from '../../../src/vscode/stage-script.js';

/** NUL can't be in an argument. */
const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
const evil = fc.constantFrom(
  '${workspaceFolder}',
  "it's",
  '$(id)',
  '`id`',
  '$${env:HOME}',
  'a b',
  '',
  '\n',
  '"',
  '\\',
  '-n',
  "'${x}'",
);

describe('stageScript', () => {
  it('gives the program its words, its environment and its directory as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, evil), { maxLength: 6 }), fc.oneof(word, evil), (args, value) => {
        const argv = [
          process.execPath,
          '-e',
          'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.MEMLENS_A, process.cwd()]))',
          '--',
          ...args,
        ];
        const script = stageScript({ argv, env: { MEMLENS_A: value, 'not a name': 'x' }, cwd: '/usr' });
        expect(script).not.toContain('${');
        const { stdout } = spawnSync('/bin/sh', ['-c', STAGE_COMMAND], {
          encoding: 'utf8',
          env: { ...process.env, [STAGE_VARIABLE]: script },
        });
        expect(JSON.parse(stdout)).toEqual([args, value, '/usr']);
      }),
      { numRuns: 25 },
    );
  });

  it('ends with 126 where the directory is missing', () => {
    const { status } = spawnSync('/bin/sh', ['-c', stageScript({ argv: ['true'], cwd: '/nowhere/at/all' })]);
    expect(status).toBe(126);
  });
});
