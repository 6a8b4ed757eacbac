import { baseName, normalisePath } from '../base/path.js';
import type { Frame } from '../model/stack.js';
import { plainFunctionName } from './function-name.js';
import {
  ALLOCATORS,
  ENTRY,
  GLIBC_FOLDERS,
  GLIBC_OWN_FOLDERS,
  LIBC,
  RESERVED,
  RUNTIME_BASE_NAME,
  RUNTIME_NAMESPACE,
} from './runtime-names.js';

/** Shared objects of a C or C++ runtime, of sanitizers, valgrind and allocators, by their file name. */
const MODULES = [
  /^lib(?:c|pthread|dl|m|rt|resolv|nsl|util|anl|crypt|mvec|thread_db|c_malloc_debug|SegFault|memusage|BrokenLocale|nss_\w+)(?:[-.][\d.]+)?\.so(?:\.[\d.]+)?$/,
  /^libc\.musl-\w+\.so(?:\.\d+)?$/,
  /^ld(?:64|-linux[\w-]*|-musl-[\w-]+|-[\d.]+|-uClibc[\w.-]*)?\.so(?:\.[\d.]+)?$/,
  /^lib(?:stdc\+\+|c\+\+|c\+\+abi|c\+\+_shared|supc\+\+|unwind|gcc_s|gomp|omp|atomic)(?:[-.][\w.]+)?\.(?:so|dylib)(?:\.[\d.]+)?(?:-gdb\.py)?$/,
  /^lib(?:a|l|t|ub|hwa|m)san(?:_preinit)?[\w.-]*\.(?:so|dylib|a)[\w.]*$/,
  /^(?:lib)?clang_rt\.[\w.+-]+$/,
  /^libheaptrack_(?:preload|inject)\.so$/,
  /^(?:vgpreload_[\w-]+\.so|(?:memcheck|helgrind|drd|massif|dhat)-[\w-]+)$/,
  /^lib(?:jemalloc|tcmalloc|mimalloc|hoard|snmalloc|scudo)[\w.-]*\.(?:so|dylib)[\w.]*$/,
  /^(?:\[vdso\]|\[vsyscall\]|linux-(?:vdso|gate)[\w.]*)$/,
  /^(?:libsystem_\w+|libdyld|libobjc(?:\.A)?|libSystem(?:\.B)?|libmalloc|libc\+\+[\w.]*|libcorecrypto)\.dylib$/,
  /^(?:dyld|linker|linker64)$/,
  /^(?:ntdll|kernel32|kernelbase|ucrtbased?|msvcrtd?|vcruntime\d+\w*|msvcp\d+\w*|wow64\w*)(?:\.dll)?$/i,
];

/** Parts of a normalised path that only a runtime's or a compiler's own files have. */
const PATHS = [
  /^\/usr\/include\//,
  /^\/usr\/lib(?:32|64|x32)?\/(?:gcc|llvm|clang|gcc-cross)[-/\d]/,
  // libstdc++ and libc++ wherever they are installed, also below /opt and /usr/local
  /\/include\/(?:[\w-]+\/)?c\+\+\/(?:v\d|\d)/,
  /\/lib(?:32|64)?\/(?:gcc|clang|gcc-cross)\/[^/]+\/(?:[^/]+\/)?include(?:-fixed)?\//,
  /\/(?:sysroot|MacOSX[\d.]*\.sdk|iPhone\w+[\d.]*\.sdk)\/usr\/include\//,
  /(?:^|\/)(?:compiler-rt|libsanitizer|libstdc\+\+-v3|libcxxabi)\//,
  /(?:^|\/)llvm-project\/(?:libcxx|libunwind)\//,
  // libc++ in a project's own tree: Chromium's, Android's
  /(?:^|\/)(?:libc\+\+(?:abi)?|libcxx)\/(?:trunk|src|include)\//,
  // libFuzzer in a tree of its own, as it was before it came to compiler-rt; honggfuzz's wrappers of libc
  /(?:^|\/)libfuzzer\/Fuzzer[A-Z]\w*\.(?:cpp|h|def)$/i,
  /(?:^|\/)honggfuzz\/libhfuzz\//,
  /\/(?:asan|lsan|hwasan|msan|tsan)_(?:malloc_(?:linux|mac|win)|interceptors(?:_memintrinsics)?|new_delete)\.(?:cc|cpp)$/,
  /(?:^|\/)(?:e?glibc|musl|valgrind|jemalloc|gperftools)-\d+\.\d[^/]*\//,
  /^\/usr\/src\/(?:debug\/)?(?:e?glibc|musl|valgrind)[-/]/,
  /^\/nix\/store\/[a-z0-9]+-(?:glibc|gcc|libcxx|musl|valgrind)[-\d]/,
  /\/gcc-\d[^/]*\/(?:[^/]+\/)*(?:libgcc|libgomp|libatomic|libbacktrace|libgfortran)\//,
  // relative to a build directory of gcc or glibc: ../../../../src/libgcc/..., ../sysdeps/...
  /^(?:\.\.\/)+(?:src\/|gcc[^/]*\/)?(?:libgcc|libgomp|libatomic|libbacktrace|libgfortran)\//,
  /^(?:\.\.\/)+(?:sysdeps|nptl|csu|libio|stdio-common)\//,
  // wherever a distribution unpacked glibc
  /\/sysdeps\/(?:unix\/sysv|x86_64|aarch64|generic|posix)\//,
  /(?:^|\/)bionic\/(?:libc|linker)\//,
  /^\/rustc\/[0-9a-f]+\//,
  /^(?:\.\/)?src\/lib(?:std|core|alloc|panic_unwind)\/.*\.rs$/,
  /^(?:\.\/)?library\/(?:std|core|alloc|panic_unwind|test)\/src\//,
  /^runtime\/[\w-]+\.(?:s|go)$/,
  /\/\.rustup\/toolchains\//,
  /^\/usr\/(?:local|lib)\/go(?:-[\d.]+)?\/src\//,
  /(?:^|\/)runtime\/cgo\/gcc_/,
];

const WINDOWS_PATHS =
  /(?:^|[\\/])(?:vctools[\\/]crt|minkernel|onecore|vc[\\/]tools[\\/]msvc|windows kits|crt[\\/](?:src|bld)|crt_bld|self_x86|compiler-rt)[\\/]/i;

/** A path relative to glibc's build directory. */
function isGlibcPath(path: string): boolean {
  const parts = path.split('/');
  if (parts[0] === '') return false;
  const from = parts[0] === '.' ? 1 : 0;
  const folder = parts[from];
  if (folder === undefined || !GLIBC_FOLDERS.has(folder)) return false;
  const next = parts[from + 1];
  // `./string/./string/strdup.c` of Debian, `csu/../sysdeps/nptl/libc_start_call_main.h` of a symbolizer
  if (next === '.' || next === '..') return GLIBC_FOLDERS.has(parts[from + 2] ?? '');
  return GLIBC_OWN_FOLDERS.has(folder) && parts.length >= from + 2;
}

/** Linux's PATH_MAX: a longer text is no path, and the patterns below need not be quick on it. */
const MAX_PATH = 4096;

function isRuntimePath(file: string): boolean {
  if (file.length > MAX_PATH) return false;
  if (isGlibcPath(file)) return true;
  if (file.includes('\\') || /^[A-Za-z]:/.test(file)) return WINDOWS_PATHS.test(file);
  const path = normalisePath(file);
  return PATHS.some((pattern) => pattern.test(path)) || WINDOWS_PATHS.test(path);
}

function isRuntimeModule(module: string): boolean {
  const name = module.slice(Math.max(module.lastIndexOf('/'), module.lastIndexOf('\\')) + 1);
  return MODULES.some((pattern) => pattern.test(name));
}

const isLibcName = (name: string): boolean => ALLOCATORS.has(name) || LIBC.has(name);

/** By its name alone: only for a frame of which no file is known, for users write a `getline` of their own. */
function isRuntimeName(name: string): boolean {
  if (name === '(below main)') return true;
  const plain = plainFunctionName(name);
  if (ENTRY.has(plain) || RESERVED.test(plain) || RUNTIME_NAMESPACE.test(plain) || isLibcName(plain)) return true;
  if (/^(?:::)?operator (?:new|delete)\b/.test(plain)) return true;
  // AddressSanitizer's wrappers on macOS
  return plain.startsWith('wrap_') && isLibcName(plain.slice(5));
}

/** A file name without a folder, as Memcheck's text has it, or one folder of glibc before it: `string/strdup.c`. */
function isRuntimeBareFile(file: string, name: string | undefined): boolean {
  const base = baseName(file);
  if (RUNTIME_BASE_NAME.test(base)) return true;
  if (name === undefined) return false;
  const plain = plainFunctionName(name);
  if (/^(?:_{2,4}interceptor_|__GI_|_IO_|_dl_|__libc_)/.test(plain)) return true;
  // glibc names a file by its function, and those of stdio with `io` before it
  const stem = base.replace(/\.[cS]$/, '');
  const own = plain.replace(/^_+/, '');
  return isLibcName(own) && (stem === own || stem === `io${own}`);
}

type Evidence = 'origin' | 'name' | undefined;

/** Folded findings share their frames, and every view asks again. */
const judged = new WeakMap<Frame, Evidence>();

/**
 * Why a frame is taken for the runtime's: `origin` when its file's path or its module says so, `name` when only names do,
 * and undefined for everybody else's code.
 */
export function runtimeEvidence(frame: Frame): Evidence {
  if (judged.has(frame)) return judged.get(frame);
  const evidence = judge(frame);
  judged.set(frame, evidence);
  return evidence;
}

function judge(frame: Frame): Evidence {
  const { file, module } = frame;
  if (module !== undefined && isRuntimeModule(module)) return 'origin';
  if (file === undefined || file === '')
    return frame.function !== undefined && (isRuntimeName(frame.function) || isRuntimeModule(frame.function))
      ? 'name'
      : undefined;
  if (isRuntimePath(file)) return 'origin';
  const folders = file.split('/').filter((part) => part !== '.' && part !== '..');
  const bare = folders.length === 1 || (folders.length === 2 && GLIBC_FOLDERS.has(folders[0] ?? ''));
  return bare && !file.includes('\\') && isRuntimeBareFile(file, frame.function) ? 'name' : undefined;
}

/**
 * True for libc, the loader, sanitizer runtimes, valgrind's replacements, allocators and the C++ standard library: frames that
 * no user looks at first. A file's or module's path decides; a function's name only where no path is known.
 */
export function isRuntimeFrame(frame: Frame): boolean {
  return runtimeEvidence(frame) !== undefined;
}
