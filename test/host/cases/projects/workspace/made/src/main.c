#include <stdlib.h>

int main(void)
{
    void *volatile lost = malloc(33);
    lost = NULL;
    return lost != NULL;
}
