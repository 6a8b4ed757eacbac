int main(void) {
  int *volatile pointer;
  {
    int inner[4] = {1, 2, 3, 4};
    pointer = inner;
  }
  return pointer[1] == 4; /* EXPECT(access) */
}
