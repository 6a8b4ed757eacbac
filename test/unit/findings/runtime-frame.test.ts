import { describe, expect, test } from 'vitest';
import { isRuntimeFrame } from '../../../src/findings/runtime-frame.js';
import type { Frame } from '../../../src/model/stack.js';

// Frames as gcc 12.2, clang 14.0.6 and valgrind 3.19 of Debian 12 printed them, and forms of other systems.
const runtime: readonly Frame[] = [
  { function: 'buffered_vfprintf', file: 'vfprintf.c', line: 2320 },
  { function: '_IO_vsprintf', file: 'iovsprintf.c', line: 42 },
  { function: '____strtol_l_internal', file: 'strtol_l.c', line: 291 },
  { function: 'libgcc_s.so.1' },
  { function: 'linux-gate.so.1' },
  { function: '_asan_memcpy' },
  { function: 'gsignal', file: '/tmp/b/nptl/sysdeps/unix/sysv/linux/raise.c', line: 56 },
  { function: 'malloc', file: 'Z:\\compiler-rt\\lib\\asan\\asan_malloc_win.cc', line: 69 },
  { function: 'malloc', file: '/builds/x/asan_malloc_linux.cc', line: 88 },
  { function: 'operator->', file: 'buildtools/third_party/libc++/trunk/include/memory', line: 2713 },
  { function: 'std::ffi::c_str::CString::new', file: 'src/libstd/ffi/c_str.rs', line: 355 },
  { function: 'test::run', file: 'library/std/src/panicking.rs', line: 5 },
  { function: 'runtime.raise', file: 'runtime/sys_linux_amd64.s', line: 149 },
  { function: 'fuzzer::TracePC::Add(int)', file: '/src/libfuzzer/FuzzerTracePC.cpp', line: 256 },
  { function: 'HF_strcmp', file: '/w/third_party/honggfuzz/libhfuzz/memorycmp.c', line: 17 },
  { function: 'operator new(unsigned long)', file: '../../../../src/libsanitizer/asan/asan_new_delete.cpp', line: 95 },
  { function: '__interceptor_strdup', file: '../../../../src/libsanitizer/asan/asan_interceptors.cpp', line: 439 },
  { function: '__libc_start_call_main', file: '../sysdeps/nptl/libc_start_call_main.h', line: 58 },
  { function: '__libc_start_main_impl', file: '../csu/libc-start.c', line: 360 },
  { function: '__libc_start_call_main', file: 'csu/../sysdeps/nptl/libc_start_call_main.h', line: 58, column: 16 },
  { function: '_start', module: '/tmp/fx/ga', offset: '0x2240' },
  { function: 'malloc', module: '/tmp/fx/ca' },
  { function: '___interceptor_malloc', module: '/tmp/fx/ca' },
  { function: '__interceptor_trampoline_free', module: '/tmp/fx/ca' },
  { function: 'operator delete[](void*)', module: '/tmp/fx/ca' },
  { function: '__asan_memcpy', module: '/tmp/fx/ca' },
  {
    function: 'void std::__invoke_impl<void, void (*)()>(std::__invoke_other, void (*&&)())',
    file: '/usr/include/c++/12/bits/invoke.h',
    line: 61,
  },
  {
    function: 'std::__new_allocator<int>::allocate(unsigned long, void const*)',
    file: '/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/new_allocator.h',
    line: 137,
  },
  { module: '/lib/x86_64-linux-gnu/libstdc++.so.6', offset: '0xd44a2' },
  {
    function:
      'std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >::_M_construct(unsigned long, char)',
    module: '/lib/x86_64-linux-gnu/libstdc++.so.6',
  },
  { function: 'malloc', module: '/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so' },
  { function: 'strdup', file: './string/./string/strdup.c', line: 42, module: '/usr/lib/x86_64-linux-gnu/libc.so.6' },
  { function: 'strdup', file: './string/./string/strdup.c', line: 42 },
  { function: 'malloc', file: 'vg_replace_malloc.c', line: 381 },
  { function: 'strdup', file: 'strdup.c', line: 42 },
  { function: 'getdelim', file: 'iogetdelim.c', line: 101 },
  { function: '_IO_file_doallocate', file: 'filedoalloc.c', line: 101 },
  { function: 'start_thread', file: 'pthread_create.c', line: 442 },
  { function: 'clone', file: 'clone.S', line: 100 },
  { function: 'std::vector<int>::push_back(int&&)', file: 'stl_vector.h', line: 1180 },
  { function: '(below main)', file: 'libc-start.c', line: 360 },
  { function: '__libc_start_main', file: '/build/glibc-SzIz7B/glibc-2.31/csu/../csu/libc-start.c', line: 308 },
  { function: '_int_malloc', file: '/usr/src/debug/glibc-2.38-11.fc39.x86_64/malloc/malloc.c', line: 4000 },
  { function: 'malloc', file: '/build/llvm-toolchain-14/compiler-rt/lib/asan/asan_malloc_linux.cpp', line: 69 },
  { function: 'operator new(unsigned long)', file: '/usr/src/gcc/libstdc++-v3/libsupc++/new_op.cc', line: 50 },
  { function: 'std::__1::vector<int>::push_back', file: '/opt/llvm/bin/../include/c++/v1/vector', line: 10 },
  { function: 'std::vector<int>::at', file: '/usr/local/include/c++/13.2.0/bits/stl_vector.h', line: 10 },
  { function: 'malloc_zone_malloc', module: '/usr/lib/system/libsystem_malloc.dylib' },
  { function: 'start', module: '/usr/lib/dyld' },
  { function: 'wrap_malloc', module: '/a/libfoo' },
  { function: 'malloc', module: '/apex/com.android.runtime/lib64/bionic/libc.so' },
  { function: 'RtlUserThreadStart', module: 'C:\\Windows\\SYSTEM32\\ntdll.dll' },
  { function: 'invoke_main', file: 'D:\\a\\_work\\1\\s\\src\\vctools\\crt\\vcstartup\\src\\startup\\exe_common.inl', line: 78 },
  {
    function: 'alloc::alloc::alloc',
    file: '/rustc/90c541806f23a127002de5b4038be731ba1458ca/library/alloc/src/alloc.rs',
    line: 89,
  },
  { function: 'je_malloc' },
  { module: '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2' },
];

const own: readonly Frame[] = [
  { function: 'my_malloc', module: '/home/me/app' },
  { function: 'xmalloc', file: '/home/me/src/xmalloc.c', line: 3 },
  { function: 'malloc_wrapper' },
  { function: 'start' },
  { function: 'clone_list' },
  { function: 'malloc', file: '/home/me/project/malloc.c', line: 12 },
  { function: 'operator new(unsigned long)', file: '/home/me/project/new.cpp', line: 12 },
  { function: 'concat', file: '/home/me/project/string.c', line: 9 },
  { function: 'concat', file: 'string.c', line: 9 },
  { function: 'strdup', file: 'src/util/strdup.c', line: 9 },
  { function: 'getline', file: 'main.c', line: 9 },
  { function: 'main', file: 'src/string/string.c', line: 9 },
  { function: 'parse', file: '../string/parse.c', line: 9 },
  { function: 'read_all', file: 'io/read_all.c', line: 2 },
  { function: 'arena::allocate', file: '/home/me/project/include/arena.hpp', line: 9 },
  { function: 'boost::thing', file: '/usr/local/include/boost/thing.hpp', line: 9 },
  { function: 'thing', file: '/opt/vendor/include/thing.h', line: 9 },
  { function: 'sqlite3MemMalloc', module: '/usr/lib/x86_64-linux-gnu/libsqlite3.so.0' },
  { function: 'main', file: 'leak.c', line: 5 },
  { function: 'leak(std::vector<int> const&)' },
  { function: 'mystd::vector::grow()' },
  { function: 'ns::(anonymous namespace)::f(int)' },
  { function: 'main', file: '/home/me/gcc-13-test/x.c', line: 1 },
  { function: 'main', file: '/home/me/libc/x.c', line: 1, module: '/home/me/libcool.so' },
  { function: 'main', file: 'C:\\work\\app\\main.cpp', line: 1, module: 'C:\\work\\app.exe' },
  {},
];

describe('isRuntimeFrame', () => {
  test.each(runtime.map((frame) => [JSON.stringify(frame), frame] as const))('runtime: %s', (_name, frame) => {
    expect(isRuntimeFrame(frame)).toBe(true);
  });
  test.each(own.map((frame) => [JSON.stringify(frame), frame] as const))('own: %s', (_name, frame) => {
    expect(isRuntimeFrame(frame)).toBe(false);
  });
});
