struct point {
  long x, y;
};

static void move(struct point *point) {
  point->y = 5; /* EXPECT(access) */
}

int main(void) {
  struct point *volatile nowhere = 0;
  move(nowhere);
  return 0;
}
