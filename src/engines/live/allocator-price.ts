import type { LiveRates } from '../../model/live.js';

/** What a hook in malloc and free costs, as times of what the call itself takes. */
export interface HookCost {
  readonly low: number;
  readonly high: number;
}

/** What takes longer may be called stalled. */
const DANGEROUS_TIMES = 2;

/**
 * How many times as long a process takes when each call of malloc and free costs so much more. Of its processor time the part that is neither the kernel's nor
 * outside of the allocator grows. Undefined: that part is not known.
 */
export function hookedSlowdown(
  rates: LiveRates | undefined,
  cost: HookCost,
): { readonly low: number; readonly high: number } | undefined {
  if (rates?.allocator === undefined) return undefined;
  const { allocator, cpu, systemCpu } = rates;
  const own = cpu > 0 ? Math.min(1, Math.max(0, (cpu - systemCpu) / cpu)) : 1;
  return { low: 1 + allocator.low * own * cost.low, high: 1 + allocator.high * own * cost.high };
}

export const isDangerousSlowdown = ({ high }: { readonly high: number }): boolean => high > DANGEROUS_TIMES;

/** `Up to 1.2 times the time`, `4 to 30 times the time`. */
export function slowdownWords({ low, high }: { readonly low: number; readonly high: number }): string {
  if (high < 1.05) return 'Hardly any time';
  // What it is made of is known no finer.
  const told = (times: number): string => String(Number(times.toPrecision(2)));
  return low < 1.1 ? `Up to ${told(high)} times the time` : `${told(low)} to ${told(high)} times the time`;
}
