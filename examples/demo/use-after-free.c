/*
 * Reads a block after it was freed. The hover shows three places: the read, where the block was
 * freed, and where it was allocated. The program may well seem to work without MemLens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *greeting(const char *name)
{
    char *text = malloc(64);
    if (text != NULL)
        snprintf(text, 64, "Hello, %s", name);
    return text;
}

int main(void)
{
    char *text = greeting("world");
    if (text == NULL)
        return 1;
    puts(text);
    free(text);
    return text[0] == 'H' ? 0 : 1; /* freed one line above */
}
