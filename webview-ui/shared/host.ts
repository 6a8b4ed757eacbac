import type { FromPage, ToPage } from '../../src/protocol/trends.js';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** The extension host, as a page sees it. Everything goes through here, so that a test can stand in for the editor. */
export interface Host<From = FromPage, To extends { readonly kind: string } = ToPage> {
  send(message: From): void;
  onMessage(listener: (message: To) => void): void;
}

export function connectHost<From = FromPage, To extends { readonly kind: string } = ToPage>(): Host<From, To> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    // Only the editor can post to a webview; what it posts is ours, of the version that `hello` tells.
    onMessage: (listener) =>
      window.addEventListener('message', ({ data }: MessageEvent<To | { readonly kind: 'keep'; readonly state: unknown }>) => {
        if (isKeep(data)) api.setState(data.state);
        else listener(data);
      }),
  };
}

const isKeep = (data: { readonly kind: string }): data is { readonly kind: 'keep'; readonly state: unknown } =>
  data.kind === 'keep';
