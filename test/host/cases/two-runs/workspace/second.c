#include <stdlib.h>

int main(void)
{
    void *volatile lost = malloc(22);
    lost = NULL;
    return lost != NULL;
}
