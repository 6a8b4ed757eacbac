/* Memory that grows, or does not, in the ways that programs have. Usage: trends flat|leak|saw|saw-leak|warm|steps
   A step for each byte of standard input, answered by a byte on standard output, until the input ends: no clock decides what it has
   when somebody looks. Blocks of 256 KiB are mapped by malloc and given back by free at once. */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, BLOCKS = 400 };

static void *blocks[BLOCKS];
static int held;

/* Holds so many blocks from now on. */
static void hold(int count)
{
    if (count > BLOCKS)
        count = BLOCKS;
    for (; held < count; held++) {
        blocks[held] = malloc(BLOCK);
        memset(blocks[held], 1, BLOCK);
    }
    while (held > count)
        free(blocks[--held]);
}

/* Pages that nobody will ever ask for again. */
static void lose(size_t bytes)
{
    void *lost = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (lost != MAP_FAILED)
        memset(lost, 1, bytes);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "flat";
    char byte;
    unsigned random = 12345;
    int level = 40;
    hold(40);
    for (int step = 0; read(0, &byte, 1) == 1; step++) {
        if (strcmp(mode, "leak") == 0 || strcmp(mode, "saw-leak") == 0)
            lose(8192);
        if (strcmp(mode, "saw") == 0 || strcmp(mode, "saw-leak") == 0)
            hold(40 + step % 70);
        if (strcmp(mode, "warm") == 0)
            hold(40 + (int)(200 * (1 - exp(-step / 150.0))));
        if (strcmp(mode, "steps") == 0) {
            random = random * 1103515245u + 12345u;
            if ((random >> 16) % 150 == 0)
                level = 40 + (int)((random >> 20) % 36);
            hold(level);
        }
        if (write(1, &byte, 1) != 1)
            return 1;
    }
    return 0;
}
