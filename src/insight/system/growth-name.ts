import type { AccountId, GrowthLine } from '../../model/machine-accounting.js';
import type { OwnerGrowth } from '../../model/system-state.js';
import { ITEM_WORDS } from './items.js';

/** The name of a line of a comparison: of a part in words, of all else as the machine tells it. */
export const growthName = ({ kind, name }: GrowthLine | OwnerGrowth): string =>
  kind === 'part' || kind === 'unexplained' ? ITEM_WORDS[name as AccountId | 'unexplained'].label : name;
