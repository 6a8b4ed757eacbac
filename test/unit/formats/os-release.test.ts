import { expect, it } from 'vitest';
import { parseOsRelease } from '../../../src/formats/os-release.js';

it('reads the distribution and its relatives', () => {
  const text =
    '# comment\nPRETTY_NAME="Linux Mint 21.3"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.3"\n\nBUG_REPORT_URL=https://x/\n';
  expect(parseOsRelease(text)).toEqual({
    ids: ['linuxmint', 'ubuntu', 'debian'],
    prettyName: 'Linux Mint 21.3',
    versionId: '21.3',
  });
});

it('unquotes as a shell does', () => {
  expect(parseOsRelease('ID=\'opensuse-leap\'\r\nID_LIKE=\'suse  opensuse\'\nPRETTY_NAME="a \\"b\\" \\$c"\n')).toEqual({
    ids: ['opensuse-leap', 'suse', 'opensuse'],
    prettyName: 'a "b" $c',
  });
});

it('is linux when nothing is told', () => {
  expect(parseOsRelease('').ids).toEqual(['linux']);
  expect(parseOsRelease('ID="unclosed\nrubbish\n=x').ids).toEqual(['linux']);
});
