int main() {
  int *numbers = new int[8]; // EXPECT(allocation)
  numbers[0] = 1;
  delete numbers; // EXPECT(free)
}
