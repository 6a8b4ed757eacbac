#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Holds 16 MiB for some seconds. */
int main(void) {
    char *held = malloc(16 << 20);
    memset(held, 1, 16 << 20);
    sleep(5);
    free(held);
    return 0;
}
