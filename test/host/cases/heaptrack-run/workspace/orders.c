#include <stdlib.h>

static char *kept;

static void lose(void)
{
    char *block = malloc(100);
    block[0] = 1;
}

int main(void)
{
    kept = malloc(4000);
    for (int i = 0; i < 5; i++)
        lose();
    return kept == NULL;
}
