#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
  struct node *next;
  char *text;
};

static struct node *push(struct node *head, const char *text) {
  struct node *node = malloc(sizeof *node);
  node->next = head;
  node->text = strdup(text);
  return node;
}

int main(int argc, char **argv) {
  struct node *list = NULL;
  for (int i = 0; i < argc; i++) list = push(list, argv[i]);
  for (int i = 0; i < 100; i++) list = push(list, "node");
  int count = 0;
  while (list != NULL) {
    struct node *next = list->next;
    free(list->text);
    free(list);
    list = next;
    count++;
  }
  char *buffer = NULL;
  for (size_t size = 1; size <= 1 << 20; size *= 2) buffer = realloc(buffer, size);
  free(buffer);
  printf("%d nodes\n", count);
  return 0;
}
