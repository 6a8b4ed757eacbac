// What the extension host loads (`extensionTestsPath`): runs the cases, and writes the report that the launcher counts.
import * as fs from 'node:fs';
import Mocha from 'mocha';

/** The names of the folders in `cases` that hold a `case.ts`; the build fills it in. */
declare const HOST_CASES: readonly string[];

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const only = process.env.MEMLENS_TEST_ONLY;
  for (const name of HOST_CASES) {
    if (only === undefined || only === name) require(`./cases/${name}/case.ts`);
  }
  mocha.suite.emit('post-require', globalThis, '', mocha);
  const skipped: string[] = [];
  await new Promise<void>((done, failed) => {
    const runner = mocha.run((failures) => {
      const reportFile = process.env.MEMLENS_TEST_REPORT;
      const report = { passed: runner.stats?.passes ?? 0, failed: failures, skipped };
      if (reportFile !== undefined) fs.writeFileSync(reportFile, JSON.stringify(report));
      if (failures > 0) failed(new Error(`${failures} tests failed`));
      else done();
    });
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
  });
}
