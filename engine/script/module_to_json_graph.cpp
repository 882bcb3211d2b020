// Modules as TVM's JSON graphs. Functions' types are left out: TVM finds them from the parameters.
#include "engine/script/json_graph.h"
#include "engine/support/check.h"

namespace loopglass::script {
namespace {

class ModuleWriter {
 public:
  std::string write(const ir::Module& module) {
    using Fields = JsonGraph::Fields;
    JsonGraph::Numbers functions;
    std::vector<std::pair<std::string, int64_t>> variables;
    for (const ir::NamedFunction& named : module->functions) {
      const int64_t variable = graph_.add("ir.GlobalVar", Fields{{"span", none()}, {"ty", none()}, {"name_hint", graph_.string(named.name)}});
      functions.push_back(variable);
      functions.push_back(function(*named.function));
      variables.emplace_back(named.name, variable);
    }
    const int64_t all = graph_.add("ffi.Map", std::move(functions)), names = graph_.map(variables);
    const int64_t sources = graph_.add("ir.SourceMap", Fields{{"source_map", graph_.map({})}}), attrs = dictionary(module->attrs);
    return graph_.write(graph_.add("ir.IRModule", Fields{{"functions", all}, {"global_var_map_", names}, {"source_map", sources}, {"attrs", attrs}, {"global_infos", graph_.map({})}}), true);
  }

 private:
  using Fields = JsonGraph::Fields;
  using Numbers = JsonGraph::Numbers;

  int64_t none() { return graph_.none(); }

  int64_t dictionary(const ir::AttrMap& attrs) {
    const int64_t map = graph_.attrs(attrs);
    return graph_.add("ir.DictAttrs", Fields{{"__dict__", map}});
  }

  int64_t function(const ir::PrimFunc& f) {
    ir::AttrMap attrs = f.attrs;
    if (f.is_s_tir) attrs["s_tir"] = {true};
    // The graph tells expressions apart by their pointers: these live as long as it.
    kept_attrs_.push_back(std::make_unique<ir::AttrMap>(std::move(attrs)));
    const int64_t attributes = dictionary(*kept_attrs_.back());
    Numbers params;
    for (const ir::Param& param : f.params) params.push_back(param.buffer ? graph_.buffer(param.buffer) : graph_.expr(param.var));
    const int64_t of_params = graph_.array(std::move(params)), fields = graph_.array({});
    const int64_t ret = graph_.add("ir.TupleType", Fields{{"span", none()}, {"fields", fields}}), body = stmt(f.body);
    return graph_.add("tirx.PrimFunc", Fields{{"span", none()}, {"ty", none()}, {"attrs", attributes}, {"params", of_params}, {"ret_type", ret}, {"body", body}});
  }

  // --- statements. A let or a declaration is a statement before those that it is in force for, not around them.

  int64_t stmt(const ir::Stmt& s) {
    Numbers flat;
    append(s, flat);
    return flat.size() == 1 ? flat.front() : graph_.add("tirx.SeqStmt", Fields{{"span", none()}, {"seq", graph_.array(std::move(flat))}});
  }

  // What stands for nothing behind a declaration here.
  static bool is_nothing(const ir::Stmt& s) {
    const auto* evaluate = ir::as<ir::Evaluate>(s);
    return !s || (evaluate && ir::is_zero(evaluate->value));
  }

  void append_body(const ir::Stmt& s, Numbers& flat) {
    if (!is_nothing(s)) append(s, flat);
  }

  void append(const ir::Stmt& s, Numbers& flat) {
    if (const auto* seq = ir::as<ir::Seq>(s)) {
      for (const ir::Stmt& item : seq->stmts) append(item, flat);
    } else if (const auto* let = ir::as<ir::LetStmt>(s)) {
      const int64_t value = graph_.expr(let->value), var = graph_.expr(let->var);
      flat.push_back(graph_.add("tirx.Bind", Fields{{"span", none()}, {"var", var}, {"value", value}}));
      append_body(let->body, flat);
    } else if (const auto* alloc = ir::as<ir::AllocBuffer>(s)) {
      const int64_t buffer = graph_.buffer(alloc->buffer);
      flat.push_back(graph_.add("tirx.AllocBuffer", Fields{{"span", none()}, {"buffer", buffer}, {"annotations", graph_.map({})}}));
      append_body(alloc->body, flat);
    } else if (const auto* decl = ir::as<ir::DeclBuffer>(s)) {
      const int64_t data = graph_.data_handle(decl->buffer->data), buffer = graph_.buffer(decl->buffer);
      flat.push_back(graph_.add("tirx.DeclBuffer", Fields{{"span", none()}, {"buffer", buffer}, {"data", data}}));
      append_body(decl->body, flat);
    } else {
      flat.push_back(single(s));
    }
  }

  int64_t single(const ir::Stmt& s) {
    switch (s->kind) {
      case ir::StmtKind::For: return loop(ir::get<ir::For>(s));
      case ir::StmtKind::BlockRealize: return realize(ir::get<ir::BlockRealize>(s));
      case ir::StmtKind::BufferStore: {
        const auto& store = ir::get<ir::BufferStore>(s);
        const int64_t buffer = graph_.buffer(store.buffer), value = graph_.expr(store.value), indices = graph_.exprs(store.indices);
        return graph_.add("tirx.BufferStore", Fields{{"span", none()}, {"buffer", buffer}, {"value", value}, {"indices", indices}});
      }
      case ir::StmtKind::IfThenElse: {
        const auto& branch = ir::get<ir::IfThenElse>(s);
        const int64_t condition = graph_.expr(branch.condition), yes = stmt(branch.then_case), no = branch.else_case ? stmt(branch.else_case) : none();
        return graph_.add("tirx.IfThenElse", Fields{{"span", none()}, {"condition", condition}, {"then_case", yes}, {"else_case", no}});
      }
      case ir::StmtKind::While: {
        const auto& loop = ir::get<ir::While>(s);
        const int64_t condition = graph_.expr(loop.condition), body = stmt(loop.body);
        return graph_.add("tirx.While", Fields{{"span", none()}, {"condition", condition}, {"body", body}});
      }
      case ir::StmtKind::Evaluate: return graph_.add("tirx.Evaluate", Fields{{"span", none()}, {"value", graph_.expr(ir::get<ir::Evaluate>(s).value)}});
      case ir::StmtKind::Assert: return assertion(ir::get<ir::Assert>(s));
      case ir::StmtKind::AttrStmt: return attribute(ir::get<ir::AttrStmt>(s));
      default: break;
    }
    CHECK(false, "a statement of a kind that graphs have no name for");
    return none();
  }

  int64_t loop(const ir::For& f) {
    const int64_t var = graph_.expr(f.loop_var), min = graph_.expr(f.min), extent = graph_.expr(f.extent), body = stmt(f.body);
    int64_t thread = none();
    if (f.for_kind == ir::ForKind::ThreadBinding) {
      const int64_t type = graph_.type(f.loop_var->dtype), name = graph_.string("iter");
      const int64_t of_thread = graph_.add("ir.Var", Fields{{"span", none()}, {"ty", type}, {"name", name}});
      thread = graph_.add("tirx.IterVar", Fields{{"dom", none()}, {"var", of_thread}, {"iter_type", int64_t{1}}, {"thread_tag", graph_.string(f.thread_tag)}, {"span", none()}});
    }
    const int64_t annotations = graph_.attrs(f.annotations), step = f.step ? graph_.expr(f.step) : none();
    return graph_.add("tirx.For", Fields{{"span", none()}, {"loop_var", var}, {"min", min}, {"extent", extent}, {"kind", static_cast<int64_t>(f.for_kind)},
                                         {"body", body}, {"thread_binding", thread}, {"annotations", annotations}, {"step", step}});
  }

  int64_t range(const ir::Expr& min, const ir::Expr& extent) {
    const int64_t from = graph_.expr(min), of = graph_.expr(extent);
    return graph_.add("ir.Range", Fields{{"min", from}, {"extent", of}, {"span", none()}});
  }

  int64_t axis(const ir::IterVar& iter) {
    static constexpr int64_t kTypes[] = {0, 2, 3, 4};   // TVM's kDataPar, kCommReduce, kOrdered, kOpaque
    const int64_t domain = range(iter.min, iter.extent), var = graph_.expr(iter.var), tag = graph_.string("");
    return graph_.add("tirx.IterVar", Fields{{"dom", domain}, {"var", var}, {"iter_type", kTypes[static_cast<size_t>(iter.type)]}, {"thread_tag", tag}, {"span", none()}});
  }

  int64_t region(const ir::BufferRegion& r) {
    if (region_type_ < 0) region_type_ = graph_.add("tirx.BufferRegionType", Fields{{"span", none()}});
    Numbers ranges;
    const int64_t source = graph_.buffer(r.buffer);
    for (const ir::Range& one : r.region) ranges.push_back(range(one.min, one.extent));
    const int64_t of = graph_.array(std::move(ranges));
    return graph_.add("ir.TensorRegion", Fields{{"span", none()}, {"ty", region_type_}, {"source", source}, {"region", of}});
  }

  int64_t regions(const std::vector<ir::BufferRegion>& list) {
    Numbers numbers;
    for (const ir::BufferRegion& r : list) numbers.push_back(region(r));
    return graph_.array(std::move(numbers));
  }

  int64_t realize(const ir::BlockRealize& r) {
    const int64_t values = graph_.exprs(r.iter_values), predicate = graph_.expr(r.predicate), of_block = block(r.block);
    return graph_.add("s_tir.SBlockRealize", Fields{{"span", none()}, {"iter_values", values}, {"predicate", predicate}, {"block", of_block}});
  }

  int64_t block(const ir::Block& b) {
    Numbers axes, allocs, matches;
    for (const ir::Buffer& buffer : b.alloc_buffers) allocs.push_back(graph_.buffer(buffer));
    const int64_t allocated = graph_.array(std::move(allocs));
    for (const ir::IterVar& iter : b.iter_vars) axes.push_back(axis(iter));
    const int64_t iter_vars = graph_.array(std::move(axes)), reads = regions(b.reads), writes = regions(b.writes), name = graph_.string(b.name);
    for (const ir::MatchBuffer& match : b.match_buffers) {
      const int64_t buffer = graph_.buffer(match.buffer), source = region(match.source);
      matches.push_back(graph_.add("s_tir.MatchBufferRegion", Fields{{"buffer", buffer}, {"source", source}}));
    }
    const int64_t matched = graph_.array(std::move(matches)), annotations = graph_.attrs(b.annotations);
    const int64_t init = b.init ? stmt(b.init) : none(), body = stmt(b.body);
    return graph_.add("s_tir.SBlock", Fields{{"span", none()}, {"iter_vars", iter_vars}, {"reads", reads}, {"writes", writes}, {"name_hint", name}, {"alloc_buffers", allocated},
                                             {"match_buffers", matched}, {"annotations", annotations}, {"init", init}, {"body", body}});
  }

  int64_t string_imm(const std::string& text) {
    const int64_t type = graph_.string_type();
    return graph_.add("ir.StringImm", Fields{{"span", none()}, {"ty", type}, {"value", graph_.string(text)}});
  }

  int64_t assertion(const ir::Assert& a) {
    const int64_t condition = graph_.expr(a.condition), kind = string_imm(a.error_kind);
    Numbers messages;
    for (const std::string& message : a.messages) messages.push_back(string_imm(message));
    return graph_.add("tirx.AssertStmt", Fields{{"span", none()}, {"condition", condition}, {"error_kind", kind}, {"message_parts", graph_.array(std::move(messages))}});
  }

  // A node that is a number or a string stands there plainly.
  int64_t attribute(const ir::AttrStmt& a) {
    int64_t node = none();
    if (const auto* text = ir::as<ir::StringImm>(a.node)) node = graph_.string(text->value);
    else if (const auto i = ir::as_int(a.node); i && a.node->dtype == ir::kInt32) node = graph_.integer(*i);
    else if (a.node) node = graph_.expr(a.node);
    const int64_t key = graph_.string(a.key), value = graph_.expr(a.value), body = stmt(a.body);
    return graph_.add("tirx.AttrStmt", Fields{{"span", none()}, {"node", node}, {"attr_key", key}, {"value", value}, {"body", body}});
  }

  JsonGraph graph_;
  int64_t region_type_ = -1;
  std::vector<std::unique_ptr<ir::AttrMap>> kept_attrs_;
};

}  // namespace

std::string module_to_json_graph(const ir::Module& module) { return ModuleWriter().write(module); }

}  // namespace loopglass::script
