import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTargetName, targetNameOf } from '../../../src/app/target-names.js';

describe('names of targets', () => {
  test.each([
    ['local', { kind: 'local' }],
    ['  local ', { kind: 'local' }],
    ['ssh:board', { kind: 'ssh', host: 'board' }],
    ['ssh: root@192.168.1.7 ', { kind: 'ssh', host: 'root@192.168.1.7' }],
    ['ssh:fe80::1%eth0', { kind: 'ssh', host: 'fe80::1%eth0' }],
    ['ssh:me@corp@jump', { kind: 'ssh', host: 'me@corp@jump' }],
    ['ssh://root@[fe80::1%eth0]:2222', { kind: 'ssh', host: 'ssh://root@[fe80::1%eth0]:2222' }],
    ['ssh://board/', { kind: 'ssh', host: 'ssh://board/' }],
    ['command:docker exec -i c sh', { kind: 'command', argv: ['docker', 'exec', '-i', 'c', 'sh'] }],
    [`command:a 'b c' "d\\"e" f\\ g ''`, { kind: 'command', argv: ['a', 'b c', 'd"e', 'f g', ''] }],
    ['command:x $HOME `id` ;', { kind: 'command', argv: ['x', '$HOME', '`id`', ';'] }],
  ])('%s', (text, config) => {
    expect(parseTargetName(text)).toEqual({ ok: true, value: config });
  });

  test.each([
    ['', 'neither'],
    ['remote', 'neither'],
    ['LOCAL', 'neither'],
    ['ssh:', 'missing'],
    ['ssh:-oProxyCommand=touch x', '"-"'],
    ['ssh:a@-x', '"-"'],
    ['ssh://-x', '"-"'],
    ['ssh:a b', 'letters, digits'],
    ['ssh:$(id)', 'letters, digits'],
    ['ssh:a\nb', 'letters, digits'],
    ['ssh:héhé', 'letters, digits'],
    ['ssh:user@', 'lacks'],
    ['ssh://', 'form ssh://'],
    ['ssh://a:port', 'form ssh://'],
    ['command:', 'missing'],
    ["command:''", 'missing'],
    ["command:a 'b", 'not closed'],
    ['command:a\0', 'NUL'],
  ])('%j is refused', (text, detail) => {
    expect(parseTargetName(text, '--target')).toEqual({
      ok: false,
      error: { code: 'bad-setting', setting: '--target', detail: expect.stringContaining(detail) },
    });
  });

  test('any words of a command come back', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(
        word.filter((text) => text !== ''),
        fc.array(word),
        (first, more) => {
          const config = { kind: 'command', argv: [first, ...more] } as const;
          expect(parseTargetName(targetNameOf(config))).toEqual({ ok: true, value: config });
        },
      ),
    );
  });

  test('what is accepted as a host comes back, and is nothing that a shell or an option parser reads', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-z@:.%/[\]-]{0,12}$/),
      fc.stringMatching(/^\/\/[a-z@:.[\]0-9-]{0,12}$/),
    );
    fc.assert(
      fc.property(text, (host) => {
        const parsed = parseTargetName(`ssh:${host}`);
        if (!parsed.ok || parsed.value.kind !== 'ssh') return;
        expect(parsed.value.host).toMatch(/^(?!-)[A-Za-z0-9_.:@%+=,~/[\]-]+$/);
        expect(parsed.value.host).not.toMatch(/[@/]-/);
        expect(parseTargetName(targetNameOf(parsed.value))).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});
