import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSshConfig, parseSshSettings } from '../../../src/formats/ssh-config.js';

describe('hosts of ssh_config', () => {
  test('names without patterns, in order, once', () => {
    const text = [
      '# Host commented',
      'Host board web-1 web-1 *.example.org !no one?',
      '  HostName 10.0.0.1 # Host x',
      'host=eq',
      '\tHOST   "with space"\tlast # a comment',
      'Hostname not-a-host',
      'Match host matched user x',
      'Host *',
      'Include conf.d/*.conf "~/more of it" /etc/one',
      'Host',
      'Host end',
    ].join('\r\n');
    expect(parseSshConfig(text)).toEqual({
      hosts: ['board', 'web-1', 'eq', 'with space', 'last', 'end'],
      includes: ['conf.d/*.conf', '~/more of it', '/etc/one'],
    });
    expect(parseSshConfig('')).toEqual({ hosts: [], includes: [] });
  });

  test('any text, cut anywhere, gives names without patterns', () => {
    const part = fc.constantFrom('Host ', 'a', '*', '"', "'", '\n', ' ', '=', '#', '!', 'Include ', '\0', '?');
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (text) => {
          for (const host of parseSshConfig(text).hosts) expect(host).toMatch(/^[^*?!"]+$/);
        },
      ),
    );
  });

  test('settings of ssh -G', () => {
    const text =
      'user root\nport 22\nidentityfile ~/.ssh/a\nidentityfile ~/.ssh/b\nproxyjump \nremotecommand echo a b\r\ngarbage\n';
    expect(Object.fromEntries(parseSshSettings(text))).toEqual({
      user: 'root',
      port: '22',
      identityfile: '~/.ssh/a',
      proxyjump: '',
      remotecommand: 'echo a b',
    });
  });
});
