import type { Disposable } from './dispose.js';

/** The listening side of an Emitter. */
export type Listen<T> = (listener: (value: T) => void) => Disposable;

/** A list of listeners; a listener removed while an event is being told may still hear that one. */
export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<(value: T) => void>();

  on(listener: (value: T) => void): Disposable {
    const entry = (value: T): void => listener(value);
    this.listeners.add(entry);
    return { dispose: () => this.listeners.delete(entry) };
  }

  emit(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  dispose(): void {
    this.listeners.clear();
  }
}
