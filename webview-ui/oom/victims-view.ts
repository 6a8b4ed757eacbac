import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { AdjChangeView, FromOomPage, VictimRow, VictimState } from '../../src/protocol/oom.js';
import { element, icon, setChildren } from '../shared/dom.js';
import { formatMoment } from '../shared/format.js';
import { amount } from './amounts.js';
import { SortedTable } from './sorted-table.js';

const signed = (value: number): string => `${value}`.replace('-', '\u2212');

const EXPLAINED =
  'oom_score_adj moves a process up (to 1000) or down (to −1000) in this list, in thousandths of the whole memory. −1000 exempts it: it is never killed. Someone has to go, though: protecting everything protects nothing, and when nobody can be killed the machine stops. What a process starts later inherits its value.';

/** Who would be killed if memory ran out now, and the value that changes it. */
export class VictimsView {
  readonly element = element('div', { class: 'oom-victims' });
  private readonly status = element('div', { class: 'oom-status', attributes: { role: 'status' } });
  private readonly undo = element('div', { class: 'oom-undo', attributes: { role: 'status', hidden: true } });
  private readonly first = element('p', { class: 'first-victim' });
  private readonly notes = element('ul', { class: 'sentences' });
  private readonly content = element('div', { attributes: { hidden: true } });
  private readonly table: SortedTable<VictimRow>;

  constructor(private readonly send: (message: FromOomPage) => void) {
    this.table = new SortedTable<VictimRow>({
      label: 'Processes, who would be killed first',
      rowClass: ({ isExempt }) => (isExempt ? 'exempt' : ''),
      columns: [
        {
          id: 'score',
          title: 'Score',
          what: 'oom_score of the kernel: who has most goes first',
          cell: ({ score }) => `${score}`,
          key: ({ score }) => score,
          isNumber: true,
        },
        {
          id: 'name',
          title: 'Name',
          cell: ({ name, why }) => element('span', { attributes: { title: why } }, visibleText(name)),
          key: ({ name }) => name,
          place: 'lead',
        },
        { id: 'pid', title: 'PID', cell: ({ pid }) => `${pid}`, key: ({ pid }) => pid, isNumber: true },
        { id: 'uid', title: 'UID', cell: ({ uid }) => `${uid ?? '-'}`, key: ({ uid }) => uid ?? -1, isNumber: true },
        {
          id: 'share',
          title: 'Share',
          what: 'Of memory and swap, in thousandths',
          cell: ({ share }) => `${share} ‰`,
          key: ({ held }) => held,
          isNumber: true,
        },
        {
          id: 'adj',
          title: 'Adj',
          what: 'oom_score_adj: −1000 to 1000; before Linux 2.6.36 oom_adj, −17 to 15',
          cell: (row) => this.adj(row),
          key: ({ adj, oomAdj }) => oomAdj ?? adj,
          isNumber: true,
        },
        { id: 'rss', title: 'RSS', cell: ({ rss }) => amount(rss), key: ({ rss }) => rss, isNumber: true },
        { id: 'swap', title: 'Swap', cell: ({ swap }) => amount(swap), key: ({ swap }) => swap, isNumber: true },
        {
          id: 'tables',
          title: 'Page tables',
          cell: ({ pageTables }) => amount(pageTables),
          key: ({ pageTables }) => pageTables,
          isNumber: true,
        },
        { id: 'why', title: 'Why', cell: ({ why }) => element('span', { class: 'why' }, why), place: 'line' },
      ],
    });
    this.content.append(this.first, element('p', { class: 'explained' }, EXPLAINED), this.table.element, this.notes);
    this.element.append(this.status, this.undo, this.content);
  }

  show(state: VictimState, changed: AdjChangeView | undefined): void {
    this.showUndo(changed);
    if (state.kind === 'shown') {
      this.content.hidden = false;
      this.first.textContent = visibleText(state.first ?? 'Nobody could be killed: when memory runs out, the machine stops.');
      this.table.show(state.rows);
      const more = state.more === 0 ? [] : [`${formatCount(state.more, 'process', 'processes')} behind them are not shown.`];
      setChildren(this.notes, ...[...more, ...state.notes].map((note) => element('li', {}, visibleText(note))));
      setChildren(
        this.status,
        element('span', {}, `Read at ${formatMoment(state.at)}`),
        this.button('Read Again', { kind: 'read-victims' }),
      );
    } else if (state.kind === 'reading') {
      setChildren(this.status, icon('sync'), element('span', {}, 'Reading the processes…'));
    } else {
      this.content.hidden = true;
      setChildren(
        this.status,
        icon('error'),
        element('span', {}, visibleText(`${state.message} ${state.nextStep}`.trim())),
        this.button('Try Again', { kind: 'read-victims' }),
      );
    }
  }

  private showUndo(changed: AdjChangeView | undefined): void {
    this.undo.hidden = changed === undefined;
    if (changed === undefined) return;
    const { after, before, name, pid } = changed;
    setChildren(
      this.undo,
      icon('pass'),
      element('span', {}, `oom_score_adj of ${visibleText(name)} (${pid}) is ${signed(after)} now; it was ${signed(before)}.`),
      this.button('Undo', { kind: 'undo-adj' }),
    );
  }

  private adj({ adj, name, oomAdj, pid, startTicks }: VictimRow): HTMLElement | string {
    if (oomAdj !== undefined) return signed(oomAdj);
    return element(
      'button',
      {
        class: 'text-button adj',
        attributes: {
          type: 'button',
          'aria-label': `Change oom_score_adj of ${visibleText(name)} (${pid}), ${adj} now`,
          title: 'Change…',
        },
        on: { click: () => this.send({ kind: 'set-adj', pid, startTicks }) },
      },
      signed(adj),
    );
  }

  private button(text: string, message: FromOomPage): HTMLElement {
    return element(
      'button',
      { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.send(message) } },
      text,
    );
  }
}
