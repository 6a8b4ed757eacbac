// What the extension host loads (`extensionTestsPath`): runs the cases, and writes the report that the launcher counts.
import * as fs from 'node:fs';
import Mocha from 'mocha';

/** The names of the folders in `cases` that hold a `case.ts`; the build fills it in. */
declare const HOST_CASES: readonly string[];

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const only = process.env.MEMLENS_TEST_ONLY?.split(',');
  const caseOf = new Map<Mocha.Suite, string>();
  for (const name of HOST_CASES) {
    if (only !== undefined && !only.includes(name)) continue;
    require(`./cases/${name}/case.ts`);
    for (const suite of mocha.suite.suites) if (!caseOf.has(suite)) caseOf.set(suite, name);
  }
  mocha.suite.emit('post-require', globalThis, '', mocha);
  const skipped: string[] = [];
  const failures: { test: string; why: string }[] = [];
  const cases = new Set<string>();
  await new Promise<void>((done, failed) => {
    const runner = mocha.run((count) => {
      const reportFile = process.env.MEMLENS_TEST_REPORT;
      const report = { passed: runner.stats?.passes ?? 0, failures, cases: [...cases], skipped };
      if (reportFile !== undefined) fs.writeFileSync(reportFile, JSON.stringify(report));
      if (count > 0) failed(new Error(`${count} tests failed`));
      else done();
    });
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.on('fail', (test, error: Error) => {
      failures.push({ test: test.fullTitle(), why: error.message });
      let suite = test.parent;
      while (suite?.parent !== undefined && !suite.parent.root) suite = suite.parent;
      const name = suite && caseOf.get(suite);
      if (name !== undefined) cases.add(name);
    });
  });
}
