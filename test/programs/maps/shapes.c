/* Makes the kinds of mappings that are named on the command line, tells their addresses (`name ADDRESS`, hexadecimal), then `ready`, and ends
   with its standard input. Usage: shapes [KIND[=ARGUMENT]]... */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum { KIB = 1024, MIB = 1024 * KIB, ANON = MAP_PRIVATE | MAP_ANONYMOUS, RW = PROT_READ | PROT_WRITE };

static char zeroed[3 * MIB];
static char filled[64 * KIB] = {1};
static const char constant[64 * KIB] = {1};

static void tell(const char *name, const void *address)
{
    printf("%s %llx\n", name, (unsigned long long)(uintptr_t)address);
}

static char *map(const char *name, size_t size, int protection, int flags, int file)
{
    char *at = mmap(NULL, size, protection, flags, file, 0);
    if (at == MAP_FAILED)
        printf("%s none\n", name);
    else
        tell(name, at);
    return at;
}

static pthread_barrier_t all_there;

/* Allocates, so that it gets an arena of its own, and waits in a system call. */
static void *thread(void *argument)
{
    char local, name[32];
    int number = (int)(intptr_t)argument;
    snprintf(name, sizeof name, "worker %d", number);
    prctl(PR_SET_NAME, name);
    void *block = malloc(1000);
    memset(block, 1, 1000);
    flockfile(stdout);
    snprintf(name, sizeof name, "stack%d", number);
    tell(name, &local);
    snprintf(name, sizeof name, "block%d", number);
    tell(name, block);
    funlockfile(stdout);
    pthread_barrier_wait(&all_there);
    for (;;)
        pause();
    return NULL;
}

static void *own_stack(void *argument)
{
    pthread_barrier_wait(argument);
    for (;;)
        pause();
    return NULL;
}

static void *ends(void *argument)
{
    return argument;
}

static void threads(int count)
{
    pthread_barrier_init(&all_there, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        pthread_t made;
        pthread_create(&made, NULL, thread, (void *)(intptr_t)i);
    }
    pthread_barrier_wait(&all_there);
}

static void file(const char *name, const char *path, int protection)
{
    int opened = open(path, O_RDWR | O_CREAT, 0600);
    if (opened < 0 || ftruncate(opened, 64 * KIB) != 0)
        exit(3);
    map(name, 64 * KIB, protection, MAP_SHARED, opened);
    close(opened);
}

static void make(const char *kind, const char *argument)
{
    long page = sysconf(_SC_PAGESIZE);
    if (strcmp(kind, "threads") == 0) {
        threads(atoi(argument));
    } else if (strcmp(kind, "ended-thread") == 0) {
        pthread_t made;
        pthread_create(&made, NULL, ends, NULL);
        pthread_join(made, NULL);
    } else if (strcmp(kind, "anonymous") == 0) {
        memset(map(kind, MIB, RW, ANON, -1), 1, 512 * KIB);
    } else if (strcmp(kind, "reserve") == 0) {
        map(kind, sizeof(void *) == 8 ? (size_t)(64ull << 30) : 256 * MIB, PROT_NONE, ANON | MAP_NORESERVE, -1);
    } else if (strcmp(kind, "noreserve") == 0) {
        memset(map(kind, sizeof(void *) == 8 ? (size_t)(64ull << 30) : 256 * MIB, RW, ANON | MAP_NORESERVE, -1), 1, 64 * KIB);
    } else if (strcmp(kind, "go") == 0) {
        /* As Go's runtime: an arena of 64 MiB at a fixed address, in use from its beginning. */
        char *at = mmap((void *)(uintptr_t)0xc000000000ull, 64 * MIB, PROT_NONE, ANON | MAP_FIXED_NOREPLACE, -1, 0);
        if (at == MAP_FAILED)
            exit(3);
        mprotect(at, 4 * MIB, RW);
        memset(at, 1, 100 * KIB);
        tell("go", at);
        tell("go-rest", at + 4 * MIB);
    } else if (strcmp(kind, "jit") == 0) {
        memset(map(kind, 256 * KIB, RW | PROT_EXEC, ANON, -1), 0xc3, 8 * KIB);
    } else if (strcmp(kind, "jit-sealed") == 0) {
        char *at = map(kind, 256 * KIB, RW, ANON, -1);
        memset(at, 0xc3, 8 * KIB);
        mprotect(at, 256 * KIB, PROT_READ | PROT_EXEC);
    } else if (strcmp(kind, "code-cache") == 0) {
        /* As the Java virtual machine: much is reserved, and a part of it is writable and executable. */
        char *at = map(kind, 240 * MIB, PROT_NONE, ANON | MAP_NORESERVE, -1);
        mprotect(at, 4 * MIB, RW | PROT_EXEC);
        memset(at, 0xc3, MIB);
        tell("code-cache-rest", at + 4 * MIB);
    } else if (strcmp(kind, "managed-heap") == 0) {
        /* As the Java virtual machine: all is reserved, aligned as an arena of malloc is and as large as one, and its beginning is mapped anew. */
        char *raw = mmap(NULL, 128 * MIB, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
        char *at = (char *)(((uintptr_t)raw + 64 * MIB - 1) & ~(uintptr_t)(64 * MIB - 1));
        munmap(raw, (size_t)(at - raw));
        munmap(at + 64 * MIB, (size_t)(raw + 64 * MIB - at));
        mmap(at, 8 * MIB, RW, ANON | MAP_FIXED, -1, 0);
        memset(at, 1, MIB);
        tell(kind, at);
        tell("managed-heap-rest", at + 8 * MIB);
    } else if (strcmp(kind, "two-mappings") == 0) {
        /* Code that is written at one place and executed at another, so that no mapping is both. */
        int made = (int)syscall(SYS_memfd_create, "code", 0);
        if (ftruncate(made, 64 * KIB) != 0)
            exit(3);
        memset(map("code-written", 64 * KIB, RW, MAP_SHARED, made), 0xc3, 64 * KIB);
        map("code-executed", 64 * KIB, PROT_READ | PROT_EXEC, MAP_SHARED, made);
    } else if (strcmp(kind, "own-stack") == 0) {
        /* A stack that the program gives, without a guard. */
        static pthread_barrier_t there;
        pthread_attr_t attributes;
        pthread_t thread_made;
        char *at = mmap(NULL, MIB, RW, ANON, -1, 0);
        mprotect(at + MIB - (MIB / 4), MIB / 4, PROT_READ);
        pthread_barrier_init(&there, NULL, 2);
        pthread_attr_init(&attributes);
        pthread_attr_setstack(&attributes, at, MIB - MIB / 4);
        pthread_create(&thread_made, &attributes, own_stack, &there);
        pthread_barrier_wait(&there);
        tell(kind, at);
    } else if (strcmp(kind, "shared-named") == 0) {
        char *at = mmap(NULL, 64 * KIB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        memset(at, 1, 64 * KIB);
        if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, 64 * KIB, "my name") == 0)
            tell(kind, at);
        else
            puts("shared-named none");
    } else if (strcmp(kind, "thp") == 0) {
        char *raw = mmap(NULL, 8 * MIB, RW, ANON, -1, 0);
        char *at = (char *)(((uintptr_t)raw + 2 * MIB - 1) & ~(uintptr_t)(2 * MIB - 1));
        madvise(at, 4 * MIB, MADV_HUGEPAGE);
        memset(at, 1, 4 * MIB);
        tell(kind, at);
    } else if (strcmp(kind, "hugetlb") == 0) {
        map(kind, 2 * MIB, RW, ANON | MAP_HUGETLB, -1);
    } else if (strcmp(kind, "memfd") == 0) {
        int made = (int)syscall(SYS_memfd_create, "a name", 0);
        if (ftruncate(made, 64 * KIB) != 0)
            exit(3);
        memset(map(kind, 64 * KIB, RW, MAP_SHARED, made), 1, 64 * KIB);
    } else if (strcmp(kind, "sysv") == 0) {
        int made = shmget(IPC_PRIVATE, 64 * KIB, IPC_CREAT | 0600);
        char *at = shmat(made, NULL, 0);
        shmctl(made, IPC_RMID, NULL);
        memset(at, 1, 64 * KIB);
        tell(kind, at);
    } else if (strcmp(kind, "posix") == 0) {
        char name[64];
        snprintf(name, sizeof name, "/memlens-test-%d", getpid());
        int made = shm_open(name, O_RDWR | O_CREAT, 0600);
        if (made < 0 || ftruncate(made, 64 * KIB) != 0)
            exit(3);
        memset(map(kind, 64 * KIB, RW, MAP_SHARED, made), 1, 64 * KIB);
        shm_unlink(name);
    } else if (strcmp(kind, "shared") == 0) {
        memset(map(kind, 64 * KIB, RW, MAP_SHARED | MAP_ANONYMOUS, -1), 1, 64 * KIB);
    } else if (strcmp(kind, "zero-private") == 0) {
        map(kind, 64 * KIB, RW, MAP_PRIVATE, open("/dev/zero", O_RDWR));
    } else if (strcmp(kind, "file") == 0) {
        file(kind, argument, RW);
    } else if (strcmp(kind, "deleted-file") == 0) {
        file(kind, argument, RW);
        unlink(argument);
    } else if (strcmp(kind, "library") == 0 || strcmp(kind, "deleted-library") == 0) {
        char name[128];
        void *made = dlopen(argument, RTLD_NOW);
        if (made == NULL)
            exit(4);
        if (kind[0] == 'd')
            unlink(argument);
        for (const char **part = (const char *[]){"text", "constant", "filled", "zeroed", NULL}; *part != NULL; part++) {
            char symbol[32];
            snprintf(symbol, sizeof symbol, "library_%s", *part);
            snprintf(name, sizeof name, "%s-%s", kind, *part);
            /* In the midst of what is large, as its ends share pages with other parts. */
            tell(name, (char *)dlsym(made, symbol) + (part[0][0] == 't' ? 0 : part[0][0] == 'z' ? 128 * KIB : 32 * KIB));
        }
    } else if (strcmp(kind, "named") == 0) {
        char *at = mmap(NULL, 64 * KIB, RW, ANON, -1, 0);
        memset(at, 1, 64 * KIB);
        /* A kernel may be built without it (CONFIG_ANON_VMA_NAME). */
        if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, 64 * KIB, "my name") == 0)
            tell(kind, at);
        else
            puts("named none");
    } else if (strcmp(kind, "null") == 0) {
        char *at = mmap(NULL, (size_t)page, RW, ANON | MAP_FIXED, -1, 0);
        if (at == MAP_FAILED)
            puts("null none");
        else
            tell(kind, at);
    } else if (strcmp(kind, "locked") == 0) {
        char *at = map(kind, 64 * KIB, RW, ANON, -1);
        memset(at, 1, 64 * KIB);
        mlock(at, 64 * KIB);
    } else if (strcmp(kind, "many") == 0) {
        /* Neighbours that differ, so that the kernel joins none. */
        int count = atoi(argument);
        char *at = mmap(NULL, (size_t)count * (size_t)page, RW, ANON, -1, 0);
        for (int i = 0; i < count; i += 2)
            mprotect(at + (long)i * page, (size_t)page, PROT_READ);
        tell(kind, at);
    } else {
        exit(2);
    }
}

/* Goes on as a program that is in no directory. */
static void become_memory(char **argv)
{
    static char block[64 * KIB];
    int from = open("/proc/self/exe", O_RDONLY), made = (int)syscall(SYS_memfd_create, "program", 0);
    for (long size; (size = read(from, block, sizeof block)) > 0;)
        if (write(made, block, (size_t)size) != size)
            exit(3);
    fexecve(made, argv, environ);
    exit(3);
}

int main(int argc, char **argv)
{
    char local, word[64];
    if (argc > 1 && strcmp(argv[1], "in-memory") == 0)
        become_memory(argv + 1);
    tell("text", (const void *)(uintptr_t)main);
    memset(zeroed, 1, MIB);
    filled[KIB] = 2;
    tell("constant", constant + 32 * KIB);
    tell("data", filled + 32 * KIB);
    tell("bss", zeroed + MIB);
    tell("stack", &local);
    void *block = malloc(2000);
    memset(block, 1, 2000);
    tell("heap", block);
    for (int i = 1; i < argc; i++) {
        snprintf(word, sizeof word, "%s", argv[i]);
        char *equals = strchr(argv[i], '=');
        if (equals != NULL && equals - argv[i] < (long)sizeof word)
            word[equals - argv[i]] = '\0';
        make(word, equals == NULL ? "" : equals + 1);
    }
    puts("ready");
    fflush(stdout);
    prctl(PR_SET_PDEATHSIG, 9);
    while (read(0, word, sizeof word) > 0)
        ;
    return 0;
}
