#include <random>

#include "engine/ir/op.h"
#include "tests/locality/random_nest.h"

namespace loopglass::naive {

namespace {

using namespace ir;

class Filling {
 public:
  explicit Filling(uint32_t seed) : random_(seed) {}

  // for i, j: for k: X[row, column] = Y[row, column] + Z[row, column], once or twice, and now and then something else in between.
  RandomNest make() {
    RandomNest nest;
    nest.memory.line = chance(3) ? 64 : 16;
    const Level l1[] = {{4, 2}, {2, 4}, {1, 4}, {4, 1}, {2, 2}, {3, 2}}, l2[] = {{8, 2}, {16, 2}, {8, 8}, {5, 4}, {512, 4}, {1, 64}};
    nest.memory.levels.push_back(l1[pick(0, 5)]);
    if (!chance(6)) nest.memory.levels.push_back(l2[pick(0, 5)]);
    if (chance(4)) nest.memory.levels.push_back({32, 4});
    const int64_t j_extent = pick(3, 12), k_extent = pick(8, 24), i_extent = pick(20, 40);
    i_ = make_var("i"), j_ = make_var("j"), k_ = make_var("k");
    PrimFunc f;
    for (int b = 0; b < kBuffers; ++b) {
      buffers_[b] = make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = kFloat32, .shape = {make_int(i_extent + 30), make_int(k_extent + 12)}});
      f.params.push_back({make_var("handle", kHandle), buffers_[b]});
      const int64_t row = (k_extent + 12) * 4, lines = (row + nest.memory.line - 1) / nest.memory.line * nest.memory.line;
      nest.memory.row_pitch[buffers_[b]->name] = chance(2) ? lines + nest.memory.line * pick(0, 3) : row + 4 * pick(0, 3);
    }
    std::vector<Stmt> parts{inner(k_extent)};
    if (chance(3)) parts.push_back(inner(pick(2, k_extent)));
    if (chance(4)) parts.push_back(statement());
    Stmt body = loop(j_, j_extent, make_seq(std::move(parts)));
    if (chance(4)) body = make_seq({body, statement()});
    f.body = loop(i_, i_extent, body);
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    return nest;
  }

 private:
  static constexpr int kBuffers = 3;
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  Stmt loop(const Var& var, int64_t extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); }

  // A row of i, j or k (backwards too) and a column of j or k.
  std::vector<Expr> place(bool in_k) {
    const Expr rows[] = {i_, k_, k_, j_, make_binary(ExprKind::Sub, make_int(29), k_), make_int(2)};
    const Expr columns[] = {j_, k_, make_int(1), j_, make_int(5), j_};
    Expr row = rows[in_k ? pick(0, 5) : 0], column = columns[in_k ? pick(0, 5) : 0];
    return {add(std::move(row), make_int(pick(0, 1))), std::move(column)};
  }
  Expr load(bool in_k) { return make_load(buffers_[pick(0, kBuffers - 1)], place(in_k)); }
  Stmt store(bool in_k) {
    Expr value = make_binary(ExprKind::Add, load(in_k), load(in_k));
    return make_store(buffers_[pick(0, kBuffers - 1)], std::move(value), place(in_k));
  }
  Stmt inner(int64_t extent) {
    k_ = make_var("k");
    return loop(k_, extent, store(true));
  }
  Stmt statement() { return make_store(buffers_[pick(0, kBuffers - 1)], make_float(0), {i_, make_int(pick(0, 3))}); }

  std::mt19937 random_;
  Var i_, j_, k_;
  Buffer buffers_[kBuffers];
};

}  // namespace

RandomNest make_filling_nest(uint32_t seed) { return Filling(seed).make(); }

}  // namespace loopglass::naive
