import { formatShare, formatValue } from '../shared/format.js';
import { AVAILABLE } from './memory-frame.js';

const SWAP_TOTAL = 'meminfo.SwapTotal';
/** A change by so much of the whole is told; not every change now and then. */
const NOTEWORTHY = 0.1;

/** What stands beside the titles of the charts; undefined: leave it as it is. */
interface Summaries {
  readonly memory?: string;
  readonly swap?: string;
}

/** How much memory is available, in words: beside the title of the chart, and to a screen reader when it matters. */
export class AvailableMemory {
  /** As it was last said, as a share of the whole. */
  private said: number | undefined;

  constructor(private readonly say: (text: string) => void) {}

  /** Another machine is shown. */
  forget(): void {
    this.said = undefined;
  }

  tell(total: number | undefined, values: Readonly<Record<string, number>> | undefined): Summaries {
    if (total === undefined) return {};
    const available = values?.[AVAILABLE];
    if (available === undefined) return { memory: `of ${formatValue(total, 'bytes')}` };
    this.announce(available, total);
    const swap = values?.[SWAP_TOTAL];
    return {
      memory: `${partOf(available, total)} available`,
      ...(swap === undefined ? {} : { swap: swap > 0 ? `of ${formatValue(swap, 'bytes')}` : 'There is none' }),
    };
  }

  private announce(available: number, total: number): void {
    const share = available / Math.max(1, total);
    if (this.said !== undefined && Math.abs(share - this.said) < NOTEWORTHY) return;
    this.said = share;
    this.say(
      `Available memory ${formatValue(available, 'bytes')} of ${formatValue(total, 'bytes')}, ${formatShare(available, total)}`,
    );
  }
}

/** `337.8 MiB of 1.5 GiB`, `21.1 of 23.5 GiB`: it stands where there is little room. */
function partOf(part: number, whole: number): string {
  const [own, all] = [formatValue(part, 'bytes'), formatValue(whole, 'bytes')];
  const unit = all.slice(all.lastIndexOf(' '));
  return `${own.endsWith(unit) ? own.slice(0, -unit.length) : own} of ${all}`;
}
