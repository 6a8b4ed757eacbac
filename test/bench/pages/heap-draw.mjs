import { FoldedParser } from '../../../src/formats/heap/folded.ts';
import { FlameView } from '../../../webview-ui/heap/flame-view.ts';
import { ShownHeaps } from '../../../webview-ui/heap/shown-heap.ts';
import { readTheme } from '../../../webview-ui/shared/theme.ts';
import '../../../webview-ui/shared/base.css';

/** As much as the host reads at once. */
const PIECE = 1 << 20;
const place = document.createElement('div');
place.style.cssText = 'display: flex; position: absolute; inset: 8px 0 0';
document.body.append(place);
const input = document.createElement('input');
input.type = 'file';
document.body.append(input);
const theme = readTheme();
const none = () => undefined;
const view = new FlameView({ select: none, openFrame: none, menu: none, say: none, keep: none }, () => theme);
view.element.style.flex = '1';
place.append(view.element);

input.addEventListener('change', async () => {
  const text = await input.files[0].text();
  const parser = new FoldedParser();
  for (let at = 0; at < text.length; at += PIECE) parser.push(text.slice(at, at + PIECE));
  const profile = parser.end();
  const query = { narrowing: { measure: 0, ownCode: false }, direction: 'top-down', search: '' };
  view.show(new ShownHeaps().of(profile, new Uint8Array(profile.frames.length), query));
  window.nodes = profile.tree.length;
});
