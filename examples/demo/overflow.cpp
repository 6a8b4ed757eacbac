// Writes one element past the end of a heap block: `<=` where `<` was meant.
#include <cstddef>
#include <cstdio>

static void fill(int *squares, std::size_t count)
{
    for (std::size_t i = 0; i <= count; i++)
        squares[i] = static_cast<int>(i * i);
}

int main()
{
    const std::size_t count = 10;
    int *squares = new int[count];
    fill(squares, count);
    std::printf("%d\n", squares[count - 1]);
    delete[] squares;
}
