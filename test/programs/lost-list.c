#include <stdlib.h>

#include "scrub.h"

struct node {
  long value;
  struct node *next;
};

static NOINLINE struct node *push(struct node *head, long value) {
  struct node *node = malloc(sizeof *node); /* EXPECT(node) */
  node->value = value;
  node->next = head;
  return node;
}

static NOINLINE void lose(void) {
  struct node *head = NULL;
  for (long i = 0; i < 10; i++) head = push(head, i);
  head = NULL;
}

int main(void) {
  lose();
  scrub();
  return 0;
}
