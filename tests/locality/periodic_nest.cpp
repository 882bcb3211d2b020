#include <random>

#include "engine/ir/op.h"
#include "tests/locality/random_nest.h"

namespace loopglass::naive {

namespace {

using namespace ir;

class Periodic {
 public:
  explicit Periodic(uint32_t seed) : random_(seed) {}

  RandomNest make() {
    RandomNest nest;
    nest.memory.line = chance(2) ? 16 : 64;
    const int64_t row = nest.memory.line / 4 * pick(1, 3);   // elements
    outer_ = pick(20, 44);
    PrimFunc f;
    for (int b = 0; b < kBuffers; ++b) {
      buffers_[b] = make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = kFloat32, .shape = {make_int(3 * outer_ + 12), make_int(row)}});
      f.params.push_back({make_var("handle", kHandle), buffers_[b]});
      if (chance(4)) nest.memory.row_pitch[buffers_[b]->name] = row * 4 + pick(1, 3) * (chance(2) ? nest.memory.line : 4);
    }
    row_ = row;
    std::vector<Stmt> parts;
    if (chance(2)) parts.push_back(loop(pick(3, 12)));
    parts.push_back(chance(3) ? nested() : loop(outer_));
    if (chance(2)) parts.push_back(loop(pick(3, 12)));
    f.body = make_seq(std::move(parts));
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    const Level l1[] = {{2, 8}, {4, 2}, {2, 2}, {8, 1}, {3, 2}, {1, 6}}, l2[] = {{8, 2}, {4, 4}, {6, 2}, {512, 4}, {1024, 2}};
    nest.memory.levels.push_back(l1[pick(0, 5)]);
    if (!chance(3)) nest.memory.levels.push_back(l2[pick(0, 4)]);
    if (chance(4)) nest.memory.levels.push_back({2048, 4});
    return nest;
  }

 private:
  static constexpr int kBuffers = 3;
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  // The loop again and again, which makes a fold of it; now and then from another row on.
  Stmt nested() {
    const Var o = make_var("o");
    row_offset_ = chance(2) ? Expr(o) : make_int(0);
    Stmt inner = loop(outer_);
    row_offset_ = make_int(0);
    return make_for(o, make_int(0), make_int(pick(3, 6)), ForKind::Serial, std::move(inner));
  }

  Stmt loop(int64_t count) {
    const Var i = make_var("i");
    for (int b = 0; b < kBuffers; ++b) {   // each buffer moves by 0 to 2 rows, forwards or backwards
      const int64_t step = pick(0, 2);
      start_[b] = mul(i, make_int(step));
      if (step == 0 && chance(2)) start_[b] = row_offset_;
      if (chance(4)) start_[b] = make_binary(ExprKind::Sub, make_int(step * (count - 1)), mul(i, make_int(step)));
    }
    std::vector<Stmt> parts;
    for (int64_t n = pick(1, 3); n > 0; --n) parts.push_back(product());
    return make_for(i, make_int(0), make_int(count), ForKind::Serial, make_seq(std::move(parts)));
  }

  Expr at(int b, const Expr& row, const Expr& column, bool is_load, Expr value = nullptr, Stmt* store = nullptr) {
    std::vector<Expr> indices{add(start_[b], row), column};
    if (is_load) return make_load(buffers_[b], indices);
    *store = make_store(buffers_[b], std::move(value), indices);
    return nullptr;
  }

  // for r, c: X[start + r, c] = Y[start, c] * Z[start + c' , c]
  Stmt product() {
    const Var r = make_var("r"), c = make_var("c"), again = make_var("again");
    const int x = static_cast<int>(pick(0, 2)), y = static_cast<int>(pick(0, 2)), z = static_cast<int>(pick(0, 2));
    const Expr value = make_binary(ExprKind::Mul, at(y, make_int(pick(0, 2)), c, true), at(z, chance(2) ? Expr(r) : make_int(0), c, true));
    Stmt store;
    at(x, chance(2) ? Expr(r) : make_int(1), c, false, value, &store);
    Stmt s = make_for(c, make_int(0), make_int(row_), ForKind::Serial, store);
    s = make_for(r, make_int(0), make_int(pick(2, 6)), ForKind::Serial, s);
    return make_for(again, make_int(0), make_int(pick(2, 4)), ForKind::Serial, s);
  }

  std::mt19937 random_;
  int64_t outer_ = 0, row_ = 0;
  Buffer buffers_[kBuffers];
  Expr start_[kBuffers];
  Expr row_offset_ = make_int(0);
};

}  // namespace

RandomNest make_periodic_nest(uint32_t seed) { return Periodic(seed).make(); }

}  // namespace loopglass::naive
