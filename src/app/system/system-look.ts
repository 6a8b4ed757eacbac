import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { MissingFile } from '../../model/system-state.js';
import type { RootAccess } from './root-script.js';
import { readFrames, type SystemTexts } from './system-texts.js';

/** Of one script's output. */
const MOST_BYTES = 128 << 20;

export interface LookOptions {
  readonly cancel: Cancel;
  readonly progress?: (what: string) => void;
}

/** One reading of a target: what runs its scripts, and what is told as missing. */
export class SystemLook {
  /** Whether what follows is read as root. */
  asRoot = false;
  /** Whether it is root who reads, by a command or because the user is root: then no other command helps. */
  isRoot = false;
  readonly missing: MissingFile[] = [];

  constructor(
    private readonly access: RootAccess,
    private readonly options: LookOptions,
  ) {}

  progress(what: string): void {
    this.options.progress?.(what);
  }

  miss(path: string, why: MissingFile['why'], count?: number): void {
    if (count === 0) return;
    this.missing.push({
      path,
      why: why === 'permission' && this.isRoot ? 'refused' : why,
      ...(count === undefined ? {} : { count }),
    });
  }

  /** Notes that files of a kind could not be read; the fault of a reading that was cancelled comes back, for with it all ends. */
  missFor(path: string, fault: Fault, count?: number): Fault | undefined {
    if (fault.code === 'cancelled') return fault;
    this.miss(path, fault.code === 'time-out' ? 'not-in-time' : 'unreadable', count);
    return undefined;
  }

  async run(script: string, args: readonly string[], timeLimitMs: Milliseconds): Promise<Result<SystemTexts, Fault>> {
    const { target, rootCommand } = this.access;
    const argv = [...(this.asRoot ? rootCommand : []), 'sh', '-c', script, 'memlens', ...args];
    const captured = await target.capture({ argv }, { cancel: this.options.cancel, timeLimitMs, maxBytes: MOST_BYTES });
    if (!captured.ok) return captured;
    const read = readFrames(captured.value.stdout);
    if (read !== undefined) return ok(read);
    const said = `${captured.value.stderr}\n${captured.value.stdout}`.trim().slice(-500);
    return err({ code: 'unreadable', path: '/proc', detail: said === '' ? 'what reads it ended before its end' : said });
  }
}
