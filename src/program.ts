/**
 * The editor's part and the command line as one bundle: most of their code is the same, and is packed once. Each is evaluated only when it is asked
 * for; `vscode` is there for the first one only.
 */
export const editor = (): Promise<typeof import('./editor.js')> => import('./editor.js');

export const commandLine = (): Promise<unknown> => import('./cli.js');
