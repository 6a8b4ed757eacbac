import type { Disposable } from '../../base/dispose.js';

type What = 'machine' | 'processes';

/** Those who look at a monitor: it samples as long as there is one. */
export class Looks {
  private readonly counts: Record<What, number> = { machine: 0, processes: 0 };

  constructor(private readonly onChange: () => void) {}

  get any(): boolean {
    return this.counts.machine + this.counts.processes > 0;
  }

  get atProcesses(): boolean {
    return this.counts.processes > 0;
  }

  add(what: What): Disposable {
    this.counts[what]++;
    this.onChange();
    let looking = true;
    return {
      dispose: () => {
        if (!looking) return;
        looking = false;
        this.counts[what]--;
        this.onChange();
      },
    };
  }
}
