#include <stdlib.h>

int main(int argc, char **argv)
{
    (void)argv;
    void *volatile lost = argc > 1 ? NULL : malloc(100);
    lost = NULL;
    return lost != NULL;
}
