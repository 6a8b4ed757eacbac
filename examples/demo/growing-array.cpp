// Each round takes a new array and forgets the last one: 400 KiB a round, 2000 KiB in 5 blocks at the end.
#include <cstdio>

int main()
{
    for (int round = 1; round <= 5; round++) {
        int *numbers = new int[102400];
        numbers[0] = round;
        std::printf("round %d: %d\n", round, numbers[0]);
    }
}
