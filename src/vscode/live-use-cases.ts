import { Attach, type AttachPorts } from '../app/live/attach.js';
import { probeProcess } from '../app/live/probe-process.js';
import type { Target } from '../app/ports.js';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
import { err, ok } from '../base/result.js';
import type { PathMapping } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';
import type { LiveServices } from './live-services.js';

export interface LivePorts extends Omit<AttachPorts, 'symbols'> {
  readonly symbols: () => SymbolSettings;
  readonly openTarget: (named: NamedTarget) => Target;
  /** Where sources are on this machine. */
  readonly sources: () => { readonly workspaceFolders: readonly string[]; readonly sourcePathMap: readonly PathMapping[] };
}

/** Loads every way into a process: for the first one that is looked into, not for `activate`. */
export function createLive(ports: LivePorts): LiveServices {
  const { openTarget, sources, symbols: settings, ...attachPorts } = ports;
  const { host, log } = ports;
  const attach = new Attach({ ...attachPorts, symbols: new Symbolizer({ host, log, settings }) });
  return {
    async look({ target: named, pid, startTicks }, cancel) {
      const target = openTarget(named);
      const probed = await probeProcess(target, pid, cancel);
      if (!probed.ok) return probed;
      if (startTicks !== undefined && probed.value.process.startTicks !== startTicks) {
        return err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' });
      }
      const rates = await attach.measure(target, probed.value, cancel);
      if (!rates.ok) return rates;
      return ok({
        target: named,
        probed: probed.value,
        rates: rates.value,
        offers: attach.ways(probed.value, rates.value),
      });
    },
    attach: ({ target, probed, rates }, { way }, attachment) =>
      attach.run(way, probed, {
        ...attachment,
        ...sources(),
        ...(target.config.kind === 'local' || target.sysroot === undefined ? {} : { sysroot: target.sysroot }),
        target: openTarget(target),
        rates,
      }),
  };
}
