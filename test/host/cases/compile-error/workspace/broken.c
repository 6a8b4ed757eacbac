#include <stdlib.h>

int main(void)
{
    char *block = malloc(100)
    free(block);
    return 0;
}
