#include "tests/locality/random_nest.h"

#include <random>

#include "engine/ir/op.h"

namespace loopglass::naive {

namespace {

using namespace ir;

constexpr int kBuffers = 3;

struct Index {
  Expr e;
  int64_t high;   // from 0
};

class Maker {
 public:
  Maker(uint32_t seed, int64_t accesses, bool with_vectors) : random_(seed), left_(accesses), with_vectors_(with_vectors) {}

  RandomNest make() {
    for (int b = 0; b < kBuffers; ++b) rank_[b] = pick(1, 3) == 1 ? 1 : 2;
    // Twice with the same choices: the second time the shapes are known.
    const std::mt19937 start = random_;
    const int64_t left = left_;
    for (int b = 0; b < kBuffers; ++b) buffers_[b] = make(b, {1 << 20, 1 << 20});
    body(0, left);
    random_ = start;
    for (int b = 0; b < kBuffers; ++b) buffers_[b] = make(b, {high_[b][0] + 1, high_[b][1] + 1});
    RandomNest nest;
    PrimFunc f;
    for (int b = 0; b < kBuffers - 1; ++b) f.params.push_back({make_var("handle", kHandle), buffers_[b]});
    AllocBuffer alloc;
    alloc.buffer = buffers_[kBuffers - 1];
    alloc.body = body(0, left);
    f.body = make_stmt(std::move(alloc));
    nest.function = std::make_shared<const PrimFunc>(std::move(f));
    nest.memory = memory();
    return nest;
  }

 private:
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  Buffer make(int b, std::vector<int64_t> shape) {
    const DataType types[] = {kFloat32, kFloat32, kFloat64};
    std::vector<Expr> extents;
    for (size_t d = 2 - static_cast<size_t>(rank_[b]); d < 2; ++d) extents.push_back(make_int(shape[d]));
    return make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = types[b], .shape = extents});
  }

  Memory memory() {
    Memory m;
    const int64_t lines[] = {16, 64, 32, 24};
    m.line = lines[pick(0, 3)];
    const Level tiny[] = {{4, 2}, {3, 2}, {1, 4}, {8, 1}, {5, 3}, {16, 2}, {2, 8}, {1, 16}};
    const auto levels = static_cast<size_t>(pick(1, 3));
    for (size_t l = 0; l < levels; ++l) m.levels.push_back(tiny[pick(0, 7)]);
    if (levels > 1 && chance(2)) m.levels.back().is_shared = true;
    if (chance(3)) m.threads = static_cast<int>(pick(2, 4));
    for (int b = 0; b < kBuffers; ++b) {
      const int64_t bytes = buffers_[b]->dtype.bytes();
      if (rank_[b] == 2 && chance(2)) m.row_pitch[buffers_[b]->name] = (*as_int(buffers_[b]->shape[1]) + pick(0, 20)) * bytes;
    }
    return m;
  }

  Index index() {
    if (scope_.empty()) return {make_int(0), 0};
    const auto one = [&] { return scope_[static_cast<size_t>(pick(0, static_cast<int64_t>(scope_.size()) - 1))]; };
    const Index v = one();
    const int64_t c = pick(1, 5);
    switch (pick(0, 7)) {
      case 0: return {add(mul(v.e, make_int(c)), make_int(pick(0, 3))), v.high * c + 3};
      case 1: return {make_binary(ExprKind::Sub, make_int(v.high), v.e), v.high};
      case 2: {
        const Index w = one();
        return {add(mul(v.e, make_int(c)), w.e), v.high * c + w.high};
      }
      case 3: return {make_binary(ExprKind::FloorDiv, v.e, make_int(c)), v.high / c};
      default: return v;
    }
  }

  std::vector<Expr> place(int b, int lanes) {
    std::vector<Expr> indices;
    for (int d = 2 - rank_[b]; d < 2; ++d) {
      Index i = index();
      if (d == 1 && lanes > 1) {
        const int64_t stride = pick(1, 3);
        i = {std::make_shared<Ramp>(i.e, make_int(stride), lanes), i.high + stride * (lanes - 1)};
      }
      high_[b][d] = std::max(high_[b][d], i.high);
      indices.push_back(i.e);
    }
    return indices;
  }

  Expr load(int lanes) {
    const int b = static_cast<int>(pick(0, kBuffers - 1));
    const Expr loaded = make_load(buffers_[b], place(b, lanes));
    return buffers_[b]->dtype == kFloat32 ? loaded : std::make_shared<Cast>(DataType{TypeCode::Float, 32, static_cast<uint16_t>(lanes)}, loaded);
  }

  Stmt store() {
    const int lanes = with_vectors_ && chance(2) ? 4 : 1;
    const int b = static_cast<int>(pick(0, 1));
    Expr value = load(lanes);
    for (int64_t more = pick(0, 2); more > 0; --more) value = make_binary(ExprKind::Add, value, load(lanes));
    return make_store(buffers_[b], value, place(b, lanes));
  }

  Stmt body(int depth, int64_t left) {
    std::vector<Stmt> parts;
    for (int64_t n = depth == 0 ? pick(1, 3) : chance(4) ? 2 : 1; n > 0; --n) {
      const int64_t here = left / n;
      if (depth < 4 && here > 8 && !chance(5)) parts.push_back(loop(depth, here));
      else if (!scope_.empty() && chance(4)) parts.push_back(guarded());
      else parts.push_back(store());
    }
    return make_seq(std::move(parts));
  }

  Stmt guarded() {
    IfThenElse s;
    const Index i = index();
    s.condition = make_binary(ExprKind::LT, i.e, make_int(pick(0, i.high + 1)));
    s.then_case = store();
    return make_stmt(std::move(s));
  }

  Stmt loop(int depth, int64_t left) {
    const int64_t extent = std::min(chance(6) ? pick(1, 2) : pick(3, 40), std::max<int64_t>(left / 4, 1));
    const Var var = make_var("l" + std::to_string(depth));
    const bool parallel = chance(5);
    scope_.push_back({var, extent - 1});
    Stmt inner = body(depth + 1, left / extent);
    scope_.pop_back();
    return make_for(var, make_int(0), make_int(extent), parallel ? ForKind::Parallel : ForKind::Serial, std::move(inner));
  }

  std::mt19937 random_;
  int64_t left_;
  bool with_vectors_;
  int rank_[kBuffers] = {};
  int64_t high_[kBuffers][2] = {};
  Buffer buffers_[kBuffers];
  std::vector<Index> scope_;
};

}  // namespace

RandomNest make_random_nest(uint32_t seed, int64_t accesses, bool with_vectors) { return Maker(seed, accesses, with_vectors).make(); }

}  // namespace loopglass::naive
