// Loses an object of RATE bytes (and its vector) a hundred times a second, until its standard input ends. Usage: growth-new RATE
#include <cstdio>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <vector>

namespace {

struct Order {
    std::string name;
    std::vector<char> lines;
};

void take(long number, std::size_t size)
{
    auto *order = new Order{"order " + std::to_string(number), std::vector<char>(size, 'x')};
    asm volatile("" : : "r"(order) : "memory");
}

} // namespace

int main(int argc, char **argv)
{
    prctl(PR_SET_PDEATHSIG, 9);
    if (argc < 2) return 2;
    const auto size = static_cast<std::size_t>(std::atol(argv[1]));
    pollfd input{};
    input.events = POLLIN;
    for (long done = 0; poll(&input, 1, 10) == 0; ++done) {
        take(done, size);
        if (done % 100 == 0) {
            std::printf("did %ld\n", done);
            std::fflush(stdout);
        }
    }
    return 0;
}
