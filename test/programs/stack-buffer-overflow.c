static int sum(const int *numbers, int count) {
  int total = 0;
  for (int i = 0; i <= count; i++) {
    total += numbers[i]; /* EXPECT(access) */
  }
  return total;
}

int main(void) {
  int numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  return sum(numbers, 8) == 0;
}
