#include <stdlib.h>

struct account {
  long balance;
  char name[24];
};

static struct account *open_account(void) {
  return calloc(1, sizeof(struct account)); /* EXPECT(allocation) */
}

static void close_account(struct account *account) {
  free(account); /* EXPECT(free) */
}

int main(void) {
  struct account *account = open_account();
  close_account(account);
  account->balance = 7; /* EXPECT(access) */
  return 0;
}
