import type { CallerNode, CallerTree } from '../../src/insight/heap/callers.js';
import { groupFrames } from '../../src/insight/heap/groups.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { Chosen, ShownHeap } from './heap-model.js';
import { SameFrames } from './same-frames.js';
import { SameNodes } from './same-nodes.js';

/** What is chosen, in another profile; undefined: it is not there. */
export function sameChosen(chosen: Chosen, before: ShownHeap, after: ShownHeap): Chosen | undefined {
  switch (chosen.kind) {
    case 'node': {
      const node = new SameNodes(before, after).of(chosen.node);
      return node === undefined ? undefined : { kind: 'node', node };
    }
    case 'row': {
      if (before.profile.frames === after.profile.frames) return chosen;
      const frame = new SameFrames(before.profile, after.profile).of(chosen.frame);
      return frame === undefined ? undefined : { ...chosen, frame, frames: rowOf(after.profile, frame, chosen.by) };
    }
    case 'callers': {
      const path = new SameFrames(before.profile, after.profile).all(chosen.path);
      const caller = path && callerAt(after.callers, path);
      return path === undefined || caller === undefined ? undefined : { kind: 'callers', path, caller };
    }
  }
}

/** All frames of its row: there may be more by now. */
function rowOf(profile: HeapProfile, frame: number, by: Extract<Chosen, { kind: 'row' }>['by']): readonly number[] {
  const { row } = groupFrames(profile, by);
  const frames: number[] = [];
  for (let at = 0; at < row.length; at++) if (row[at] === row[frame]) frames.push(at);
  return frames;
}

function callerAt(callers: CallerTree, path: readonly number[]): CallerNode | undefined {
  let found: CallerNode | undefined;
  for (const frame of path) {
    const level: readonly CallerNode[] = found === undefined ? callers.roots() : callers.callers(found);
    found = level.find((node) => node.frame === frame);
    if (found === undefined) return undefined;
  }
  return found;
}
