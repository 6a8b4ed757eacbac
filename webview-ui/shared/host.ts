import type { FromPage, ToPage } from '../../src/protocol/trends.js';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** The extension host, as a page sees it. Everything goes through here, so that a test can stand in for the editor. */
export interface Host {
  send(message: FromPage): void;
  onMessage(listener: (message: ToPage) => void): void;
}

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    // Only the editor can post to a webview; what it posts is ours, of the version that `hello` tells.
    onMessage: (listener) =>
      window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
        if (data.kind === 'keep') api.setState(data.state);
        else listener(data);
      }),
  };
}
