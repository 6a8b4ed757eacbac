export const HELP = `memlens: which line leaks, how much, and through which calls

Usage
  memlens profile FILE.c|PROGRAM [options] [-- ARGS...]   build what must be built, run it, report
  memlens parse REPORT... | -    [options]                read reports that exist already (- is standard input)
  memlens engines                [options]                what can be used here, and the remedy for what can't
  memlens watch                  [options]                a process's memory, or the machine's, over time; is it growing?
  memlens ps                     [options]                all processes, with PSS and USS
  memlens meminfo                [options]                where the machine's memory is
  memlens system                 [options]                all of the machine's memory, who holds it, and what is wrong; saved files, too
  memlens system diff A [...] B  [options]                what has grown between two states of a machine; states between: what an ended program has left
  memlens map PID|FILE|-         [options]                what an address space holds: of a process, or saved (smaps, maps, pmap, JSON)
  memlens map diff A B           [options]                what has changed between two maps
  memlens heap FILE | -          [options]                which stacks hold the heap: a file of heaptrack, massif, dhat, pprof...
  memlens heap diff A B          [options]                what has grown between two heap profiles
  memlens attach PID             [options]                which lines make a process grow that runs already, while it goes on
  memlens check [RUN]            [options]                what is lost now in a program that memlens profile or the editor runs; without RUN: those runs
  memlens oom [FILE | -]         [options]                why memory ran out and who was killed, out of a log; without FILE: of the kernel of a machine
  memlens oom --next             [options]                who would be killed if memory ran out now
  memlens kmemleak [state|scan|clear|read] [options]      leaks of a kernel, as its own kmemleak finds them

Options of profile, parse and engines
  -e, --engine E         auto, asan, lsan, lsan-preload, memcheck or heaptrack   (profile; default auto)
  -f, --format F         text, json or sarif                          (default text)
  -t, --time-limit S     end the program after S seconds and report what was found until then   (profile)
  -o, --output FILE      write the report to FILE
  -C, --cwd DIR          working directory of the program             (profile; default: this one)
      --path-map A=B     files that the report names under A are under B here; may be repeated
      --suppressions F   a suppression file of Valgrind or LeakSanitizer; may be repeated   (profile)
      --engine-option X  one more argument for Valgrind, or key=value for a sanitizer; may be repeated   (profile)
      --compiler-flag X  one more flag for the compiler; may be repeated   (profile)
  -T, --target T         run the program on local, ssh:HOST or "command:WORDS"; a source is built here (CC, CXX)   (profile)
      --copy             the program may be copied there, to a temporary directory that is removed afterwards   (profile)
      --heap FILE        write the heap profile to FILE, which memlens heap and the editor open   (profile, with --engine heaptrack)

Options of watch, ps, meminfo and map
  -T, --target T         local, ssh:HOST or "command:WORDS": a machine that gives a POSIX shell   (default local)
  -p, --pid P            the process to watch                         (watch; default: the machine)
  -n, --name N           the process to watch, by its name            (watch)
  -i, --interval S       seconds between two samples, 0.1 to 60       (watch; default 1)
  -d, --duration S       end after S seconds                          (watch; default: at Ctrl-C or the end of the process)
  -s, --sort COLUMN      pid, user, rss, pss, uss, swap, vsz, mem...  (ps; default uss)
  -f, --format F         text, ndjson, csv or openmetrics (watch); text, json or csv (ps); text or json (meminfo, map diff);
                         text, json or csv (map)
  -o, --output FILE      write to FILE; what watch says in the end still goes to standard output

Options of system
  -T, --target T         local, ssh:HOST or "command:WORDS"           (default local)
      --from PATH        saved files in place of a machine: a folder of files of /proc and /sys, one text with several, the JSON,
                         or a recording of trends
      --root-command W   what reads there as root what only root may read, as "sudo -n"
  -d, --duration S       watch the machine for S seconds, and tell when its memory is gone, what grows and what thrashes
  -i, --interval S       seconds between two samples, 0.1 to 60       (with --duration; default 1)
  -f, --format F         text or json                                 (default text)
  -o, --output FILE      write to FILE

Options of heap
  -f, --format F         text, folded, pprof, speedscope, json or csv (default text)
  -m, --measure M        live, live-count, total, peak, temporary...: what stacks are ordered by   (default: the profile's first)
      --by WHAT          stack, function, line, module or callers     (text; default stack)
      --top N            so many of them                              (text; default 10)
      --filter TEXT      only stacks with this in a function, file or module
      --module TEXT      only stacks with this in a module; with --filter: both in one frame
      --own-code         without the frames of system libraries: what they allocate counts for who called them
  -o, --output FILE      write to FILE

Options of attach
  -e, --engine E         perf-faults, own-profiler, leak-check, malloc-info, mappings, heaptrack or memleak
                         (default: the gentlest that finds growth and can be used)
  -d, --duration S       look for S seconds                           (default 30)
  -T, --target T         local, ssh:HOST or "command:WORDS"           (default local)
      --list             tell the ways into this process, what each costs it, and what stands in its way
      --limit X          end it when the process takes X times as long as before; 0: never   (default 3)
  -y, --yes              do it although it could stall the process
  -f, --format F         text, json, folded, pprof, speedscope or csv (default text)
      --path-map A=B     files that debug information names under A are under B here; may be repeated
  -o, --output FILE      write to FILE

Options of check (RUN is a process of the program, or the name of the run)
      --full             all that is lost now                         (default)
      --increased        only what is more than at the last check
  -T, --target T         only runs whose program is there
  -f, --format F         text or json                                 (default text)
  -o, --output FILE      write to FILE

Options of oom
      --event N          only this event of the log, from 1           (default: all)
  -T, --target T         whose kernel log, or whose processes (--next): local, ssh:HOST or "command:WORDS"   (default local)
      --root-command W   what is put before a command there that needs root, as "sudo -n"   (default: nothing)
  -f, --format F         text or json                                 (default text)
  -o, --output FILE      write to FILE

Options of kmemleak (state: can it be used, and if not, what to do; scan: look now, twice, and show; read: what is reported already)
  -T, --target T         local, ssh:HOST or "command:WORDS"           (default local)
      --root-command C   what makes a command root's there, "sudo -n" for example   (default: the user of the target)
      --clear-first      before the scan, grey out what is reported already, as clear does   (scan; with --yes)
  -y, --yes              agree that what is reported until now is never reported again before the next boot   (clear)
  -f, --format F         text, json or sarif (state, clear: text or json)   (default text)
      --path-map A=B     files that debug information names under A are under B here; may be repeated   (scan, read)
  -o, --output FILE      write to FILE

Options of profile, parse, heap, attach and kmemleak, for the names of addresses
      --debug-dir DIR    where debug files lie, as in /usr/lib/debug; may be repeated
      --sysroot DIR      where the files of the other machine lie here (profile, attach: those of the target)
      --debuginfod       ask the servers of DEBUGINFOD_URLS for debug files, too; without it nobody asks them
      --vmlinux PATH     a vmlinux, a .ko or the tree where they were built, for calls in a kernel; may be repeated (parse, heap, kmemleak)
      --symbols WHICH    sure: of modules whose build-id is told, and of kernels; auto: also of modules that are as they were;
                         any: as they are now; off   (heap, parse; default auto, for parse sure without one of --debug-dir,
                         --sysroot and --debuginfod)

  -v, --verbose          every frame of every stack; what is run, on standard error
  -h, --help             this text
  -V, --version          the version

Exit status
  0 nothing found, or done (ps, meminfo, map, heap, oom --next)    1 findings, a warning (system), memory that grows (watch), or that ran out (oom)    2 it could not be done: the reason is on standard error

In text format the program's own output stays on standard output. In json and sarif format it goes to standard error, unless
--output is given. Ctrl-C stops the program, and what was found until then is reported; a second Ctrl-C ends MemLens at once. It ends the look of
attach, and the process goes on; it ends watch, and system --duration, with the verdict on what was seen until then. Formats for programs have bytes, and the unit in the name; what is not known is null or empty.
`;
