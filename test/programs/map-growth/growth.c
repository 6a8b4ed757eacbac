/* Grows in one way at an even pace, or stays healthy in one way, until its standard input ends. Says on standard output what it has done: `did N` once a second,
   in KiB (in mappings, threads or rounds where these are what it makes). What is due is counted from the clock, so that a busy machine does not slow it down.
   Usage: growth KIND RATE [FILE] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KIB = 1024, MIB = 1024 * KIB, PAGE = 4 * KIB, ANON = MAP_PRIVATE | MAP_ANONYMOUS, RW = PROT_READ | PROT_WRITE };

static double rate;
static const char *file;
static double began;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(void)
{
    return now() - began;
}

static void *checked(void *at)
{
    if (at == NULL || at == MAP_FAILED) {
        perror("growth");
        exit(3);
    }
    return at;
}

static void block(size_t size)
{
    volatile char *kept = checked(malloc(size));
    memset((char *)kept, 1, size);
}

/* Each: one KiB, mapping, thread... more. `done` counts those before. */

static void heap(long done)
{
    (void)done;
    block(KIB - 16);
}

static void map_touched(long done)
{
    if (done % 4 == 0)
        *(char *)checked(mmap(NULL, PAGE, RW, ANON, -1, 0)) = 1;
}

static void map_untouched(long done)
{
    if (done % 64 == 0)
        checked(mmap(NULL, 64 * KIB, RW, ANON, -1, 0));
}

/* Neighbours differ, so that the kernel joins none. */
static void map_apart(long done)
{
    char *at = checked(mmap(NULL, PAGE, done % 2 == 0 ? RW : PROT_READ, ANON, -1, 0));
    if (done % 2 == 0)
        *at = 1;
}

static void map_file_again(long done)
{
    static int opened = -1;
    (void)done;
    if (opened < 0)
        opened = open("/proc/self/exe", O_RDONLY);
    *(volatile char *)checked(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, opened, 0));
}

static void *blocked(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static void *ends(void *argument)
{
    return argument;
}

static void start(void *(*run)(void *), size_t stack)
{
    pthread_t made;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack != 0)
        pthread_attr_setstacksize(&attributes, stack);
    if (pthread_create(&made, &attributes, run, NULL) != 0)
        exit(3);
}

static void thread_blocked(long done)
{
    (void)done;
    start(blocked, 0);
}

static void thread_unjoined(long done)
{
    (void)done;
    start(ends, 0);
}

static void thread_small_unjoined(long done)
{
    (void)done;
    start(ends, 256 * KIB);
}

static int unlinked(void)
{
    int made = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (made < 0)
        exit(3);
    unlink(file);
    return made;
}

static void grow_mapped(int *made, long done, int (*make)(void))
{
    if (*made < 0)
        *made = make();
    if (done % 64 != 0)
        return;
    if (ftruncate(*made, (done + 64) * KIB) != 0)
        exit(3);
    memset(checked(mmap(NULL, 64 * KIB, RW, MAP_SHARED, *made, done * KIB)), 1, 64 * KIB);
}

static int memory_file(void)
{
    return (int)syscall(SYS_memfd_create, "leak", 0);
}

static void memfd(long done)
{
    static int made = -1;
    grow_mapped(&made, done, memory_file);
}

static void posix_shm(long done)
{
    static int made = -1;
    grow_mapped(&made, done, unlinked);
}

static void sysv_shm(long done)
{
    if (done % 64 != 0)
        return;
    int made = shmget(IPC_PRIVATE, 64 * KIB, IPC_CREAT | 0600);
    memset(checked(shmat(made, NULL, 0)), 1, 64 * KIB);
    /* Gone with the process. */
    shmctl(made, IPC_RMID, NULL);
}

/* Segments that nobody holds any more, and that stay. They are removed at the end. */
static int detached[4096];
static int detached_count;

static void sysv_detached(long done)
{
    if (done % 64 != 0 || detached_count == 4096)
        return;
    int made = shmget(IPC_PRIVATE, 64 * KIB, IPC_CREAT | 0600);
    char *at = checked(shmat(made, NULL, 0));
    memset(at, 1, 64 * KIB);
    shmdt(at);
    detached[detached_count++] = made;
}

static void shared_anonymous(long done)
{
    if (done % 64 == 0)
        memset(checked(mmap(NULL, 64 * KIB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0)), 1, 64 * KIB);
}

static void tmpfs_open(long done)
{
    static int made = -1;
    static char text[KIB];
    (void)done;
    if (made < 0)
        made = unlinked();
    if (write(made, text, KIB) != KIB)
        exit(3);
}

/* One file more for each MiB, written and closed. */
static void tmpfs_closed(long done)
{
    static char text[MIB];
    char name[512];
    if (done % 1024 != 0)
        return;
    snprintf(name, sizeof name, "%s.%ld", file, done / 1024);
    int made = open(name, O_WRONLY | O_CREAT, 0600);
    if (made < 0 || write(made, text, MIB) != MIB)
        exit(3);
    close(made);
}

static void big_remap(long done)
{
    static char *at;
    if (done % 64 != 0)
        return;
    at = checked(done == 0 ? mmap(NULL, 64 * KIB, RW, ANON, -1, 0)
                           : mremap(at, (size_t)done * KIB, (size_t)(done + 64) * KIB, MREMAP_MAYMOVE));
    memset(at + done * KIB, 1, 64 * KIB);
}

static int read_only_pages(void)
{
    int made = open(file, O_RDWR | O_CREAT, 0600);
    if (made < 0 || ftruncate(made, 512 * MIB) != 0)
        exit(3);
    unlink(file);
    return made;
}

static void file_pages(long done, int protection, int flags)
{
    static char *at;
    if (at == NULL)
        at = checked(mmap(NULL, 512 * MIB, protection, flags, read_only_pages(), 0));
    if (done % 4 != 0)
        return;
    if ((protection & PROT_WRITE) != 0)
        at[done * KIB] = 1;
    else
        (void)*(volatile char *)(at + done * KIB);
}

static void file_cache(long done)
{
    file_pages(done, PROT_READ, MAP_SHARED);
}

/* Each page of a private mapping that is written becomes memory of the process. */
static void file_copies(long done)
{
    file_pages(done, RW, MAP_PRIVATE);
}

/* All of it is there from the beginning; it is only mapped page by page. */
static void shared_touched(long done)
{
    static char *at;
    if (at == NULL) {
        int made = memory_file();
        static char text[MIB];
        for (int i = 0; i < 128; i++)
            if (write(made, text, MIB) != MIB)
                exit(3);
        at = checked(mmap(NULL, 128 * MIB, PROT_READ, MAP_SHARED, made, 0));
        close(made);
    }
    if (done % 4 == 0 && done < 128 * KIB)
        (void)*(volatile char *)(at + done * KIB);
}

/* Blocks of `size`, of which every second one is freed. */
static void fragment(size_t size, size_t all)
{
    size_t count = all / size;
    char **blocks = checked(malloc(count * sizeof *blocks));
    for (size_t i = 0; i < count; i++)
        memset(blocks[i] = checked(malloc(size)), 1, size);
    for (size_t i = 0; i < count; i += 2)
        free(blocks[i]);
}

static void fragments(long done)
{
    if (done == 0)
        fragment((size_t)rate, 40 * MIB);
}

static void *fragments_of_thread(void *argument)
{
    fragment(3000, 16 * MIB);
    return blocked(argument);
}

static void thread_fragments(long done)
{
    if (done == 0)
        for (int i = 0; i < 3; i++)
            start(fragments_of_thread, 0);
}

static void locked(long done)
{
    if (done == 0 && mlock(memset(checked(mmap(NULL, 4 * MIB, RW, ANON, -1, 0)), 1, 4 * MIB), 4 * MIB) != 0)
        exit(3);
}

static void *blocks_of_thread(void *argument)
{
    long done = 0;
    for (;;) {
        for (; done < (long)(seconds() * rate); done++)
            block(KIB - 16);
        usleep(100000);
    }
    return argument;
}

static void arena(long done)
{
    if (done == 0)
        start(blocks_of_thread, 0);
}

/* Healthy ones. `done` counts hundredths of a second. */

static void until(long *kib, double wanted)
{
    for (; *kib < (long)wanted; (*kib)++)
        block(KIB - 16);
}

/* RATE: the time constant in seconds. */
static void warm_up(long done)
{
    static long kib;
    until(&kib, 40 * KIB * (1 - exp(-(double)done / 100 / rate)));
}

/* RATE: how many seconds it takes. */
static void even_start(long done)
{
    static long kib;
    until(&kib, 500 * fmin((double)done / 100, rate));
}

/* RATE: seconds of a period, at whose end all is freed. */
static void saw_tooth(long done)
{
    static char *blocks[20000];
    static int count;
    double part = fmod((double)done / 100, rate) / rate;
    int wanted = (int)(part * 20000);
    if (wanted < count)
        while (count > 0)
            free(blocks[--count]);
    for (; count < wanted; count++)
        memset(blocks[count] = checked(malloc(KIB)), 1, KIB);
}

/* A live set that stays, and garbage in mapped memory that is given back when there is too much of it. */
static void collector(long done)
{
    static char *heap_of_all, *at;
    if (heap_of_all == NULL)
        at = heap_of_all = memset(checked(mmap(NULL, 64 * MIB, RW, ANON, -1, 0)), 1, 8 * MIB);
    if (at >= heap_of_all + 48 * MIB || done == 0) {
        madvise(heap_of_all + 8 * MIB, 56 * MIB, MADV_DONTNEED);
        at = heap_of_all + 8 * MIB;
    }
    memset(at, 1, (size_t)rate * KIB);
    at += (size_t)rate * KIB;
}

/* Requests: blocks of any size live for a while. */
static void server(long done)
{
    static char *blocks[4096];
    static uint32_t state = 12345;
    (void)done;
    for (int i = 0; i < (int)rate; i++) {
        state = state * 1664525 + 1013904223;
        uint32_t slot = state >> 20;
        state = state * 1664525 + 1013904223;
        size_t size = 16 + (state >> 21);
        free(blocks[slot]);
        memset(blocks[slot] = checked(malloc(size)), 1, size);
    }
}

/* RATE: for how many seconds an array grows. */
static void array_stops(long done)
{
    static char *array;
    static size_t size;
    size_t wanted = (size_t)(fmin((double)done / 100, rate) * 400 * KIB) + 1;
    if (wanted <= size)
        return;
    array = checked(realloc(array, wanted));
    memset(array + size, 1, wanted - size);
    size = wanted;
}

static void maps_and_unmaps(long done)
{
    static char *maps[256];
    static size_t sizes[256];
    static uint32_t state = 99;
    (void)done;
    for (int i = 0; i < (int)rate; i++) {
        state = state * 1664525 + 1013904223;
        uint32_t slot = state >> 24;
        if (maps[slot] != NULL)
            munmap(maps[slot], sizes[slot]);
        sizes[slot] = PAGE * (1 + (state >> 12 & 31));
        maps[slot] = checked(mmap(NULL, sizes[slot], state & 1 ? RW : PROT_READ | PROT_WRITE | PROT_EXEC, ANON, -1, 0));
        memset(maps[slot], 1, sizes[slot]);
    }
}

static void *short_task(void *argument)
{
    free(memset(checked(malloc(KIB)), 1, KIB));
    return argument;
}

static void joins(long done)
{
    (void)done;
    pthread_t made[8];
    for (int i = 0; i < 8; i++)
        if (pthread_create(&made[i], NULL, short_task, NULL) != 0)
            exit(3);
    for (int i = 0; i < 8; i++)
        pthread_join(made[i], NULL);
}

static void forks(long done)
{
    static char *kept;
    if (kept == NULL)
        kept = memset(checked(malloc(10 * MIB)), 1, 10 * MIB);
    if (done % 10 != 0)
        return;
    if (fork() == 0) {
        memset(kept, 2, MIB);
        _exit(0);
    }
    wait(NULL);
    memset(kept, (int)done, MIB);
}

/* Writes to a file that is no memory. */
static void writes_log(long done)
{
    static int made = -1;
    static char text[KIB];
    if (made < 0)
        made = unlinked();
    if (pwrite(made, text, KIB, done % 4096 * KIB) != KIB)
        exit(3);
}

static void idle(long done)
{
    (void)done;
}

static const struct kind {
    const char *name;
    void (*step)(long done);
    /* Steps a second; 0: RATE. */
    int pace;
} kinds[] = {
    {"heap", heap, 0},
    {"map-touched", map_touched, 0},
    {"map-untouched", map_untouched, 0},
    {"map-apart", map_apart, 0},
    {"map-file-again", map_file_again, 0},
    {"thread-blocked", thread_blocked, 0},
    {"thread-unjoined", thread_unjoined, 0},
    {"thread-small-unjoined", thread_small_unjoined, 0},
    {"arena", arena, 10},
    {"memfd", memfd, 0},
    {"posix-shm", posix_shm, 0},
    {"sysv-shm", sysv_shm, 0},
    {"sysv-detached", sysv_detached, 0},
    {"shared-anonymous", shared_anonymous, 0},
    {"tmpfs-open", tmpfs_open, 0},
    {"tmpfs-closed", tmpfs_closed, 0},
    {"big-remap", big_remap, 0},
    {"fragments", fragments, 10},
    {"thread-fragments", thread_fragments, 10},
    {"locked", locked, 10},
    {"file-cache", file_cache, 0},
    {"file-copies", file_copies, 0},
    {"shared-touched", shared_touched, 0},
    {"warm-up", warm_up, 100},
    {"even-start", even_start, 100},
    {"saw-tooth", saw_tooth, 100},
    {"collector", collector, 100},
    {"server", server, 100},
    {"array-stops", array_stops, 100},
    {"maps-and-unmaps", maps_and_unmaps, 100},
    {"joins", joins, 10},
    {"forks", forks, 100},
    {"writes-log", writes_log, 100},
    {"idle", idle, 10},
};

int main(int argc, char **argv)
{
    const struct kind *kind = NULL;
    for (size_t i = 0; argc > 2 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0)
            kind = &kinds[i];
    if (kind == NULL)
        return 2;
    /* What would outlive it is removed when its input ends, which it does with the parent. */
    if (kind->step != sysv_detached)
        prctl(PR_SET_PDEATHSIG, 9);
    rate = atof(argv[2]);
    file = argc > 3 ? argv[3] : "";
    began = now();
    long done = 0;
    int told = -1;
    double pace = kind->pace == 0 ? rate : kind->pace;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    for (char any; poll(&input, 1, 50) == 0 || read(0, &any, 1) > 0;) {
        for (long due = (long)(seconds() * pace) + 1; done < due; done++)
            kind->step(done);
        if ((int)seconds() > told) {
            told = (int)seconds();
            printf("did %ld\n", done);
            fflush(stdout);
        }
    }
    while (detached_count > 0)
        shmctl(detached[--detached_count], IPC_RMID, NULL);
    return 0;
}
