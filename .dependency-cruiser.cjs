// Who may import whom (docs/ARCHITECTURE.md, "The rooms").
const below = {
  base: ['base'],
  model: ['base', 'model'],
  engines: ['base', 'model', 'engines'],
  formats: ['base', 'model', 'engines/engine', 'formats'],
  findings: ['base', 'model', 'findings'],
  procfs: ['base', 'model', 'procfs'],
  insight: ['base', 'model', 'insight'],
  protocol: ['base', 'model', 'protocol'],
  export: ['base', 'model', 'findings', 'insight', 'export'],
  app: ['base', 'model', 'engines', 'formats', 'findings', 'procfs', 'insight', 'protocol', 'export', 'app'],
  node: ['base', 'model', 'engines', 'formats', 'findings', 'procfs', 'insight', 'export', 'app', 'node'],
  vscode: ['base', 'model', 'engines', 'formats', 'findings', 'procfs', 'insight', 'protocol', 'export', 'app', 'vscode'],
};
const packages = {
  engines: '^node_modules/(saxes|htmlparser2)',
  formats: '^node_modules/jsonc-parser',
  app: '^$',
  vscode: '^node_modules/@types/vscode|^vscode$',
};
const pure = ['base', 'model', 'engines', 'formats', 'findings', 'procfs', 'insight', 'protocol', 'export', 'app'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(below).map(([room, allowed]) => ({
      name: `${room}-sees-only-what-is-below`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^(src|test|scripts|webview-ui)/', pathNot: `^src/(${allowed.join('|')})[/.]` },
    })),
    ...pure.map((room) => ({
      name: `${room}-is-pure`,
      comment: 'no Node built-ins, no vscode, and only the packages named above',
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '.', pathNot: `^src/${packages[room] ? `|${packages[room]}` : ''}` },
    })),
    {
      name: 'vscode-has-no-node-built-ins',
      severity: 'error',
      from: { path: '^src/vscode/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-the-vscode-room-loads-vscode',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(vscode/|(extension|editor|program)\\.ts$)' },
      to: { path: '^vscode$|@types/vscode' },
    },
    {
      name: 'nobody-imports-a-composition-root',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(extension|program|command)\\.ts$' },
      to: { path: '^src/(extension|program|command|editor|cli)\\.ts$' },
    },
    {
      name: 'pages-see-the-protocol-and-the-nouns',
      comment:
        'what runs in a webview knows neither the editor nor the machine; insight/heap is what a page makes of a million stacks without asking for each step',
      severity: 'error',
      from: { path: '^webview-ui/' },
      to: {
        path: '.',
        pathNot:
          '^webview-ui/|^src/(protocol|model|base|insight/heap)/|^node_modules/(chart\\.js|chartjs-plugin-|@kurkle/|hammerjs|@tanstack/|@vscode-elements/|@vscode/codicons|lit|d3-hierarchy)',
      },
    },
    { name: 'nobody-imports-a-page', severity: 'error', from: { path: '^src/' }, to: { path: '^webview-ui/' } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-file-outside-a-room',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `^src/(${Object.keys(below).join('|')})/|^src/(extension|program|command|editor|cli)\\.ts$`,
      },
      to: {},
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
    builtInModules: { add: [] },
  },
};
