#include "engine/schedule/description_match.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Stmt;
using ir::StmtKind;

const char* words(StmtKind kind) {
  switch (kind) {
    case StmtKind::For: return "a loop";
    case StmtKind::BlockRealize: return "a block";
    case StmtKind::Seq: return "several statements";
    case StmtKind::BufferStore: return "a store";
    case StmtKind::IfThenElse: return "a condition";
    default: return "another statement";
  }
}

std::string text(const Expr& e) { return script::print_expr(e); }
std::string text(const ir::BufferRegion& r) { return script::print_region(r); }
std::string text(const std::vector<ir::BufferRegion>& regions) {
  std::string list;
  for (const ir::BufferRegion& r : regions) list += (list.empty() ? "" : ", ") + text(r);
  return "[" + list + "]";
}
std::string access_text(const ir::Buffer& buffer, const std::vector<Expr>& indices) {
  return text(ir::make_load(buffer, indices));
}

class Matcher {
 public:
  DescriptionMatch match;
  Mismatch mismatch;

  bool compare(const Stmt& a, const Stmt& b) {
    if (a->kind != b->kind) return differ("the statements", words(a->kind), words(b->kind));
    switch (a->kind) {
      case StmtKind::For: return compare(ir::get<ir::For>(a), ir::get<ir::For>(b));
      case StmtKind::BlockRealize: return compare(ir::get<ir::BlockRealize>(a), ir::get<ir::BlockRealize>(b));
      case StmtKind::Seq: return compare(ir::get<ir::Seq>(a), ir::get<ir::Seq>(b));
      case StmtKind::BufferStore: {
        const ir::BufferStore &x = ir::get<ir::BufferStore>(a), &y = ir::get<ir::BufferStore>(b);
        return compare_access(x.buffer, x.indices, y.buffer, y.indices) && compare(x.value, y.value);
      }
      default: return differ("the statements", words(a->kind), words(b->kind));
    }
  }

 private:
  bool differ(const char* what, std::string program, std::string description) {
    if (mismatch.what.empty()) mismatch = {what, std::move(program), std::move(description), where_};
    return false;
  }

  bool compare(const ir::For& a, const ir::For& b) {
    where_ = NodeRef{LoopRef{a.loop_var}};
    const auto head = [](const ir::For& f) { return fmt::format("{} in {}({})", f.loop_var->name, to_string(f.for_kind), text(f.extent)); };
    if (!stands_for(a.loop_var, b.loop_var) || a.thread_tag.empty() != b.thread_tag.empty() || a.for_kind != b.for_kind ||
        !same_annotations(a.annotations, b.annotations))
      return differ("the loops", head(a), head(b));
    return compare(a.min, b.min) && compare(a.extent, b.extent) && compare(a.body, b.body);
  }

  static bool same_annotations(const ir::AttrMap& a, const ir::AttrMap& b) {
    const auto with = [](const ir::AttrMap& annotations) {
      ir::For loop;
      loop.loop_var = ir::make_var("i");
      loop.min = loop.extent = ir::make_int(1);
      loop.annotations = annotations;
      loop.body = ir::make_stmt(ir::Evaluate{});
      return ir::make_stmt(std::move(loop));
    };
    return a.size() == b.size() && (a.empty() || ir::structural_equal(with(a), with(b)));
  }

  bool compare(const ir::Seq& a, const ir::Seq& b) {
    if (a.stmts.size() != b.stmts.size())
      return differ("the numbers of statements", std::to_string(a.stmts.size()), std::to_string(b.stmts.size()));
    return std::equal(a.stmts.begin(), a.stmts.end(), b.stmts.begin(), [&](const Stmt& x, const Stmt& y) { return compare(x, y); });
  }

  bool compare(const ir::BlockRealize& a, const ir::BlockRealize& b) {
    if (!is_scope_) {
      if (a.iter_values.size() != b.iter_values.size())
        return differ("the numbers of axes", std::to_string(a.iter_values.size()), std::to_string(b.iter_values.size()));
      for (size_t i = 0; i < a.iter_values.size(); ++i)
        if (!compare(a.iter_values[i], b.iter_values[i])) return false;
    }
    return compare(a.predicate, b.predicate) && compare(a.block, b.block);
  }

  bool compare(const ir::Block& a, const ir::Block& b) {
    where_ = NodeRef{BlockRef{a.id}};
    for (const ir::IterVar& iter : a.iter_vars) program_facts_.bind(iter.var, {iter.min, iter.extent});
    if (!is_scope_ && !compare_heads(a, b)) return false;
    if (!compare_regions(a.writes, b.writes, "the written regions") || !compare_regions(a.reads, b.reads, "the read regions")) return false;
    is_scope_ = false;
    return compare(a.body, b.body);
  }

  bool compare_heads(const ir::Block& a, const ir::Block& b) {
    if (a.init) match.dropped_inits.push_back(a.name);
    for (size_t i = 0; i < a.iter_vars.size(); ++i) {
      const ir::IterVar &x = a.iter_vars[i], &y = b.iter_vars[i];
      if (!stands_for(x.var, y.var) || x.type != y.type)
        return differ("the axes", fmt::format("T.axis.{} {}", to_string(x.type), x.var->name), fmt::format("T.axis.{} {}", to_string(y.type), y.var->name));
    }
    if (a.alloc_buffers.size() != b.alloc_buffers.size())
      return differ("the numbers of allocated buffers", std::to_string(a.alloc_buffers.size()), std::to_string(b.alloc_buffers.size()));
    return std::equal(a.alloc_buffers.begin(), a.alloc_buffers.end(), b.alloc_buffers.begin(),
                      [&](const ir::Buffer& x, const ir::Buffer& y) { return compare(x, y); });
  }

  // A variable of the program for one of the description, both being bound here.
  bool stands_for(const ir::Var& a, const ir::Var& b) {
    const auto [entry, is_new] = vars_.emplace(a.get(), b);
    if (is_new) facts_.bind(a, ir::cast(a->dtype, b));
    return entry->second == b;
  }

  bool compare(const ir::Buffer& a, const ir::Buffer& b) {
    const auto known = match.program_buffers.find(b.get());
    if (known != match.program_buffers.end() ? known->second == a : a->dtype == b->dtype && a->scope == b->scope && !is_taken(a)) {
      match.program_buffers.emplace(b.get(), a);
      return true;
    }
    const auto shown = [](const ir::Buffer& x) { return fmt::format("{} ({}, {})", x->name, ir::to_string(x->dtype), x->scope); };
    return differ("the buffers", shown(a), shown(b));
  }
  bool is_taken(const ir::Buffer& a) const {
    const auto& taken = match.program_buffers;
    return std::any_of(taken.begin(), taken.end(), [&](const auto& entry) { return entry.second == a; });
  }

  bool compare_regions(const std::vector<ir::BufferRegion>& a, const std::vector<ir::BufferRegion>& b, const char* what) {
    if (a.size() != b.size()) return differ(what, text(a), text(b));
    return std::equal(a.begin(), a.end(), b.begin(), [&](const ir::BufferRegion& x, const ir::BufferRegion& y) { return compare(x, y); });
  }

  // The description's buffer may have fewer dimensions: it is a slice of the program's.
  bool compare(const ir::BufferRegion& a, const ir::BufferRegion& b) {
    if (!compare(a.buffer, b.buffer)) return false;
    if (a.region.size() < b.region.size()) return differ("the dimensions of the regions", text(a), text(b));
    const size_t offset = a.region.size() - b.region.size();
    for (size_t i = 0; i < offset; ++i)
      if (!ir::is_one(a.region[i].extent)) return differ("the regions", text(a), text(b));
    for (size_t i = 0; i < b.region.size(); ++i)
      if (!facts_.can_prove_equal(a.region[i + offset].extent, b.region[i].extent)) return differ("the extents of the regions", text(a), text(b));
    const auto known = match.origins.find(a.buffer.get());
    if (known == match.origins.end()) {
      std::vector<Expr>& origin = match.origins[a.buffer.get()];
      for (const ir::Range& r : a.region) origin.push_back(r.min);
      return true;
    }
    const std::vector<Expr>& origin = known->second;
    for (size_t i = 0; i < offset; ++i)
      if (!program_facts_.can_prove_equal(origin[i], a.region[i].min)) return differ("the regions", text(a), text(b));
    for (size_t i = 0; i < b.region.size(); ++i) {
      const Expr from_origin = program_facts_.simplify(ir::sub(a.region[i + offset].min, origin[i + offset]));
      if (!facts_.can_prove_equal(from_origin, b.region[i].min)) return differ("the regions", text(a), text(b));
    }
    return true;
  }

  bool compare_access(const ir::Buffer& a, const std::vector<Expr>& x, const ir::Buffer& b, const std::vector<Expr>& y) {
    if (!compare(a, b)) return false;
    const auto known = match.origins.find(a.get());
    if (known == match.origins.end() || x.size() < y.size() || known->second.size() != x.size())
      return differ("the accesses", access_text(a, x), access_text(b, y));
    const size_t offset = x.size() - y.size();
    for (size_t i = 0; i < y.size(); ++i)
      if (!facts_.can_prove_equal(ir::sub(x[i + offset], known->second[i + offset]), y[i]))
        return differ("the accesses", access_text(a, x), access_text(b, y));
    return true;
  }

  // Types are compared by their kind alone: the program may count in int64.
  bool compare(const Expr& a, const Expr& b) {
    if (a == b) return true;
    return (a->kind == b->kind && a->dtype.code == b->dtype.code && compare_parts(a, b)) || differ("the expressions", text(a), text(b));
  }

  bool compare_parts(const Expr& a, const Expr& b) {
    if (ir::Binary::is(a->kind)) {
      const ir::Binary &x = ir::get<ir::Binary>(a), &y = ir::get<ir::Binary>(b);
      return compare(x.a, y.a) && compare(x.b, y.b);
    }
    switch (a->kind) {
      case ExprKind::IntImm: return ir::get<ir::IntImm>(a).value == ir::get<ir::IntImm>(b).value;
      case ExprKind::FloatImm: return ir::get<ir::FloatImm>(a).value == ir::get<ir::FloatImm>(b).value;
      case ExprKind::Cast: return compare(ir::get<ir::Cast>(a).value, ir::get<ir::Cast>(b).value);
      case ExprKind::Var: {
        const auto known = vars_.find(&ir::get<ir::VarNode>(a));
        return known != vars_.end() && known->second.get() == b.get();
      }
      case ExprKind::BufferLoad: {
        const ir::BufferLoad &x = ir::get<ir::BufferLoad>(a), &y = ir::get<ir::BufferLoad>(b);
        return compare_access(x.buffer, x.indices, y.buffer, y.indices);
      }
      case ExprKind::Select: {
        const ir::Select &x = ir::get<ir::Select>(a), &y = ir::get<ir::Select>(b);
        return compare(x.condition, y.condition) && compare(x.true_value, y.true_value) && compare(x.false_value, y.false_value);
      }
      case ExprKind::Call: {
        const ir::Call &x = ir::get<ir::Call>(a), &y = ir::get<ir::Call>(b);
        return x.op == y.op && std::equal(x.args.begin(), x.args.end(), y.args.begin(), y.args.end(),
                                          [&](const Expr& p, const Expr& q) { return compare(p, q); });
      }
      default: return false;
    }
  }

  std::unordered_map<const ir::VarNode*, ir::Var> vars_;   // of the program -> of the description
  arith::Analyzer facts_;           // what the program's variables are in the description's
  arith::Analyzer program_facts_;   // the domains of the program's axes
  bool is_scope_ = true;            // at the outermost blocks, whose axes are not compared
  std::optional<NodeRef> where_;
};

}  // namespace

std::expected<DescriptionMatch, Mismatch> match_description(const ir::BlockRealize& program, const Stmt& description) {
  Matcher matcher;
  if (!matcher.compare(ir::make_stmt(program), description)) return std::unexpected(std::move(matcher.mismatch));
  return std::move(matcher.match);
}

}  // namespace loopglass::schedule
