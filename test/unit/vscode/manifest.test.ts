import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../../src/app/engines.js';
import { ENGINE_NAMES, readRun } from '../../../src/app/run-settings.js';
import { kindPages } from '../../../src/findings/kinds.js';
import { COMMAND_IDS, CONTEXT_KEYS, SETTING_IDS } from '../../../src/vscode/command-ids.js';
import { engineTitle } from '../../../src/vscode/engine-titles.js';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const nls: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));

interface Item {
  readonly command: string;
  readonly when?: string;
}
interface Setting {
  readonly markdownDescription?: string;
  readonly scope?: string;
  readonly default?: unknown;
}
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly (Item & { readonly title: string; readonly category?: string })[];
    readonly keybindings: readonly (Item & { readonly key: string })[];
    readonly menus: Readonly<Record<string, readonly Item[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly configuration: readonly { readonly title: string; readonly properties: Readonly<Record<string, Setting>> }[];
    readonly taskDefinitions: readonly { readonly type: string; readonly properties: Readonly<Record<string, unknown>> }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly { readonly id: string; readonly description: string; readonly media: { readonly svg?: string } }[];
    }[];
  };
}
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const settings: Readonly<Record<string, Setting>> = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }) => properties),
);
const views = Object.values(contributes.views)
  .flat()
  .map(({ id }) => id);
const ids = contributes.commands.map(({ command }) => command);
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
/** Every string of the manifest, `%key%` replaced. */
const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([whole]) =>
  (JSON.parse(whole) as string).replace(/^%(.*)%$/, (_, key: string) => nls[key] ?? ''),
);

describe('package.json', () => {
  it('contributes just the commands that the code registers', () => {
    expect([...ids].sort()).toEqual(COMMAND_IDS.map((id) => `memlens.${id}`).sort());
  });

  it('contributes just the settings that the code reads', () => {
    expect(Object.keys(settings).sort()).toEqual(SETTING_IDS.map((id) => `memlens.${id}`).sort());
  });

  it('has every text in package.nls.json, and no other', () => {
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string);
    expect([...new Set(used)].sort()).toEqual(Object.keys(nls).sort());
    expect(Object.values(nls).filter((value) => value.trim() === '')).toEqual([]);
  });

  it('writes no title or description outside of package.nls.json', () => {
    const literal = [
      ...JSON.stringify(contributes).matchAll(/"(title|description|markdownDescription|name|contents|altText|label)":"([^"]*)"/g),
    ]
      .map(([, , value]) => value as string)
      .filter((value) => !/^%.*%$/.test(value) && !value.includes('${'));
    expect(literal).toEqual([]);
  });

  it('names no command in a menu, key, link or welcome text that there is not', () => {
    const named = [
      ...contributes.keybindings.map(({ command }) => command),
      ...Object.values(contributes.menus)
        .flat()
        .map(({ command }) => command),
      ...strings.flatMap((value) => [...value.matchAll(/\(command:(memlens\.\w+)/g)].map(([, command]) => command as string)),
      ...sources.flatMap((source) =>
        [...source.matchAll(/'(memlens\.[a-z][A-Za-z]+)'/g)].map(([, command]) => command as string),
      ),
    ];
    const known = new Set([
      ...ids,
      ...Object.keys(settings),
      ...CONTEXT_KEYS.map((key) => `memlens.${key}`),
      ...SETTING_IDS.map((id) => `memlens.${id.split('.')[0]}`),
    ]);
    // Views, items of the status bar, keys of what is remembered, and a file name.
    const others = [
      ...views,
      ...[
        'status',
        'check',
        'live',
        'lastRun',
        'target',
        'watch',
        'recording',
        'png',
        'trend',
        'heap',
        'heapOption',
        'heapResult',
        'system',
        'oom',
        'system',
      ].map((name) => `memlens.${name}`),
    ];
    expect(named.filter((command) => !known.has(command) && !others.includes(command))).toEqual([]);
  });

  it('asks in "when" only for keys that the code sets', () => {
    const asked = [...Object.values(contributes.menus).flat(), ...contributes.keybindings, ...contributes.viewsWelcome].flatMap(
      ({ when }) =>
        [...(when ?? '').matchAll(/memlens\.(\w+)/g)]
          .map(([, key]) => key as string)
          .filter((key) => !views.includes(`memlens.${key}`)),
    );
    expect(asked.filter((key) => !(CONTEXT_KEYS as readonly string[]).includes(key))).toEqual([]);
    for (const key of CONTEXT_KEYS) expect(sources.some((source) => source.includes(`'memlens.${key}'`))).toBe(true);
  });

  it('shows no command in the palette that needs an argument', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false').map(({ command }) => command);
    expect(hidden).toEqual(
      ['copyStack', 'explain', 'openFrame', 'openAsSystem', 'profileProcess', 'showFindingTrend', 'showFindingMap'].map(
        (id) => `memlens.${id}`,
      ),
    );
  });

  it('offers in the explorer what a saved file of a machine can be opened as, by its name', () => {
    const offered = (name: string, isFolder = false): readonly string[] =>
      (contributes.menus['explorer/context'] ?? [])
        .filter(({ when = '' }) => {
          const pattern = /resourceFilename =~ \/(.*)\/i/.exec(when)?.[1];
          const isFor = when.includes('!explorerResourceIsFolder') ? !isFolder : isFolder;
          const isNamed = pattern !== undefined && new RegExp(pattern.replaceAll('\\/', '/'), 'i').test(name);
          return isFor && (pattern === undefined ? isFolder : isNamed);
        })
        .map(({ command }) => command.replace('memlens.', ''));
    expect(offered('board', true)).toEqual(['openAsSystem']);
    for (const name of ['meminfo', 'meminfo.txt', 'board-slabinfo', 'vmallocinfo.1', 'memlens-System-local.json', 'system.json'])
      expect(offered(name), name).toContain('openAsSystem');
    for (const name of ['ecosystem.json', 'settings.json', 'memory.c', 'info', 'dmesg'])
      expect(offered(name), name).not.toContain('openAsSystem');
    for (const name of ['dmesg', 'dmesg.0', 'dmesg.txt', 'kern.log', 'boot.log', 'boot.log.2.gz', 'syslog.1'])
      expect(offered(name), name).toContain('explainOom');
    for (const name of ['catalog', 'log.c', 'a.logic']) expect(offered(name), name).not.toContain('explainOom');
    for (const name of ['kmemleak', 'kmemleak.txt', 'board.kmemleak']) expect(offered(name), name).toContain('openReport');
  });

  it('describes every setting, in a titled group, with a default', () => {
    for (const group of contributes.configuration) expect(group.title).toMatch(/^%settings\./);
    for (const [id, setting] of Object.entries(settings)) {
      expect(setting.markdownDescription, id).toBeDefined();
      expect(setting, id).toHaveProperty('default');
    }
  });

  it('keeps what decides on what is run out of the hands of an untrusted workspace', () => {
    const trends = /^memlens\.(sampling|watch|notifications|map|recording|attach|heap)\./;
    const harmless = [
      ...['memlens.timeLimit', 'memlens.lineSizes.enabled', 'memlens.codeLens.enabled'],
      ...Object.keys(settings).filter((id) => trends.test(id)),
    ];
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    expect([...restricted, ...harmless].sort()).toEqual(Object.keys(settings).sort());
  });

  it('knows the engines that there are', () => {
    expect(ENGINE_NAMES).toEqual(['auto', ...ENGINES.map(({ id }) => id)]);
    for (const { id, title } of ENGINES) expect(engineTitle(id)).toBe(title);
    for (const id of ENGINE_NAMES) expect(nls[`engine.${id}`]).toBeDefined();
    const schema = settings['memlens.engine'] as unknown as { enum: string[] };
    expect(schema.enum).toEqual(ENGINE_NAMES);
  });

  it('lets memlens.runs have just what the code reads, and makes snippets that it can read', () => {
    const { items } = settings['memlens.runs'] as unknown as {
      items: { properties: Record<string, unknown>; defaultSnippets: { body: Record<string, unknown> }[] };
    };
    const read = readFileSync(join(root, 'src/app/run-settings.ts'), 'utf8');
    for (const property of Object.keys(items.properties))
      expect(read, property).toMatch(new RegExp(`raw\\['${property}'\\]|\\b${property}\\b[^;]*} = raw`));
    for (const { body } of items.defaultSnippets) {
      const filled = JSON.parse(
        JSON.stringify(body)
          .replace(/\$\{\d+:([^}]*)\}/g, '$1')
          .replaceAll('\\\\$', '$')
          .replace(/"\^\\"(.*?)\\""/g, '"$1"'),
      ) as unknown;
      expect(readRun(filled, { folder: '/w', variable: () => '/w' })).toMatchObject({ ok: true });
    }
  });

  it('gives the task the properties that the code reads', () => {
    const [task] = contributes.taskDefinitions;
    expect(task?.type).toBe('memlens');
    expect(Object.keys(task?.properties ?? {})).toEqual(expect.arrayContaining(['run', 'file', 'program', 'args']));
  });

  it('has every file that it names, and a page for every kind', () => {
    const files = [...text.matchAll(/"((?:media|docs)\/[^"]+)"/g)].map(([, file]) => file as string);
    expect(files.length).toBeGreaterThan(8);
    for (const file of [...files, ...kindPages.map((page) => `docs/kinds/${page}`)])
      expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('draws its pictures with no colour of its own where the theme has one, and nothing from elsewhere', () => {
    for (const name of readdirSync(join(root, 'media/walkthrough'))) {
      const svg = readFileSync(join(root, 'media/walkthrough', name), 'utf8');
      expect(svg.replaceAll(/var\(--vscode[^)]*\)/g, '').match(/(?:fill|stroke)="#/g), name).toBeNull();
      expect(svg, name).not.toMatch(/href|url\(/);
    }
  });
});
