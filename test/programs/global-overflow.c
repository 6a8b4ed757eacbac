static int table[16];

int main(int argc, char **argv) {
  (void)argv;
  table[15 + argc] = 1; /* EXPECT(access) */
  return 0;
}
