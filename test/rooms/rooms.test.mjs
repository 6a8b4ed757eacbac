// The walls stand, and the checks see it when one is broken: violations are planted in a copy of the sources.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, root } from '../../scripts/set-up.mjs';

const node = (cwd, ...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, output: stdout + stderr };
};

it('every import stays within the walls', () => {
  const { status, output } = node(root, 'test/rooms/check.mjs');
  expect(status, output).toBe(0);
});

/** Which rule must name which planted file. */
const imports = {
  'src/base/planted.ts': ['base-sees-only-what-is-below', "import '../app/ports.js';"],
  'src/model/planted.ts': ['model-is-pure', "import 'node:fs';"],
  'src/engines/planted.ts': ['engines-is-pure', "import 'chart.js';"],
  'src/export/planted.ts': ['export-sees-only-what-is-below', "import '../engines/engine.js';"],
  'src/app/planted.ts': ['only-the-vscode-room-loads-vscode', "import 'vscode';"],
  'src/node/planted.ts': ['nobody-imports-a-composition-root', "import '../cli.js';"],
  'src/vscode/planted.ts': ['vscode-has-no-node-built-ins', "import 'node:child_process';"],
  'src/findings/planted.ts': ['no-cycles', "import './planted.js';"],
  'src/formats/planted.ts': ['nothing-unresolved', "import './nowhere.js';"],
  'src/procfs/planted.ts': ['procfs-is-pure', "import 'node:fs';"],
  'src/insight/planted.ts': ['insight-sees-only-what-is-below', "import '../procfs/meminfo.js';"],
  'src/protocol/planted.ts': ['protocol-sees-only-what-is-below', "import '../insight/series.js';"],
  'webview-ui/shared/planted.ts': ['pages-see-the-protocol-and-the-nouns', "import '../../src/insight/series.js';"],
  'src/shed/planted.ts': ['no-file-outside-a-room', "import '../base/result.js';"],
};
/** Names that a room's types must not know. */
const globals = {
  'src/base/planted-global.ts': ['setTimeout', 'setTimeout(() => {}, 1);'],
  'src/engines/planted-global.ts': ['process', 'process.exit();'],
  'src/model/planted-global.ts': ['document', 'document.title;'],
  'src/app/planted-global.ts': ['Buffer', 'Buffer.from([]);'],
};

describe('a planted violation is found', () => {
  let copy;
  let walls;
  let types;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'memlens-rooms-'));
    for (const path of ['src', 'webview-ui', 'test/rooms', '.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [path, [, code]] of Object.entries({ ...imports, ...globals })) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), `${code}\nexport {};\n`);
    }
    walls = node(copy, 'test/rooms/check.mjs');
    types = node(copy, bin('typescript', 'bin/tsc'), '-b', 'src/app', 'src/engines', '--pretty', 'false');
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(Object.entries(imports))('by the import rules: %s', (path, [rule]) => {
    expect(walls.status).toBe(1);
    expect(walls.output).toContain(`${rule}: ${path} -> `);
  });

  it.each(Object.entries(globals))('by the types: %s', (path, [name]) => {
    const line = types.output.split('\n').find((text) => text.startsWith(`${path}(`));
    expect(line).toContain(`Cannot find name '${name}'`);
  });

  it('and so is a check that saw no file', () => {
    rmSync(join(copy, 'src'), { recursive: true });
    mkdirSync(join(copy, 'src'));
    expect(node(copy, 'test/rooms/check.mjs').status).toBe(1);
  });
});
