/*
 * Start here: click "Profile Memory" above main. Every round leaks one block
 * of 12 KiB and frees another: line 14 leaks 120 KiB in 10 blocks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const size_t size = 12 * 1024;

    for (int round = 1; round <= 10; round++) {
        char *lost = malloc(size);
        char *freed = malloc(size);
        if (lost == NULL || freed == NULL)
            return 1;
        memset(lost, 1, size);
        memset(freed, 1, size);
        free(freed);
        printf("round %d\n", round);
    }
    return 0;
}
