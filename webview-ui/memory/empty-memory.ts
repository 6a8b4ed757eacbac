import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Connection } from '../../src/protocol/trends.js';
import { element, icon, setChildren } from '../shared/dom.js';

/** Words instead of charts while there is nothing to draw. */
export class EmptyMemory {
  readonly element = element('div', { class: 'empty', attributes: { hidden: true } });
  private said: Connection['kind'] | 'none' | undefined;

  constructor(private readonly selectTarget: () => void) {}

  hide(): void {
    this.element.hidden = true;
  }

  /** `kind`: of the connection; undefined: no machine is known yet. */
  show(kind: Connection['kind'] | undefined): void {
    this.element.hidden = false;
    const said = kind ?? 'none';
    if (this.said === said) return;
    this.said = said;
    const waiting = kind === 'live' || kind === 'connecting' || kind === undefined;
    const words = waiting
      ? 'Waiting for the first sample…'
      : kind === 'idle'
        ? 'Nothing is sampled yet.'
        : 'There are no samples of this machine.';
    const select = element('vscode-button', { on: { click: this.selectTarget } }, 'Select Target…');
    setChildren(this.element, icon(waiting ? 'sync' : 'graph'), element('p', {}, words), select);
  }
}
