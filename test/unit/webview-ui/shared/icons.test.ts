import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ICON_NAMES, iconClass } from '../../../../webview-ui/shared/icons.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const style = readFileSync(join(root, 'webview-ui/shared/icons.css'), 'utf8');

test('every picture that a page can ask for is in the style sheet, and no other', () => {
  const drawn = [
    ...style.matchAll(/\.codicon-([\w-]+)::before \{\s+mask-image: url\("@vscode\/codicons\/src\/icons\/([\w-]+)\.svg"\)/g),
  ];
  expect(drawn.map(([, name]) => name)).toEqual([...ICON_NAMES]);
  for (const [, name, file] of drawn) {
    expect(file).toBe(name);
    expect(existsSync(join(root, `node_modules/@vscode/codicons/src/icons/${file}.svg`)), file).toBe(true);
  }
});

test('a class is of the picture', () => expect(iconClass('add')).toBe('codicon codicon-add'));
