#include <random>

#include "engine/ir/op.h"
#include "tests/locality/random_nest.h"

namespace loopglass::naive {

namespace {

using namespace ir;

class Sliding {
 public:
  explicit Sliding(uint32_t seed) : random_(seed) {}

  // for k: for r, c: X[...] = Y[...] * Z[...], once or twice.
  RandomNest make() {
    RandomNest nest;
    count_ = pick(12, 40);
    const int64_t columns = (count_ + 31) / 16 * 16;   // whole lines, with room for k and for c
    PrimFunc f;
    for (int b = 0; b < kBuffers; ++b) {
      buffers_[b] = make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = kFloat32, .shape = {make_int(count_ + 12), make_int(columns)}});
      f.params.push_back({make_var("handle", kHandle), buffers_[b]});
      ways_[b] = static_cast<int>(pick(0, b == 0 ? 1 : 4));
    }
    std::vector<Stmt> parts;
    for (int64_t n = pick(1, 2); n > 0; --n) parts.push_back(product(pick(1, 10) == 1));
    f.body = make_for(k_, make_int(0), make_int(count_), ForKind::Serial, make_seq(std::move(parts)));
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    nest.memory.levels = {{4, 2}, {64, 4}};
    return nest;
  }

 private:
  static constexpr int kBuffers = 3;
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }

  // Most references to a buffer move alike: along rows within a line, or the other way, or down by a row; or not at all.
  std::vector<Expr> place(int b, const Var& r, const Var& c, bool is_odd) {
    const Expr row = pick(1, 4) == 1 ? make_int(pick(0, 11)) : Expr(r);
    switch (is_odd ? static_cast<int>(pick(0, 4)) : ways_[b]) {
      case 0: return {row, k_};
      case 1: return {row, make_binary(ExprKind::Sub, make_int(count_ + 7), k_)};
      case 2: return {add(row, k_), c};
      default: return {row, c};
    }
  }

  Stmt product(bool is_odd) {
    const Var r = make_var("r"), c = make_var("c");
    const int x = static_cast<int>(pick(0, 2)), y = static_cast<int>(pick(0, 2)), z = 0;
    const Expr value = make_binary(ExprKind::Mul, make_load(buffers_[y], place(y, r, c, is_odd)), make_load(buffers_[z], place(z, r, c, false)));
    const Stmt store = make_store(buffers_[x], value, place(x, r, c, is_odd));
    return make_for(r, make_int(0), make_int(pick(6, 12)), ForKind::Serial, make_for(c, make_int(0), make_int(16), ForKind::Serial, store));
  }

  std::mt19937 random_;
  int64_t count_ = 0;
  int ways_[kBuffers] = {};
  const Var k_ = make_var("k");
  Buffer buffers_[kBuffers];
};

}  // namespace

RandomNest make_sliding_nest(uint32_t seed) { return Sliding(seed).make(); }

}  // namespace loopglass::naive
