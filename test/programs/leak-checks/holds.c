// Goes on for ever with memory that it has pointers to: one block that stays as it is, and a list that is never trimmed.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct entry {
  struct entry *next;
  char text[500];
};
static char *table;
static struct entry *list;

int main(void) {
  table = malloc(4000); // EXPECT(steady)
  for (int round = 0;; round++) {
    struct entry *entry = malloc(sizeof *entry); // EXPECT(growing)
    entry->next = list;
    list = entry;
    printf("round %d\n", round);
    fflush(stdout);
    usleep(20000);
  }
}
