#include <stdlib.h>
#include <string.h>

static char *fill(size_t size)
{
    char *block = malloc(size);
    if (block != NULL)
        memset(block, 1, size);
    return block;
}

int main(void)
{
    for (int round = 0; round < 10; round++) {
        char *lost = fill(12 * 1024);
        if (lost == NULL)
            return 1;
        free(fill(100));
    }
    return 0;
}
