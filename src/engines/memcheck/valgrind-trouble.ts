import type { Note } from '../../model/finding.js';

/**
 * A line in which valgrind tells that it can't do its work (coregrind/m_main.c, m_libcassert.c, m_redir.c,
 * launcher-linux.c, VEX/priv/main_main.c), as a note with what to do about it. The line is without `==PID==`.
 */
export function readTrouble(line: string): Note | undefined {
  const told = line.trim();
  if (
    /^vex \S{1,20}: unhandled instruction bytes?: /.test(told) ||
    told.startsWith('valgrind: Unrecognised instruction at address')
  ) {
    return {
      severity: 'error',
      code: 'valgrind-instruction',
      text: `Valgrind does not know an instruction of the program (${told.slice(0, 200)}). Build without -march=native and without AVX-512 (for example -march=x86-64-v3), or take a newer valgrind.`,
    };
  }
  if (!told.startsWith('valgrind: ')) return undefined;
  const text = told.slice('valgrind: '.length).trim();
  if (/^Fatal error at startup: a function redirection/.test(text)) {
    return fatal(
      'Valgrind could not start: the dynamic loader (ld.so) has no symbols. Install the debug symbols of libc (libc6-dbg, glibc-debuginfo), or set DEBUGINFOD_URLS and allow debuginfod (memlens.symbols.debuginfod, --debuginfod).',
    );
  }
  if (/^failed to start tool /.test(text)) {
    return fatal(
      `Valgrind could not start its tool (${text.slice(0, 200)}). The program's machine must be the one valgrind is installed for.`,
    );
  }
  if (
    /^(?:fatal error|Fatal error|the 'impossible' happened|I failed to |.{1,120}: Assertion |.{1,200}: (?:command|cannot|Permission|No such))/.test(
      text,
    )
  ) {
    return fatal(`Valgrind failed: ${text.slice(0, 300)}`);
  }
  return undefined;
}

function fatal(text: string): Note {
  return { severity: 'error', code: 'valgrind-fatal', text };
}

/**
 * A report (its beginning, at most 64 KiB) that valgrind closed before the program ran to an end: it gave up at its start,
 * over a suppression file that it can't read, say. What ends a running program, a signal too, leaves the state FINISHED.
 */
export function readEarlyEnd(report: string): readonly Note[] {
  if (!report.includes('</valgrindoutput>') || report.includes('<state>FINISHED</state>')) return [];
  return [fatal('Valgrind gave up before the program ran. Its own message stands in the output of the run.')];
}
