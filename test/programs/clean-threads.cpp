#include <atomic>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

int main() {
  std::mutex mutex;
  std::vector<std::string> results;
  std::atomic<int> count{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 100; k++) {
        std::string text(100 + i, 'x');
        count++;
        std::lock_guard<std::mutex> lock(mutex);
        results.push_back(std::move(text));
      }
    });
  }
  for (auto &thread : threads) thread.join();
  auto future = std::async(std::launch::async, [] { return std::string(500, 'y'); });
  return count == 400 && results.size() == 400 && future.get().size() == 500 ? 0 : 1;
}
