import type { PageName } from '../protocol/trends.js';

/** What the editor gives a page. */
interface PageSurroundings {
  readonly language: string;
  /** Webview.cspSource. */
  readonly source: string;
  readonly nonce: string;
  /** Where the page finds a file of the folder of scripts and styles. */
  readonly uri: (name: string) => string;
}

/** Nothing but the page's own script and styles: no network, no inline code, and no data in the HTML. */
export function pageDocument(
  page: PageName | 'map' | 'heap' | 'system' | 'oom',
  { language, source, nonce, uri }: PageSurroundings,
): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language}">
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
