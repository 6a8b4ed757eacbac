import { AMOUNT_WORDS } from '../../../../src/insight/map/figure-words.js';
import { SEGMENT_WORDS } from '../../../../src/insight/map/segment-words.js';
import { SEGMENTS } from '../../../../src/model/segment.js';
import { MAP_PROTOCOL } from '../../../../src/protocol/map.js';
import type { Words } from '../../../../webview-ui/map/map-model.js';

/** What the host says first. */
export const WORDS: Words = {
  kind: 'hello',
  version: MAP_PROTOCOL,
  saved: undefined,
  segments: SEGMENTS.map((id) => ({ id, ...SEGMENT_WORDS[id] })),
  rules: [],
  amounts: AMOUNT_WORDS,
  figures: {},
  flags: {},
};
