import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { promptKind } from '../../../src/node/askpass.js';
import { sshFailure } from '../../../src/node/ssh-failure.js';
import { sshHosts } from '../../../src/node/ssh-hosts.js';
import { sshOptions, sshVersion } from '../../../src/node/ssh-options.js';

describe('what ssh says', () => {
  test.each([
    ['ssh: Could not resolve hostname x: Name or service not known\r\n', 'unknown-host'],
    ['ssh: connect to host 10.0.0.9 port 22: Connection refused\r\n', 'refused'],
    ['ssh: connect to host 10.0.0.9 port 22: Connection timed out\r\n', 'no-answer'],
    ['ssh: connect to host 10.0.0.9 port 22: No route to host\r\n', 'no-answer'],
    ['Connection timed out during banner exchange\r\nConnection to 10.0.0.9 port 22 timed out\r\n', 'no-answer'],
    ['root@10.0.0.9: Permission denied (publickey,password).\r\n', 'login'],
    ['Received disconnect from 10.0.0.9 port 22:2: Too many authentication failures\r\n', 'login'],
    [
      'No ED25519 host key is known for [10.0.0.9]:22 and you have requested strict checking.\r\nHost key verification failed.\r\n',
      'host-key-unknown',
    ],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n...\r\nHost key verification failed.\r\n',
      'host-key-changed',
    ],
    ['Timeout, server 10.0.0.9 not responding.\r\n', 'lost'],
    ['client_loop: send disconnect: Broken pipe\r\n', 'lost'],
    ['Connection to 10.0.0.9 closed by remote host.\r\n', 'lost'],
    ['kex_exchange_identification: read: Connection reset by peer\r\n', 'lost'],
    ['/home/u/.ssh/config: line 3: Bad configuration option: foo\r\n', undefined],
  ])('%s', (stderr, why) => {
    const fault = sshFailure('ssh:x', `Warning: Permanently added 'x' to the list.\r\n${stderr}`, undefined);
    expect(fault).toMatchObject({
      code: 'target-unreachable',
      target: 'ssh:x',
      detail: expect.not.stringMatching(/Permanently|\r/),
    });
    expect((fault as { why?: string }).why).toBe(why);
  });

  test('control characters of a banner do not reach the user', () => {
    expect(sshFailure('x', 'a\x1b[31mred\x07\nb\x9b1m', 'lost')).toMatchObject({
      detail: 'a\u{fffd}[31mred\u{fffd}\nb\u{fffd}1m',
    });
  });

  test.each([
    ["root@board's password: ", '', 'secret'],
    ["Enter passphrase for key '/root/.ssh/id': ", '', 'secret'],
    ['(root@board) Verification code: ', '', 'text'],
    ["One-time password (OATH) for `root': ", '', 'secret'],
    ['Are you sure you want to continue connecting (yes/no/[fingerprint])? ', '', 'confirm'],
    ['Are you sure you want to continue connecting (yes/no)? ', '', 'confirm'],
    ['Allow use of key x?', 'confirm', 'confirm'],
    ['Something new: ', '', 'secret'],
  ])('%s is a question for: %s %s', (text, hint, kind) => {
    expect(promptKind(text, hint)).toBe(kind);
  });
});

describe('options for ssh', () => {
  test('a dead line is seen where the user has not said when', () => {
    expect(sshOptions(new Map(), 9.2)).toContain('-oServerAliveInterval=5');
    expect(
      sshOptions(
        new Map([
          ['serveraliveinterval', '0'],
          ['connecttimeout', 'none'],
        ]),
        9.2,
      ),
    ).toContain('-oConnectTimeout=15');
    const own = sshOptions(
      new Map([
        ['serveraliveinterval', '60'],
        ['connecttimeout', '5'],
      ]),
      9.2,
    ).join(' ');
    expect(own).not.toMatch(/ServerAlive|ConnectTimeout/);
  });

  test('keywords of younger clients only where the client knows them', () => {
    const young = /RequestTTY|SessionType|ForkAfter|StdinNull|RemoteCommand/;
    expect(sshOptions(new Map(), sshVersion('OpenSSH_5.3p1, OpenSSL 1.0.1e')).join(' ')).not.toMatch(young);
    expect(sshOptions(new Map(), sshVersion('something else')).join(' ')).not.toMatch(young);
    const middle = sshOptions(new Map(), sshVersion('OpenSSH_7.9p1 Debian-10')).join(' ');
    expect(middle).toMatch(/RequestTTY=no.*RemoteCommand=none/);
    expect(middle).not.toMatch(/SessionType|ForkAfter|StdinNull/);
    for (const version of ['OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19', 'OpenSSH_for_Windows_10.0p2, LibreSSL 3']) {
      expect(sshOptions(new Map(), sshVersion(version)).join(' ')).toMatch(
        /RequestTTY=no.*RemoteCommand=none.*SessionType=default.*ForkAfterAuthentication=no.*StdinNull=no/,
      );
    }
  });
});

describe('hosts of the configuration', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'memlens-test-'));
    mkdirSync(join(home, '.ssh/conf.d'), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test('with the files that it includes, by wildcards, below ~/.ssh, and in a circle', async () => {
    writeFileSync(join(home, '.ssh/config'), 'Include conf.d/*.conf ~/extra [x missing/*\nHost one\n');
    writeFileSync(join(home, '.ssh/conf.d/b.conf'), 'Host b\nInclude config\n');
    writeFileSync(join(home, '.ssh/conf.d/a.conf'), 'Host a\n');
    writeFileSync(join(home, '.ssh/conf.d/.hidden.conf'), 'Host hidden\n');
    writeFileSync(join(home, '.ssh/conf.d/c.txt'), 'Host c\n');
    writeFileSync(join(home, 'extra'), 'Host extra *.pattern\n');
    expect([...(await sshHosts(undefined, home))].sort()).toEqual(['a', 'b', 'extra', 'one']);
    expect(await sshHosts(join(home, 'extra'), home)).toEqual(['extra']);
    expect(await sshHosts(join(home, 'none'), home)).toEqual([]);
  });
});
