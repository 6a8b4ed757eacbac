#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    for (int round = 0;; round++) {
        char *lost = malloc(1000);
        lost[0] = 1;
        lost = NULL;
        if (round == 2) {
            /* The test waits for this file. */
            FILE *file = fopen("going-on", "w");
            fclose(file);
        }
        usleep(20000);
    }
}
