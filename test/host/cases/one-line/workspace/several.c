#include <stdlib.h>

static void *volatile sink;

static void grab(size_t size) { sink = malloc(size); sink = NULL; }

int main(void)
{
    grab(1000); grab(24);
    sink = malloc(5), sink = malloc(6);
    sink = NULL;
    return 0;
}
