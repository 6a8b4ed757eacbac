#include <stdlib.h>

int main(void)
{
    void *volatile lost = malloc(55);
    lost = NULL;
    return lost != NULL;
}
