/* Frees all that it takes: MemLens finds nothing here, and marks nothing. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int *numbers = calloc(100, sizeof *numbers);
    if (numbers == NULL)
        return 1;
    for (int i = 0; i < 100; i++)
        numbers[i] = i;
    printf("%d\n", numbers[99]);
    free(numbers);
    return 0;
}
