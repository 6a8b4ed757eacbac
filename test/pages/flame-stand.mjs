// A page with nothing but the flame graph, over folded stacks: what the heap page would tell it is worked out by the page's own code.
import { FoldedParser } from '../../src/formats/heap/folded.ts';
import { diffProfiles } from '../../src/insight/heap/diff.ts';
import { FlameView } from '../../webview-ui/heap/flame-view.ts';
import { ShownHeaps } from '../../webview-ui/heap/shown-heap.ts';
import { onThemeChange, readTheme } from '../../webview-ui/shared/theme.ts';
import '../../webview-ui/shared/base.css';

const heaps = new ShownHeaps();
const said = [];
let theme = readTheme();
let profile;
let system;
let query = { narrowing: { measure: 0, ownCode: false }, direction: 'top-down', search: '' };
const place = document.createElement('div');
place.style.cssText = 'display: flex; position: absolute; inset: 8px 0 0';
document.body.append(place);
const tell =
  (kind) =>
  (told, ...more) =>
    void said.push({ kind, told, ...(more.length > 0 && { more }) });
const view = new FlameView(
  {
    select: (chosen) => {
      said.push({ kind: 'select', told: chosen });
      view.select(chosen, false);
    },
    reveal: (chosen) => view.select(chosen, true),
    openFrame: tell('open'),
    menu: tell('menu'),
    copy: tell('copy'),
    say: tell('say'),
    keep: tell('keep'),
  },
  () => theme,
);
view.element.style.flex = '1';
place.append(view.element);
onThemeChange(() => {
  theme = readTheme();
  view.themed();
});

const shown = () => heaps.of(profile, system, query);
const parsed = (text) => {
  const parser = new FoldedParser();
  parser.push(text);
  const { texts, ...made } = parser.end();
  // `name@module`: folded stacks know no modules.
  const names = texts.map((name) => name.split('@'));
  const module = new Map();
  const all = names.map(([name]) => name);
  for (const [, name] of names) if (name !== undefined && !module.has(name)) module.set(name, all.push(name) - 1);
  const frames = {
    ...made.frames,
    module: made.frames.function.map((text) => module.get(names[text][1]) ?? 0),
    line: made.frames.function.map((text) => 10 + names[text][0].length),
    file: made.frames.function.map((text) => (names[text][1] === undefined ? 0 : all.length)),
  };
  all.push('src/program.c');
  return { ...made, texts: all, frames, measures: [{ quantity: 'live', unit: 'bytes' }], command: 'program' };
};

window.flame = {
  view,
  said,
  shown,
  show(text, more = {}) {
    if (text !== undefined) {
      const after = parsed(text);
      profile = more.before === undefined ? after : diffProfiles(parsed(more.before), after);
      system = Uint8Array.from(profile.frames.module, (at) => (profile.texts[at]?.startsWith('lib') ? 1 : 0));
    }
    query = { ...query, ...more.query };
    view.show(shown());
  },
  /** What is drawn, for tests: of each box its name and where it is. */
  graph: () => view.scene.graph,
  sight: () => view.scene.sight(view.scene.graph),
};
