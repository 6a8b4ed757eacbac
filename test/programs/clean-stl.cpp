#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};

struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  double side;
};

static std::map<std::string, std::vector<std::string>> registry;
static thread_local std::string last;

int main() {
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < 50; i++) shapes.push_back(std::make_unique<Square>(i));
  auto shared = std::make_shared<std::string>(200, 'x');
  std::weak_ptr<std::string> weak = shared;
  for (int i = 0; i < 500; i++) registry["key " + std::to_string(i % 20)].push_back(std::string(i, 'v'));
  try {
    throw std::runtime_error("expected and longer than any small buffer");
  } catch (const std::exception &error) {
    last = error.what();
  }
  std::ostringstream out;
  double total = 0;
  for (const auto &shape : shapes) total += shape->area();
  out << total << ' ' << last << ' ' << weak.lock()->size();
  std::cout << out.str() << std::endl;
}
