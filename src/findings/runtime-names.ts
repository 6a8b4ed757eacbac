const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Functions of an allocator, by the C and POSIX standards, and the extensions of glibc and BSD. */
export const ALLOCATORS = words(`
  malloc calloc realloc reallocarray reallocf free cfree memalign aligned_alloc posix_memalign valloc pvalloc malloc_usable_size
  free_sized free_aligned_sized mmap mmap64 mremap munmap sbrk brk alloca
  strdup strndup strdupa wcsdup asprintf vasprintf getline getdelim
  je_malloc je_calloc je_realloc je_free mi_malloc mi_calloc mi_realloc mi_free tc_malloc tc_calloc tc_realloc tc_free tc_new tc_delete
  tc_newarray tc_deletearray tc_memalign tc_posix_memalign
`);

/** Functions of libc that sanitizers wrap or that stand above an allocator in a stack. */
export const LIBC = words(`
  memcpy memmove memset memcmp memchr memrchr memccpy mempcpy memmem bcmp bcopy bzero
  strlen strnlen strcpy strncpy strcat strncat strcmp strncmp strcasecmp strncasecmp strchr strrchr strchrnul strstr strcasestr strtok
  strtok_r strsep strspn strcspn strpbrk stpcpy stpncpy strlcpy strlcat strcoll strxfrm strerror strerror_r strsignal index rindex
  strtol strtoll strtoul strtoull strtod strtof strtold atoi atol atoll atof
  wcslen wcsnlen wcscpy wcsncpy wcscat wcsncat wcscmp wmemcpy wmemmove wmemset mbstowcs wcstombs mbsrtowcs wcsrtombs
  printf fprintf sprintf snprintf vprintf vfprintf vsprintf vsnprintf dprintf vdprintf scanf fscanf sscanf vscanf vfscanf vsscanf
  puts fputs putchar fputc putc gets fgets getchar fgetc getc ungetc perror fread fwrite fflush fseek ftell fseeko ftello rewind
  fopen fopen64 fdopen freopen freopen64 fclose popen pclose tmpfile tmpfile64 tmpnam mkstemp mkdtemp fmemopen open_memstream
  open_wmemstream setvbuf setbuf setlinebuf getpass getw
  opendir fdopendir readdir readdir64 closedir scandir scandir64 ftw nftw fts_open fts_read glob glob64 globfree wordexp wordfree
  realpath canonicalize_file_name getcwd get_current_dir_name readlink basename dirname
  getenv setenv putenv unsetenv clearenv setlocale newlocale duplocale bindtextdomain textdomain gettext dgettext iconv_open iconv
  qsort qsort_r bsearch tsearch tfind tdelete twalk tdestroy hcreate hsearch hdestroy lfind lsearch
  regcomp regexec regfree fnmatch getopt getopt_long argp_parse
  getaddrinfo freeaddrinfo getnameinfo gethostbyname gethostbyaddr getservbyname getpwnam getpwuid getpwent getgrnam getgrgid getgrent
  getpwnam_r getpwuid_r getgrnam_r getgrgid_r getgrouplist initgroups getifaddrs freeifaddrs if_nameindex res_init res_query
  localtime localtime_r gmtime gmtime_r mktime strftime strptime tzset ctime asctime time clock_gettime gettimeofday
  exit _exit _Exit quick_exit abort atexit on_exit raise kill signal sigaction longjmp siglongjmp setjmp sigsetjmp system
  read write pread pwrite readv writev recv recvfrom recvmsg send sendto sendmsg open open64 openat close ioctl poll select
  fork vfork execve execv execvp execl execlp wait waitpid posix_spawn posix_spawnp syscall sleep usleep nanosleep
  pthread_create pthread_join pthread_once pthread_key_create pthread_setspecific pthread_mutex_lock pthread_cond_wait pthread_exit
  dlopen dlsym dlclose dlmopen dlerror dl_iterate_phdr openlog syslog vsyslog backtrace backtrace_symbols getmntent setmntent
  sem_open shm_open timer_create getutent crypt random srandom rand srand initstate error error_at_line warn warnx err errx
  clone clone3 start_thread thread_start
`);

/** Those of them that give their caller something that he has to free or to close. */
export const HANDED_OUT = words(`
  fopen fopen64 fdopen freopen freopen64 popen tmpfile tmpfile64 fmemopen open_memstream open_wmemstream
  opendir fdopendir scandir fts_open glob wordexp realpath canonicalize_file_name getcwd get_current_dir_name
  newlocale duplocale iconv_open tsearch hcreate regcomp getaddrinfo getifaddrs if_nameindex setmntent
  backtrace_symbols sem_open timer_create
`);

/** Names that a C or C++ program may not define: the beginning of a runtime's own names. */
export const RESERVED =
  /^(?:_{2,4}interceptor_|_{1,3}(?:asan|lsan|hwasan|msan|tsan|ubsan|dfsan|memprof|sanitizer|interception|gwp_asan|scudo)(?:_|::)|__sanitizer_|__libc_|__GI_|__IO_|_IO_|_dl_|__dl_|__cxa_|__gxx_|_Unwind_|__pthread_|__nptl_|__clone|__run_exit_handlers|__wrap_iter|__gconv|__nss_|__tls_|__rust_|__rdl_|__rg_|_cgo_|runtime\.|vgPlain_|_vgr\d|_vgw|_vgnU_|_int_(?:malloc|free|realloc|memalign)$|sysmalloc$|malloc_consolidate$|tcache_|(?:asan|hwasan|tsan|lsan)_thread_start$|__(?:str(?:n?dup|tok_r|ndup)|getdelim|getline|vasprintf_internal|vfprintf_internal|fopen_internal|new_fopen|memcpy|memmove|memset|strlen|strcpy|strcmp|overflow|underflow|uflow|getcwd|opendir|scandir|tzset|regcomp|sigaction|restore_rt|start_thread|posix_memalign|libc_memalign|default_morecore|abort)\b)/;

/** Whole names of a runtime's entry and helper functions. */
export const ENTRY = words(`
  _start __libc_start_main __libc_start_main_impl __libc_start_call_main generic_start_main __libc_csu_init __libc_init __libc_start
  start_thread thread_start clone clone3 __clone __clone3 _init _fini call_init _call_init dl_main __restore_rt _dl_start_user
  BaseThreadInitThunk RtlUserThreadStart __scrt_common_main_seh __scrt_common_main mainCRTStartup wmainCRTStartup WinMainCRTStartup
  invoke_main _pthread_start _pthread_body thread_assign_default_priority __pthread_start libc_start_main_stage2
`);

/** Namespaces of the C++ standard library, of its runtime, of the sanitizers and of common allocators. */
export const RUNTIME_NAMESPACE =
  /^(?:std|__gnu_cxx|__gnu_debug|__cxxabiv1|__cxx11|abi|__asan|__lsan|__hwasan|__msan|__tsan|__ubsan|__memprof|__sanitizer|__interception|gwp_asan|scudo|tcmalloc|core|alloc)::/;

/** File names that belong to a runtime even where the engine left their folder out, as Memcheck's text does. */
export const RUNTIME_BASE_NAME =
  /^(?:vg_(?:replace|preload|intercept)\w*\.c|mc_replace_strmem\.c|libc-start\.[ch]|libc_start_(?:call_)?main\.[hc]|__libc_start_main\.c|start\.S|clone3?\.S|pthread_create\.c|dl-[a-z0-9-]+\.[chS]|genops\.c|fileops\.c|filedoalloc\.c|wfiledoalloc\.c|wfileops\.c|wgenops\.c|vfprintf-\w+\.c|vfw?(?:printf|scanf)\.c|(?:printf_fp|_itoa|printf-parsemb|strto(?:d|f|ld|l|ll|ul|ull)_l)\.c|io(?:v?s?n?printf|v?s?scanf|f(?:open|close|read|write|gets|puts|tell|seek|flush)|gets|puts|getdelim|getline|setvbuf|ungetc|popen|padn)(?:_u|64)?\.c|(?:mem|str|wcs|wmem)[a-z]+-[a-z0-9_-]+\.[Sc]|new_op[vnta]*\.cc|del_op[vnstae]*\.cc|(?:new_allocator|alloc_traits|allocator|basic_string|stl_[a-z0-9_]+|shared_ptr|shared_ptr_base|shared_ptr_atomic|unique_ptr|std_thread|std_function|invoke|hashtable|hashtable_policy|unordered_map|unordered_set|char_traits|allocated_ptr|deque|forward_list|fstream|gthr-default|refwrap|ptr_traits|move)\.(?:h|tcc)|(?:vector|deque|list|basic_string|forward_list|ostream|istream|fstream|locale_facets|hashtable)\.tcc|(?:asan|lsan|hwasan|msan|tsan|ubsan|memprof|sanitizer|interception|gwp_asan)_\w+\.(?:cpp|cc|h|inc|S)|(?:eh_alloc|eh_throw|eh_call|eh_catch|unwind-dw2|unwind)\.(?:cc|c|inc)|exe_common\.inl|exe_main\.cpp)$/;

/** glibc's folders, in paths relative to its build: `./string/./string/strdup.c`, `csu/../csu/libc-start.c`. */
export const GLIBC_FOLDERS = words(`
  argp assert catgets csu ctype debug dirent dlfcn elf gmon grp gshadow hesiod htl iconv iconvdata inet intl io libio locale login mach
  malloc math misc nis nptl nptl_db nscd nss po posix pwd resolv resource rt setjmp shadow signal socket soft-fp stdio-common stdlib
  string sunrpc support sysdeps sysvipc termios time timezone wcsmbs wctype
`);

/** Those of them that no other project has. */
export const GLIBC_OWN_FOLDERS = words('csu libio nptl nptl_db stdio-common wcsmbs sysdeps sunrpc gshadow');
