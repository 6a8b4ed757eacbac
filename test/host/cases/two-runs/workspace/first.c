#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Ends when the file that is named says so. */
int main(void)
{
    void *volatile lost = malloc(11);
    lost = NULL;
    FILE *sign = fopen("going-on", "w");
    if (sign != NULL)
        fclose(sign);
    while (access("may-end", F_OK) != 0)
        usleep(1000);
    return lost != NULL;
}
