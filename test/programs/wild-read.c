int main(void) {
  int *volatile wild = (int *)0x7000deadbeefUL;
  return *wild == 1; /* EXPECT(access) */
}
