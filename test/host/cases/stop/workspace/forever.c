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
            puts("going on for ever");
            fflush(stdout);
        }
        usleep(20000);
    }
}
