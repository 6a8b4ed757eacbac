#include <stdlib.h>

static void *keep;

int main(void)
{
    void *first = malloc(111);
    void *second = malloc(222);
    keep = second;
    first = second = NULL;
    keep = NULL;
    return first == second ? 0 : 1;
}
