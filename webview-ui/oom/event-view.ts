import { visibleText } from '../../src/base/visible-text.js';
import type { OomAmount, OomEventView, OomTaskRow, OomZoneRow } from '../../src/protocol/oom.js';
import { element, setChildren } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import { StackBox } from '../shared/stack-box.js';
import { amount, bar } from './amounts.js';
import { SortedTable } from './sorted-table.js';

const MARKS: Readonly<Record<OomTaskRow['marks'][number], string>> = {
  asked: 'asked',
  chosen: 'chosen',
  killed: 'killed',
  exempt: 'exempt',
};

/** The story of one event. */
export class EventView {
  readonly element = element('article', { class: 'oom-event', attributes: { 'aria-live': 'off' } });
  private readonly tasks = new SortedTable<OomTaskRow>({
    label: 'Tasks by what they held',
    sort: 'held',
    rowClass: ({ marks }) => (marks.includes('killed') || marks.includes('chosen') ? 'chosen' : ''),
    columns: [
      { id: 'name', title: 'Name', cell: ({ name }) => visibleText(name), key: ({ name }) => name, place: 'lead' },
      { id: 'pid', title: 'PID', cell: ({ pid }) => `${pid}`, key: ({ pid }) => pid, isNumber: true },
      { id: 'uid', title: 'UID', cell: ({ uid }) => `${uid ?? '-'}`, key: ({ uid }) => uid ?? -1, isNumber: true },
      {
        id: 'held',
        title: 'Held',
        what: 'RSS, swap and page tables: what the kernel counts',
        cell: ({ held }) => amount(held),
        key: ({ held }) => held,
        isNumber: true,
      },
      { id: 'rss', title: 'RSS', cell: ({ rss }) => amount(rss), key: ({ rss }) => rss ?? -1, isNumber: true },
      { id: 'swap', title: 'Swap', cell: ({ swap }) => amount(swap), key: ({ swap }) => swap ?? -1, isNumber: true },
      {
        id: 'tables',
        title: 'Page tables',
        cell: ({ pageTables }) => amount(pageTables),
        key: ({ pageTables }) => pageTables ?? -1,
        isNumber: true,
      },
      {
        id: 'adj',
        title: 'Adj',
        what: 'oom_score_adj, or oom_adj of kernels before 2.6.36',
        cell: ({ adj }) => (adj === undefined ? '-' : `${adj}`.replace('-', '\u2212')),
        key: ({ adj }) => adj ?? 0,
        isNumber: true,
      },
      {
        id: 'marks',
        title: '',
        cell: ({ marks }) => (marks.length === 0 ? '' : element('span', {}, ...marks.map((mark) => badge(MARKS[mark], mark)))),
        place: 'beside',
      },
    ],
  });

  private readonly zones = new StackBox();

  show(event: OomEventView): void {
    setChildren(
      this.element,
      element('h2', { class: 'headline' }, visibleText(event.headline)),
      element('p', { class: 'origin' }, visibleText(event.origin)),
      sentences('Who asked', event.asked),
      sentences('Why', event.why),
      event.zones.length > 0 && section('Zones', this.zones.element, element('p', { class: 'key' }, ZONE_KEY)),
      memory(event.memory),
      groups(event),
      sentences('Who held the memory', event.held),
      sentences('Who was chosen', event.chosen),
      sentences('Who was killed', event.killed),
      event.tasks.length > 0 && section('Tasks', this.tasks.element),
      sentences('What the log does not tell', event.missing),
    );
    // Where they are seen their widths are known.
    this.zones.show(zones(event.zones));
    this.tasks.show(event.tasks);
  }
}

const badge = (text: string, kind: string): HTMLElement => element('span', { class: `badge ${kind}` }, text);

const section = (title: string, ...content: readonly HTMLElement[]): HTMLElement =>
  element('section', { attributes: { 'aria-label': title } }, element('h3', {}, title), ...content);

function sentences(title: string, texts: readonly string[]): HTMLElement | false {
  if (texts.length === 0) return false;
  return section(title, element('ul', { class: 'sentences' }, ...texts.map((text) => element('li', {}, visibleText(text)))));
}

const ZONE_KEY =
  'Each zone on its own scale. Thin lines: min, low and high; the wide one: more than that must be free for such a request.';

/** Each zone on a scale of its own: how far what is free stands from the marks. */
function zones(rows: readonly OomZoneRow[]): HTMLElement {
  const columns = ['Zone', 'Free and its marks', 'Free', 'Min', 'Low', 'High', 'Needed', ''];
  return element(
    'table',
    { class: 'oom-table zones', attributes: { 'aria-label': 'Zones with their watermarks' } },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map((title, at) =>
          element('th', { class: at > 1 && at < 7 ? 'number' : '', attributes: { scope: 'col' } }, title),
        ),
      ),
    ),
    element('tbody', {}, ...rows.map(zoneRow)),
  );
}

function zoneRow(zone: OomZoneRow): HTMLElement {
  const { free, high, isShort, low, min, name, needed, node, state } = zone;
  const scale = 1.15 * Math.max(1, free ?? 0, min ?? 0, low ?? 0, high ?? 0, needed ?? 0);
  const marks = Object.entries({ min, low, high, needed }).flatMap(([mark, at]) =>
    at === undefined ? [] : [{ at: at / scale, name: mark }],
  );
  const number = (title: string, bytes: number | undefined): HTMLElement =>
    element('td', { class: 'number', attributes: { 'data-title': title } }, amount(bytes));
  return element(
    'tr',
    {},
    element('th', { class: 'lead', attributes: { scope: 'row' } }, visibleText(`${node} ${name}`)),
    element('td', { class: 'bar-cell line' }, bar((free ?? 0) / scale, isShort ? 'short' : 'zone', marks)),
    number('Free', free),
    number('Min', min),
    number('Low', low),
    number('High', high),
    number('Needed', needed),
    element('td', { class: isShort ? 'short beside' : 'beside' }, state),
  );
}

function memory(told: OomEventView['memory']): HTMLElement | false {
  if (told === undefined) return false;
  const { parts, total, totalLabel } = told;
  const rows = [{ label: totalLabel, bytes: total, what: '', group: 'total' }, ...parts];
  return section('Where the memory was', amounts(rows, total, 'What the memory was used for, at that moment'));
}

/** A waterfall: each part begins where the one before has ended. */
function amounts(rows: readonly (OomAmount & { readonly group: string })[], total: number, label: string): HTMLElement {
  let begun = 0;
  const drawn = rows.map(({ bytes, group, label: name, what }, at) => {
    const from = at === 0 ? 0 : begun;
    if (at > 0) begun += bytes;
    const low = Math.min(from, from + bytes);
    const piece = bar(total > 0 ? Math.abs(bytes) / total : 0, at === 0 ? 'whole' : bytes < 0 ? 'below' : 'part');
    const fill = piece.firstElementChild;
    if (fill instanceof HTMLElement && total > 0) {
      // Little is a line of 2 px, which ends with the whole, too; nothing is none.
      fill.style.marginLeft = `min(${(Math.min(1, Math.max(0, low / total)) * 100).toFixed(2)}%, 100% - 2px)`;
      fill.hidden = bytes === 0;
    }
    return element(
      'tr',
      { class: `group-${group}${at === 0 ? ' total' : ''}` },
      element('th', { attributes: { scope: 'row', title: what === '' ? undefined : what } }, visibleText(name)),
      element('td', { class: 'number' }, amount(bytes)),
      element('td', { class: 'number' }, bytes < 0 ? '' : formatShare(bytes, total)),
      element('td', { class: 'bar-cell' }, piece),
    );
  });
  return element('table', { class: 'oom-table amounts', attributes: { 'aria-label': label } }, element('tbody', {}, ...drawn));
}

function groups({ limits, groups: list }: OomEventView): HTMLElement | false {
  if (limits.length === 0 && list.length === 0) return false;
  const rows = limits.map(({ name, usage, limit }) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, visibleText(name)),
      element('td', { class: 'number' }, amount(usage)),
      element('td', { class: 'number' }, limit === undefined ? 'no limit' : `of ${amount(limit)}`),
      element(
        'td',
        { class: 'bar-cell' },
        limit === undefined || limit === 0 ? '' : bar(usage / limit, usage >= limit ? 'short' : 'part'),
      ),
    ),
  );
  return section(
    'Control group',
    ...(limits.length === 0
      ? []
      : [
          element(
            'table',
            { class: 'oom-table amounts', attributes: { 'aria-label': 'Limits of the control group' } },
            element('tbody', {}, ...rows),
          ),
        ]),
    ...list
      .filter(({ amounts: told }) => told.length > 0)
      .map(({ path, amounts: told }) =>
        element(
          'p',
          { class: 'group' },
          element('code', {}, visibleText(path)),
          ` ${told.map(({ label, bytes }) => `${visibleText(label)} ${amount(bytes)}`).join(', ')}`,
        ),
      ),
  );
}
