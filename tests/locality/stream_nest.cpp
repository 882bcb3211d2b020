#include <random>

#include "engine/ir/op.h"
#include "tests/locality/random_nest.h"

namespace loopglass::naive {

namespace {

using namespace ir;

class Streams {
 public:
  explicit Streams(uint32_t seed) : random_(seed) {}

  // for again, i: X[row(i), column] = Y[row(i), column] + Z[...]: down columns, forwards or backwards, some along rows, some in place.
  RandomNest make() {
    RandomNest nest;
    nest.memory.line = chance(2) ? 16 : 64;
    count_ = chance(2) ? pick(9, 20) : pick(20, 60);
    PrimFunc f;
    for (int b = 0; b < kBuffers; ++b) {
      const int64_t row = nest.memory.line / 4 * pick(1, 4) + (chance(4) ? pick(0, 3) : 0);
      columns_[b] = row;
      buffers_[b] = make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = kFloat32, .shape = {make_int(2 * count_ + 4), make_int(std::max(row, count_))}});
      f.params.push_back({make_var("handle", kHandle), buffers_[b]});
      nest.memory.row_pitch[buffers_[b]->name] = std::max(row, count_) * 4 + (chance(2) ? nest.memory.line - std::max(row, count_) * 4 % nest.memory.line : 0);
    }
    std::vector<Stmt> parts;
    for (int64_t n = pick(1, 3); n > 0; --n) parts.push_back(loops());
    f.body = make_for(make_var("o"), make_int(0), make_int(pick(1, 3)), ForKind::Serial, make_seq(std::move(parts)));
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    const Level l1[] = {{2, 4}, {4, 2}, {1, 4}, {1, 8}, {3, 3}, {4, 4}, {2, 12}}, l2[] = {{8, 2}, {4, 4}, {6, 2}, {1, 16}, {64, 4}, {512, 4}};
    nest.memory.levels.push_back(l1[pick(0, 6)]);
    if (!chance(4)) nest.memory.levels.push_back(l2[pick(0, 5)]);
    return nest;
  }

 private:
  static constexpr int kBuffers = 3;
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  std::vector<Expr> place(int b, const Var& i, const Var& again) {
    const int64_t start = pick(0, 3);
    const Expr column = chance(4) ? Expr(again) : make_int(pick(0, columns_[b] - 1));
    switch (pick(0, 5)) {
      case 0: return {make_int(start), chance(2) ? Expr(i) : column};                                          // along a row, or in place
      case 1: return {make_binary(ExprKind::Sub, make_int(count_ + start), i), column};                        // upwards
      case 2: return {add(mul(i, make_int(2)), make_int(start)), column};
      default: return {add(i, make_int(start)), column};
    }
  }

  Stmt loops() {
    const Var i = make_var("i"), again = make_var("again");
    const auto buffer = [&] { return static_cast<int>(pick(0, kBuffers - 1)); };
    const auto load = [&](int b) { return make_load(buffers_[b], place(b, i, again)); };
    Expr value = load(buffer());
    if (chance(2)) value = make_binary(ExprKind::Add, value, load(buffer()));
    const int b = buffer();
    const std::vector<Expr> to = place(b, i, again);
    if (chance(2)) value = make_binary(ExprKind::Add, make_load(buffers_[b], to), value);
    const Stmt inner = make_for(i, make_int(0), make_int(count_), ForKind::Serial, make_store(buffers_[b], value, to));
    return make_for(again, make_int(0), make_int(pick(1, 4)), ForKind::Serial, inner);
  }

  std::mt19937 random_;
  int64_t count_ = 0, columns_[kBuffers] = {};
  Buffer buffers_[kBuffers];
};

}  // namespace

RandomNest make_stream_nest(uint32_t seed) { return Streams(seed).make(); }

}  // namespace loopglass::naive
