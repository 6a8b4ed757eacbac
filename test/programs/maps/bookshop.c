/* A server with a bit of everything in its address space, which keeps every answer that it gives: 4 KiB ten times a second. It ends with its standard input.
   Usage: bookshop FILE, which is mapped. Build with -pthread. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KIB = 1024, MIB = 1024 * KIB, RW = PROT_READ | PROT_WRITE };

static void *serve(void *name)
{
    pthread_setname_np(pthread_self(), name);
    /* In an arena of its own. */
    for (int i = 0; i < 600; i++)
        memset(malloc(2000), i, 2000);
    for (;;)
        pause();
    return NULL;
}

static char *map(size_t size, int protection, int flags, int file)
{
    char *start = mmap(NULL, size, protection, flags, file, 0);
    if (start == MAP_FAILED)
        exit(1);
    return start;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int catalogue = argc < 2 ? -1 : open(argv[1], O_RDONLY);
    int covers = memfd_create("covers", 0);

    if (catalogue < 0 || covers < 0 || ftruncate(covers, 6 * MIB) != 0)
        return 1;
    pthread_create(&thread, NULL, serve, "till");
    pthread_create(&thread, NULL, serve, "storeroom");
    memset(map(6 * MIB, RW, MAP_SHARED, covers), 1, 4 * MIB);
    map(64 * KIB, PROT_READ, MAP_PRIVATE, catalogue);
    memset(map(12 * MIB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1), 1, 9 * MIB);
    for (int i = 0; i < 2000; i++)
        memset(malloc(2000), i, 2000);
    puts("open");
    fflush(stdout);
    for (struct pollfd input = { .fd = 0, .events = POLLIN }; poll(&input, 1, 100) == 0;)
        memset(malloc(4096), 1, 4096);
    return 0;
}
