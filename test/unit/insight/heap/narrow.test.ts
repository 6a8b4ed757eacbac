import { describe, expect, test } from 'vitest';
import { momentProfile, narrowProfile } from '../../../../src/insight/heap/narrow.js';
import { aProfile, linesOf } from './a-profile.js';

const PROFILE = aProfile(['main!/opt/shop;puts!/lib/libc.so;grow!/opt/shop 4', 'main!/opt/shop;shrink!/opt/shop 2']);
const SYSTEM = Uint8Array.from({ length: PROFILE.frames.length }, (_, frame) =>
  PROFILE.texts[PROFILE.frames.function[frame]!] === 'puts' ? 1 : 0,
);
const ALL = { measure: 0, ownCode: false };

describe('what is looked at', () => {
  test('all of it is the profile itself', () => {
    expect(narrowProfile(PROFILE, SYSTEM, ALL).profile).toBe(PROFILE);
  });

  test('what is looked for is found before frames are folded away', () => {
    const { profile } = narrowProfile(PROFILE, SYSTEM, { ...ALL, text: 'puts', ownCode: true });
    expect(linesOf(profile)).toEqual(['main;grow 4']);
  });

  test('a module, and a text in it', () => {
    expect(linesOf(narrowProfile(PROFILE, SYSTEM, { ...ALL, module: 'libc' }).profile)).toEqual(['main;puts;grow 4']);
    expect(linesOf(narrowProfile(PROFILE, SYSTEM, { ...ALL, module: 'libc', text: 'shrink' }).profile)).toEqual([]);
  });

  test('a moment is a profile of its own measure; two are what has come in between', () => {
    const moments = [
      { at: 0, bytes: 3, self: PROFILE.self[0]!.map((bytes) => bytes / 2) },
      { at: 5, bytes: 4 },
      { at: 9, bytes: 6, self: PROFILE.self[0]! },
    ];
    const timed = { ...PROFILE, timeline: { unit: 'ms' as const, moments } };
    const { profile, measure } = narrowProfile(timed, SYSTEM, { measure: 0, ownCode: true, moment: { to: 0 } });
    expect([measure, profile.measures, linesOf(profile)]).toEqual([
      0,
      [{ quantity: 'live', unit: 'bytes' }],
      ['main;grow 2', 'main;shrink 1'],
    ]);
    const growth = momentProfile(timed, { from: 0, to: 2 })!;
    expect([growth.measures[0]!.quantity, linesOf(growth)]).toEqual(['growth', ['main;puts;grow 2', 'main;shrink 1']]);
    // Its stacks are not told.
    expect(momentProfile(timed, { to: 1 })).toBeUndefined();
  });
});
