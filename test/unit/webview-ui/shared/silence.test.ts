import { describe, expect, test } from 'vitest';
import type { Connection, Source, ToPage } from '../../../../src/protocol/trends.js';
import { Silence } from '../../../../webview-ui/shared/silence.js';

const source = (connection: Connection): Source => ({
  id: 'local',
  kind: 'machine',
  label: 'local',
  description: '',
  target: 'local',
  connection,
  measures: [],
  span: undefined,
});
const sources = (connection: Connection): ToPage => ({ kind: 'sources', sources: [source(connection)] });
const live = sources({ kind: 'live', intervalMs: 1000 });
const now: ToPage = { kind: 'now', now: { source: 'local', at: 0, values: {}, readAt: {}, unknown: {} } };

describe('a host that is heard no more', () => {
  test('is told once, with the moment at which it was last heard', () => {
    const silence = new Silence();
    silence.hear(live, 0);
    silence.hear(now, 5000);
    expect(silence.look(24_999)).toBeUndefined();
    expect(silence.look(25_000)).toEqual(sources({ kind: 'silent', since: 5000 }));
    expect(silence.look(60_000)).toBeUndefined();
  });

  test('is as before when it speaks again', () => {
    const silence = new Silence();
    silence.hear(live, 0);
    silence.look(30_000);
    expect(silence.hear(now, 31_000)).toEqual([live, now]);
    expect(silence.hear(now, 32_000)).toEqual([now]);
    expect(silence.look(33_000)).toBeUndefined();
  });

  test('is waited for by its interval', () => {
    const silence = new Silence();
    silence.hear(sources({ kind: 'live', intervalMs: 60_000 }), 0);
    expect(silence.look(314_000)).toBeUndefined();
    expect(silence.look(315_000)).toBeDefined();
  });

  test('is not missed while nothing is measured, nor by a page that was not seen', () => {
    const silence = new Silence();
    expect(silence.look(100_000)).toBeUndefined();
    silence.hear(sources({ kind: 'ended', at: 0 }), 0);
    expect(silence.look(100_000)).toBeUndefined();
    silence.hear(live, 100_000);
    silence.rest(200_000);
    expect(silence.look(219_000)).toBeUndefined();
  });
});
