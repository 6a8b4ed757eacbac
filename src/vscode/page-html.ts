import * as vscode from 'vscode';
import type { PageName } from '../protocol/trends.js';

/** The folder of the pages' scripts and styles. */
export const pagesFolder = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'pages');

/** Nothing but the page's own script and styles: no network, no inline code, and no data in the HTML. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, page: PageName, nonce: string): string {
  const uri = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extension), name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${uri('shared.css')}">
<link rel="stylesheet" href="${uri(`${page}.css`)}">
<title>MemLens</title>
</head>
<body>
<div id="app"></div>
<script type="module" nonce="${nonce}" src="${uri(`${page}.js`)}"></script>
</body>
</html>`;
}
