import { mergeMessages, type ProcessesMessage } from './process-records.js';

/** What the host tells of processes; while the page is paused it is kept, as one message. */
export class Incoming {
  private waiting: ProcessesMessage | undefined;
  private isPaused = false;

  constructor(private readonly accept: (message: ProcessesMessage) => void) {}

  get paused(): boolean {
    return this.isPaused;
  }

  take(message: ProcessesMessage): void {
    if (this.isPaused) this.waiting = mergeMessages(this.waiting, message);
    else this.accept(message);
  }

  togglePause(): void {
    this.isPaused = !this.isPaused;
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) this.accept(waiting);
  }
}
