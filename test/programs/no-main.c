#include <stdlib.h>

void *make(void) { return malloc(10); }
