import * as vscode from 'vscode';
import type { PageName } from '../protocol/trends.js';
import { pageDocument } from './page-document.js';

/** The folder of the pages' scripts and styles. */
export const pagesFolder = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'pages');

export const pageHtml = (
  webview: vscode.Webview,
  extension: vscode.Uri,
  page: PageName | 'map' | 'heap' | 'system' | 'oom',
  nonce: string,
): string =>
  pageDocument(page, {
    language: vscode.env.language,
    source: webview.cspSource,
    nonce,
    uri: (name) => webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extension), name)).toString(),
  });
