#include <stdio.h>
#include <stdlib.h>

static char *interior;
static char *kept;

int main(void)
{
    int *numbers = malloc(4 * sizeof *numbers);
    interior = (char *)malloc(100) + 10;
    kept = malloc(200);
    if (numbers[2] > 3)
        puts("more");
    free(numbers);
    return kept == NULL;
}
