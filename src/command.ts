// The command `memlens`: dist/cli.js.
void import('./program.js').then(({ commandLine }) => commandLine());
