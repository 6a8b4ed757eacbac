#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    FILE *file = fopen(words[1], "w");
    for (int i = 2; i < count; i++)
        fprintf(file, "%s%c", words[i], 0);
    fprintf(file, "%s", getenv("MEMLENS_CASE"));
    fclose(file);
    return 3;
}
