#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *block = malloc(100);
    if (block == NULL)
        return 1;
    free(block);
    puts("done");
    return 0;
}
