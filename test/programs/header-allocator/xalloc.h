#ifndef XALLOC_H
#define XALLOC_H

#include <stdio.h>
#include <stdlib.h>

static inline void *xalloc(size_t size) {
  void *block = malloc(size); /* EXPECT(xalloc) */
  if (block == NULL) {
    fputs("out of memory\n", stderr);
    abort();
  }
  return block;
}

#endif
