#include <stdlib.h>

int main(void)
{
    void *volatile lost = malloc(44);
    lost = NULL;
    return lost != NULL;
}
