#include "engine/lower/hoist_first.h"

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/lower/simplify_conditions.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// The statement that begins with a branch, cut in two behind it; both keep the attributes around. No branch: it begins with something else.
struct Beginning {
  Stmt branch, rest;
};

Beginning cut_behind_branch(const Stmt& s) {
  if (const AttrStmt* attr = as<AttrStmt>(s)) {
    auto [branch, rest] = cut_behind_branch(attr->body);
    const auto inside = [&](Stmt body) {
      AttrStmt copy = *attr;
      copy.body = std::move(body);
      return make_stmt(std::move(copy));
    };
    if (!branch) return {};
    return {inside(std::move(branch)), rest ? inside(std::move(rest)) : nullptr};
  }
  if (const Seq* seq = as<Seq>(s)) {
    auto [branch, rest] = cut_behind_branch(seq->stmts.front());
    if (!branch) return {};
    std::vector<Stmt> stmts{std::move(rest)};
    stmts.insert(stmts.end(), seq->stmts.begin() + 1, seq->stmts.end());
    return {std::move(branch), make_seq(std::move(stmts))};
  }
  const IfThenElse* branch = as<IfThenElse>(s);
  return branch && !branch->else_case ? Beginning{s, nullptr} : Beginning{};
}

Expr condition_of(const Stmt& branch) {
  const AttrStmt* attr = as<AttrStmt>(branch);
  return attr ? condition_of(attr->body) : get<IfThenElse>(branch).condition;
}

// A variable's value in its place, sums of constants worked out.
class Replace : public Rewriter {
 public:
  Replace(const Var& var, const Expr& value) : var_(var), value_(value) {}
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e == var_ ? value_ : Rewriter::rewrite(e); }
  Expr rebuild_binary(ExprKind kind, Expr a, Expr b) override { return fold_binary(kind, std::move(a), std::move(b)); }

 private:
  const Var& var_;
  const Expr& value_;
};

class HoistFirst : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    const For* loop = as<For>(s);
    if (!loop) return Rewriter::rewrite(s);
    ranges_.bind_loop(*loop);
    For copy = *loop;
    copy.body = rewrite(loop->body);
    return hoisted(std::move(copy));
  }

 private:
  Stmt hoisted(For loop) const {
    const std::optional<int64_t> min = as_int(loop.min), extent = as_int(loop.extent);
    const bool runs_in_order = loop.for_kind == ForKind::Serial || loop.for_kind == ForKind::Unrolled;
    if (!runs_in_order || !min || extent.value_or(0) < 1 || (loop.step && !is_one(loop.step))) return make_stmt(std::move(loop));
    auto [branch, rest] = cut_behind_branch(loop.body);
    if (!branch) return make_stmt(std::move(loop));
    Ranges later = ranges_;
    later.bind(loop.loop_var.get(), {*min + 1, *min + *extent - 1});
    if (*extent > 1 && later.truth(condition_of(branch)) != false) return make_stmt(std::move(loop));
    const Stmt first = simplify_conditions(Replace(loop.loop_var, loop.min).rewrite(branch), ranges_);
    loop.body = std::move(rest);
    return make_seq({first, loop.body ? make_stmt(std::move(loop)) : nullptr});
  }

  Ranges ranges_;
};

}  // namespace

Stmt hoist_first(const Stmt& body) { return HoistFirst().rewrite(body); }

}  // namespace loopglass::lower
