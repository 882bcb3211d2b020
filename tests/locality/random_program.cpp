#include "tests/locality/random_program.h"

#include <functional>

#include "engine/ir/op.h"

namespace loopglass::naive {

namespace {

using namespace ir;

constexpr int kBuffers = 4;
constexpr int kGatherSize = 13;

// An integer expression and the largest value that it takes; the smallest is 0 or more.
struct Bounded {
  Expr e;
  int64_t high;
};

// What is built once all buffers' shapes are known.
using Buffers = std::vector<Buffer>;
using LaterStmt = std::function<Stmt(const Buffers&)>;
using LaterExpr = std::function<Expr(const Buffers&)>;

class Generator {
 public:
  Generator(uint32_t seed, bool with_gathers) : random_(seed), with_gathers_(with_gathers) {
    for (int b = 0; b < kBuffers; ++b) {
      rank_.push_back(pick(1, 3));
      largest_.emplace_back(static_cast<size_t>(rank_.back()), pick(0, 2));
    }
  }

  RandomProgram generate() {
    budget_ = 1;
    const LaterStmt body = statements(0);
    Buffers buffers;
    const DataType types[] = {kFloat32, kFloat64, {TypeCode::Int, 8}, kFloat32};
    for (int b = 0; b < kBuffers; ++b) {
      std::vector<Expr> shape;
      for (int64_t high : largest_[static_cast<size_t>(b)]) shape.push_back(make_int(high + 1));
      buffers.push_back(make_buffer({.name = std::string(1, static_cast<char>('A' + b)), .dtype = types[b], .shape = shape,
                                     .scope = b == 3 && chance(5) ? "local" : "global"}));
    }
    buffers.push_back(make_buffer({.name = "P", .dtype = kInt32, .shape = {make_int(kGatherSize)}}));
    PrimFunc f;
    for (int b : {0, 1, 2, 4}) f.params.push_back({make_var("handle", kHandle), buffers[static_cast<size_t>(b)]});
    AllocBuffer alloc;
    alloc.buffer = buffers[3];
    alloc.body = body(buffers);
    if (!alloc.body) alloc.body = make_store(buffers[0], make_float(0), std::vector<Expr>(buffers[0]->shape.size(), make_int(0)));
    f.body = make_stmt(std::move(alloc));
    program_.function = std::make_shared<const PrimFunc>(std::move(f));
    return program_;
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int one_in) { return pick(1, one_in) == 1; }

  Bounded variable() {
    if (scope_.empty()) {
      const int64_t c = pick(0, 2);
      return {make_int(c), c};
    }
    return scope_[static_cast<size_t>(pick(0, static_cast<int>(scope_.size()) - 1))];
  }

  Bounded index() {
    const Bounded v = variable();
    const int c = pick(1, 4);
    switch (pick(0, 9)) {
      case 0: return {add(v.e, make_int(c)), v.high + c};
      case 1: return {make_binary(ExprKind::FloorDiv, v.e, make_int(c)), v.high / c};
      case 2: return {make_binary(ExprKind::FloorMod, v.e, make_int(c + 1)), std::min<int64_t>(v.high, c)};
      case 3: {
        const Bounded w = variable();
        return {make_binary(ExprKind::Add, mul(v.e, make_int(c)), w.e), v.high * c + w.high};
      }
      case 4: return {make_binary(ExprKind::Sub, make_int(v.high), v.e), v.high};
      case 5: {
        const Bounded w = variable();
        return {make_binary(chance(2) ? ExprKind::Min : ExprKind::Max, v.e, w.e), std::max(v.high, w.high)};
      }
      case 6: {
        const Bounded w = variable();
        const Expr sum = make_binary(ExprKind::Add, mul(v.e, make_int(3)), w.e);
        return {make_binary(ExprKind::FloorDiv, sum, make_int(c)), (3 * v.high + w.high) / c};
      }
      case 7: {
        const Bounded w = variable();
        return {if_then_else(condition(), v.e, w.e), std::max(v.high, w.high)};
      }
      default: return v;
    }
  }

  Expr condition() {
    const Bounded a = variable(), b = variable();
    const Expr left = chance(2) ? make_binary(ExprKind::Add, mul(a.e, make_int(pick(1, 3))), b.e) : a.e;
    const ExprKind kinds[] = {ExprKind::LT, ExprKind::LE, ExprKind::GT, ExprKind::EQ, ExprKind::NE};
    const Expr one = make_binary(kinds[pick(0, 4)], left, make_int(pick(0, 6)));
    if (!chance(4)) return one;
    return make_binary(chance(2) ? ExprKind::And : ExprKind::Or, one, make_binary(ExprKind::LT, b.e, make_int(pick(1, 4))));
  }

  LaterExpr value(int depth) {
    const int kind = pick(0, depth > 2 ? 1 : 4);
    if (kind == 0) return [](const Buffers&) { return make_float(1); };
    if (kind <= 2) return load();
    LaterExpr a = value(depth + 1), b = value(depth + 1);
    if (kind == 3) return [=](const Buffers& buffers) { return make_binary(ExprKind::Mul, a(buffers), b(buffers)); };
    const Expr c = condition();
    const bool lazy = chance(2);
    return [=](const Buffers& buffers) -> Expr {
      const Expr x = a(buffers), y = b(buffers);
      if (lazy) return make_call(kFloat32, "if_then_else", {c, x, y});
      return std::make_shared<Select>(c, x, y);
    };
  }

  struct Place {
    int buffer;
    std::vector<LaterExpr> indices;
  };
  Place place() {
    Place p{pick(0, kBuffers - 1), {}};
    const auto b = static_cast<size_t>(p.buffer);
    for (int d = 0; d < rank_[b]; ++d) {
      if (with_gathers_ && chance(8)) {
        const Bounded inner = variable();
        program_.gathers = true;
        largest_[b][static_cast<size_t>(d)] = std::max<int64_t>(largest_[b][static_cast<size_t>(d)], kGatherSize);
        const Expr at = make_binary(ExprKind::FloorMod, inner.e, make_int(kGatherSize));
        p.indices.push_back([at](const Buffers& buffers) { return make_load(buffers[4], {at}); });
        continue;
      }
      const Bounded i = index();
      largest_[b][static_cast<size_t>(d)] = std::max(largest_[b][static_cast<size_t>(d)], i.high);
      p.indices.push_back([e = i.e](const Buffers&) { return e; });
    }
    return p;
  }
  static std::vector<Expr> now(const Place& p, const Buffers& buffers) {
    std::vector<Expr> indices;
    for (const LaterExpr& later : p.indices) indices.push_back(later(buffers));
    return indices;
  }

  LaterExpr load() {
    const Place p = place();
    return [p](const Buffers& buffers) -> Expr {
      const Expr loaded = make_load(buffers[static_cast<size_t>(p.buffer)], now(p, buffers));
      return loaded->dtype == kFloat32 ? loaded : std::make_shared<Cast>(kFloat32, loaded);
    };
  }

  LaterStmt store() {
    const Place p = place();
    const LaterExpr v = value(0);
    return [=](const Buffers& buffers) -> Stmt {
      const Buffer& b = buffers[static_cast<size_t>(p.buffer)];
      std::vector<Expr> indices = now(p, buffers);
      Expr x = v(buffers);
      if (b->dtype != kFloat32) x = std::make_shared<Cast>(b->dtype, x);
      return make_store(b, x, indices);
    };
  }

  LaterStmt block() {
    const size_t outer = scope_.size();
    auto realize = std::make_shared<BlockRealize>();
    realize->block.id = make_block_id();
    realize->block.name = "block";
    const int axes = pick(1, 3);
    std::vector<Bounded> bound;
    for (int a = 0; a < axes; ++a) {
      const Bounded value = chance(2) ? variable() : index();
      const Var var = make_var("v" + std::to_string(a));
      realize->iter_values.push_back(value.e);
      realize->block.iter_vars.push_back({var, make_int(0), make_int(value.high + 1), chance(3) ? IterType::Reduction : IterType::Spatial});
      bound.push_back({var, value.high});
    }
    realize->predicate = chance(3) ? condition() : make_bool(true);
    scope_.insert(scope_.end(), bound.begin(), bound.end());
    const LaterStmt init = chance(2) ? store() : LaterStmt{};
    const LaterStmt body = store();
    scope_.resize(outer);
    return [=](const Buffers& buffers) {
      BlockRealize made = *realize;
      made.block.init = init ? init(buffers) : nullptr;
      made.block.body = body(buffers);
      return make_stmt(std::move(made));
    };
  }

  LaterStmt loop(int depth) {
    const int extent = pick(1, 7);
    const Var var = make_var("l" + std::to_string(program_.loops.size()));
    program_.loops.push_back(var.get());
    // Now and then: a triangle, a start that is not 0, a step.
    Expr end = make_int(extent);
    int64_t high = extent - 1;
    const int64_t min = chance(4) ? pick(1, 3) : 0;
    if (!scope_.empty() && chance(6)) {
      const Bounded v = variable();
      end = add(v.e, make_int(1));
      high = v.high;
    }
    const int step = chance(8) ? 2 : 1;
    scope_.push_back({var, high + min});
    const LaterStmt body = statements(depth + 1);
    scope_.pop_back();
    return [=](const Buffers& buffers) -> Stmt {
      For made;
      made.loop_var = var;
      made.min = make_int(min);
      made.extent = end;
      made.step = step == 1 ? nullptr : make_int(step);
      made.body = body(buffers);
      return make_stmt(std::move(made));
    };
  }

  LaterStmt statements(int depth) {
    std::vector<LaterStmt> parts;
    const int count = depth == 0 ? pick(1, 3) : pick(1, 2);
    for (int i = 0; i < count; ++i) {
      const int kind = pick(0, 9);
      if (depth < 4 && kind < 7 - depth) parts.push_back(loop(depth));
      else if (kind < 8) parts.push_back(chance(2) ? block() : store());
      else {
        const Expr c = condition();
        const LaterStmt then = store(), other = store();
        parts.push_back([=](const Buffers& buffers) -> Stmt {
          IfThenElse made;
          made.condition = c;
          made.then_case = then(buffers);
          made.else_case = other(buffers);
          return make_stmt(std::move(made));
        });
      }
    }
    return [=](const Buffers& buffers) {
      std::vector<Stmt> stmts;
      for (const LaterStmt& part : parts) stmts.push_back(part(buffers));
      return make_seq(std::move(stmts));
    };
  }

  std::mt19937 random_;
  bool with_gathers_;
  int budget_ = 0;
  std::vector<int> rank_;
  std::vector<std::vector<int64_t>> largest_;
  std::vector<Bounded> scope_;
  RandomProgram program_;
};

}  // namespace

RandomProgram make_random_program(uint32_t seed, bool with_gathers) { return Generator(seed, with_gathers).generate(); }

}  // namespace loopglass::naive
