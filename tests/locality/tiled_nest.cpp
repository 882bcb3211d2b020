#include <random>

#include "engine/ir/op.h"
#include "tests/locality/random_nest.h"

namespace loopglass::naive {

namespace {

using namespace ir;

class Tiled {
 public:
  explicit Tiled(uint32_t seed) : random_(seed) {}

  // for o, p: for i, j, k in some order: X[row, column] = Y[row, column] + Z[row, column], now and then with something before and behind.
  RandomNest make() {
    RandomNest nest;
    nest.memory.line = chance(3) ? 64 : 16;
    const Level l1[] = {{4, 2}, {2, 4}, {4, 1}, {2, 2}, {3, 2}, {4, 8}}, l2[] = {{8, 2}, {16, 2}, {8, 8}, {5, 4}, {512, 4}, {1, 16}};
    is_column_ = chance(4);
    nest.memory.levels.push_back(l1[is_column_ ? 1 : pick(0, 5)]);
    if (!chance(6)) nest.memory.levels.push_back(l2[pick(0, 5)]);
    if (chance(4)) nest.memory.levels.push_back({32, 4});
    const int64_t outer = pick(1, 3), tile = pick(2, 8);
    const int64_t extents[] = {outer, outer, pick(14, 30), pick(2, 20), is_column_ || chance(2) ? pick(10, 24) : pick(3, 8)};
    for (int n = 0; n < kLoops; ++n) vars_[n] = make_var(std::string(1, "opijk"[n]));
    const int64_t columns = outer * tile + 32, sets = nest.memory.levels[0].sets;
    PrimFunc f;
    for (int b = 0; b < kBuffers; ++b) {
      buffers_[b] = make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = kFloat32, .shape = {make_int(outer * tile + 62), make_int(columns)}});
      f.params.push_back({make_var("handle", kHandle), buffers_[b]});
      // Rows that come to the same set, to the next one, to the next but one, or to another place in their line.
      const int64_t turn = nest.memory.line * sets, row = (columns * 4 + turn - 1) / turn * turn;
      nest.memory.row_pitch[buffers_[b]->name] = row + (chance(2) ? 0 : chance(6) ? 4 * pick(1, 7) : nest.memory.line * pick(1, 2));
    }
    tile_ = tile;
    std::vector<int> order{2, 3, 4};
    if (!is_column_ && chance(2)) std::shuffle(order.begin(), order.end(), random_);
    if (!is_column_ && chance(6)) unused_ = order[1], order.erase(order.begin() + 1);
    Stmt body = statement();
    for (size_t n = order.size(); n-- > 0;) {
      body = make_for(vars_[order[n]], make_int(0), make_int(extents[order[n]]), ForKind::Serial, body);
      if (n == 1 && chance(4)) body = make_seq({body, touch(order[0])});
    }
    if (chance(3)) body = make_seq({body, touch(1)});
    for (int n = 1; n >= 0; --n) body = make_for(vars_[n], make_int(0), make_int(extents[n]), ForKind::Serial, body);
    f.body = body;
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    return nest;
  }

 private:
  static constexpr int kBuffers = 3, kLoops = 5;
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  // A tile's place plus one of the loops inside.
  Expr index() {
    const int64_t outer = pick(0, 3), inner = pick(2, 4);
    Expr place = inner == unused_ ? make_int(pick(0, 3)) : Expr(vars_[inner]);
    if (chance(8)) place = make_binary(ExprKind::Sub, make_int(29), place);
    return outer > 1 ? place : add(mul(vars_[outer], make_int(tile_)), place);
  }
  std::vector<Expr> place() { return {index(), index()}; }
  Stmt statement() {
    if (is_column_) {   // whose inner loop goes down a column
      const Expr down = make_load(buffers_[1], {add(mul(vars_[0], make_int(tile_)), vars_[4]), vars_[3]});
      return make_store(buffers_[2], make_binary(ExprKind::Add, make_load(buffers_[0], {vars_[2], make_int(1)}), down), {vars_[2], vars_[3]});
    }
    Expr value = make_binary(ExprKind::Add, make_load(buffers_[pick(0, 2)], place()), make_load(buffers_[pick(0, 2)], place()));
    return make_store(buffers_[pick(0, 2)], std::move(value), place());
  }
  // A row that the loops inside may come to later.
  Stmt touch(int loop) { return make_store(buffers_[pick(0, 2)], make_float(0), {add(vars_[loop], make_int(pick(0, 9))), make_int(pick(0, 3))}); }

  std::mt19937 random_;
  bool is_column_ = false;
  int64_t tile_ = 1;
  int64_t unused_ = -1;   // a loop that is not there
  Var vars_[kLoops];
  Buffer buffers_[kBuffers];
};

}  // namespace

RandomNest make_tiled_nest(uint32_t seed) { return Tiled(seed).make(); }

}  // namespace loopglass::naive
