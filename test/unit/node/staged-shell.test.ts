import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRemoteWords, behindOwnTerminal, stagedByInput, stagedScript } from '../../../src/node/staged-shell.js';

const words = fc.array(
  fc.string({ unit: 'binary' }).map((word) => word.replaceAll('\0', '')),
  { minLength: 1, maxLength: 5 },
);
const print = (args: readonly string[]) => ({
  argv: ['/bin/sh', '-c', 'for w; do printf "%s\\n" "$w"; done; cat', 'sh', ...args],
});
const printed = (args: readonly string[], input: string): string => `${args.map((word) => `${word}\n`).join('')}${input}`;

describe('a program on a stage of another machine', () => {
  test('words, environment and directory are data', () => {
    const command = {
      argv: ['/bin/sh', '-c', 'printf "%s|" "$1" "$ODD" "$PWD" "${m_l-unset}"', 'sh', "it's $HOME\n`id`"],
      cwd: '/tmp',
      env: { ODD: 'a "b"\n\'c\' ${x}' },
    };
    const said = execFileSync('/bin/sh', ['-c', stagedScript(command)], { encoding: 'utf8' });
    expect(said).toContain("it's $HOME\n`id`|a \"b\"\n'c' ${x}|/tmp|unset|");
    const odd = stagedScript({ argv: ['env'], env: { 'odd.name': 'odd' } });
    expect(execFileSync('/bin/sh', ['-c', odd], { encoding: 'utf8' })).toContain('odd.name=odd\n');
  });

  test('a directory that is missing is the status 126', () => {
    const script = stagedScript({ argv: ['true'], cwd: '/no/such' });
    expect(spawnSync('/bin/sh', ['-c', script], { stdio: 'ignore' }).status).toBe(126);
  });

  test.each(
    ['dash', 'bash', 'busybox', 'mksh', 'yash', 'ksh93'].filter(
      (shell) => existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`),
    ),
  )('by the input of %s: nothing of what follows the script is lost', (shell) => {
    const prefix = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
    fc.assert(
      fc.property(words, fc.string({ unit: 'binary', maxLength: 300 }), (args, input) => {
        const { argv } = stagedByInput(prefix, print(args));
        const said = spawnSync(argv[0] as string, argv.slice(1), { input });
        expect(said.stdout.equals(Buffer.from(printed(args, input)))).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test.each(
    ['dash', 'bash', 'busybox', 'mksh', 'yash', 'ksh93'].filter(
      (shell) => existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`),
    ),
  )('as words for the login shell %s', (shell) => {
    const prefix = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
    fc.assert(
      fc.property(words, fc.string({ unit: 'binary', maxLength: 300 }), (args, input) => {
        const text = asRemoteWords(stagedScript(print(args)));
        expect(text).not.toMatch(/[\n!]/);
        const said = spawnSync(prefix[0] as string, [...prefix.slice(1), '-c', text], { input });
        expect(said.stdout.equals(Buffer.from(printed(args, input)))).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test('behind our own terminal the end of input is a key', () => {
    const { argv } = behindOwnTerminal({ argv: ['cat'] });
    expect(execFileSync(argv[0] as string, argv.slice(1), { input: 'typed\n', encoding: 'utf8' })).toBe('typed\n\x04\x04');
  });
});
