// Modules from TVM's JSON graphs.
#include <fmt/format.h>

#include "engine/script/json_graph.h"

namespace loopglass::script {
namespace {

using nlohmann::json;

class ModuleReader {
 public:
  explicit ModuleReader(const json& graph) : graph_(graph) {}

  ir::Module read() {
    const json& fields = graph_.data(graph_.root(), "ir.IRModule");
    ir::ModuleNode module;
    // The map's keys are global variables, not strings.
    const json& functions = graph_.data(JsonGraphReader::reference(fields, "functions"), "ffi.Map");
    if (!functions.is_array() || functions.size() % 2 != 0) malformed_graph("its functions are no map");
    for (size_t i = 0; i < functions.size(); i += 2) {
      if (!functions[i].is_number_integer() || !functions[i + 1].is_number_integer()) malformed_graph("its functions are no map");
      const json& variable = graph_.data(functions[i].get<int64_t>(), "ir.GlobalVar");
      module.functions.push_back({graph_.string(JsonGraphReader::reference(variable, "name_hint")), function(functions[i + 1].get<int64_t>())});
    }
    module.attrs = dictionary(JsonGraphReader::reference(fields, "attrs"));
    return ir::make_module(std::move(module));
  }

 private:
  int64_t field(const json& fields, const char* name) const { return JsonGraphReader::reference(fields, name); }

  ir::AttrMap dictionary(int64_t number) {
    if (graph_.is_none(number)) return {};
    return graph_.attrs(field(graph_.data(number, "ir.DictAttrs"), "__dict__"));
  }

  ir::Function function(int64_t number) {
    if (graph_.type_of(number) != "tirx.PrimFunc") unknown_in_graph(fmt::format("a function that is a {} is not known here", graph_.type_of(number)));
    const json& fields = graph_.data(number, "tirx.PrimFunc");
    ir::PrimFunc f;
    for (const int64_t param : graph_.array(field(fields, "params"))) {
      if (!graph_.is_buffer(param)) {
        f.params.push_back({graph_.var(param), nullptr});
        continue;
      }
      const ir::Buffer buffer = graph_.buffer(param);
      f.params.push_back({ir::make_var(buffer->name + "_handle", ir::kHandle), buffer});
    }
    f.attrs = dictionary(field(fields, "attrs"));
    const auto s_tir = f.attrs.find("s_tir");
    f.is_s_tir = s_tir != f.attrs.end() && std::get_if<bool>(&s_tir->second.value) && std::get<bool>(s_tir->second.value);
    if (f.is_s_tir) f.attrs.erase(s_tir);
    f.body = stmt(field(fields, "body"));
    return std::make_shared<const ir::PrimFunc>(std::move(f));
  }

  // --- statements

  ir::Stmt stmt(int64_t number) {
    if (++depth_ > kMaxDepth) malformed_graph("its statements are nested too deep");
    std::vector<int64_t> list{number};
    if (graph_.type_of(number) == "tirx.SeqStmt") list = flattened(number);
    ir::Stmt s = from(list, 0);
    --depth_;
    return s;
  }

  std::vector<int64_t> flattened(int64_t number) {
    std::vector<int64_t> flat;
    for (const int64_t item : graph_.array(field(graph_.data(number, "tirx.SeqStmt"), "seq"))) {
      if (graph_.type_of(item) != "tirx.SeqStmt") {
        flat.push_back(item);
        continue;
      }
      if (++depth_ > kMaxDepth) malformed_graph("its statements are nested too deep");
      const std::vector<int64_t> inner = flattened(item);
      --depth_;
      flat.insert(flat.end(), inner.begin(), inner.end());
    }
    return flat;
  }

  // The statements from a position on; what a declaration is in force for stands inside it.
  ir::Stmt from(const std::vector<int64_t>& list, size_t position) {
    std::vector<ir::Stmt> stmts;
    for (; position < list.size(); ++position) {
      const std::string& kind = graph_.type_of(list[position]);
      if (kind == "tirx.Bind" || kind == "tirx.AllocBuffer" || kind == "tirx.DeclBuffer") {
        stmts.push_back(declaration(kind, list, position));
        break;
      }
      stmts.push_back(single(list[position]));
    }
    return ir::make_seq(std::move(stmts));
  }

  ir::Stmt declaration(const std::string& kind, const std::vector<int64_t>& list, size_t position) {
    const json& fields = graph_.data(list[position], kind.c_str());
    const auto rest = [&] {
      if (++depth_ > kMaxDepth) malformed_graph("its statements are nested too deep");
      ir::Stmt body = from(list, position + 1);
      --depth_;
      return body ? body : nothing();
    };
    if (kind == "tirx.Bind") {
      ir::LetStmt let;
      let.value = graph_.expr(field(fields, "value"));
      let.var = graph_.var(field(fields, "var"));
      let.body = rest();
      return ir::make_stmt(std::move(let));
    }
    if (kind == "tirx.AllocBuffer") {
      ir::AllocBuffer alloc;
      alloc.buffer = graph_.buffer(field(fields, "buffer"));
      alloc.body = rest();
      return ir::make_stmt(std::move(alloc));
    }
    ir::DeclBuffer decl;
    decl.buffer = graph_.buffer_with_data(field(fields, "buffer"), graph_.var(field(fields, "data")));
    decl.body = rest();
    return ir::make_stmt(std::move(decl));
  }

  static ir::Stmt nothing() {
    ir::Evaluate evaluate;
    evaluate.value = ir::make_int(0);
    return ir::make_stmt(std::move(evaluate));
  }

  ir::Stmt single(int64_t number) {
    const std::string& kind = graph_.type_of(number);
    const json& fields = graph_.data(number, kind.c_str());
    if (kind == "tirx.For") return loop(fields);
    if (kind == "s_tir.SBlockRealize") return realize(fields);
    if (kind == "tirx.BufferStore") {
      const ir::Buffer buffer = graph_.buffer(field(fields, "buffer"));
      const ir::Expr value = graph_.expr(field(fields, "value"));
      return ir::make_store(buffer, value, graph_.exprs(field(fields, "indices")));
    }
    if (kind == "tirx.IfThenElse") {
      ir::IfThenElse branch;
      branch.condition = graph_.expr(field(fields, "condition"));
      branch.then_case = stmt(field(fields, "then_case"));
      if (!graph_.is_none(field(fields, "else_case"))) branch.else_case = stmt(field(fields, "else_case"));
      return ir::make_stmt(std::move(branch));
    }
    if (kind == "tirx.While") {
      ir::While loop;
      loop.condition = graph_.expr(field(fields, "condition"));
      loop.body = stmt(field(fields, "body"));
      return ir::make_stmt(std::move(loop));
    }
    if (kind == "tirx.Evaluate") {
      ir::Evaluate evaluate;
      evaluate.value = graph_.expr(field(fields, "value"));
      return ir::make_stmt(std::move(evaluate));
    }
    if (kind == "tirx.AssertStmt") return assertion(fields);
    if (kind == "tirx.AttrStmt") return attribute(fields);
    unknown_in_graph(fmt::format("a statement {} is not known here", kind));
  }

  ir::Stmt loop(const json& fields) {
    ir::For f;
    f.loop_var = graph_.var(field(fields, "loop_var"));
    f.min = graph_.expr(field(fields, "min"));
    f.extent = graph_.expr(field(fields, "extent"));
    const int64_t kind = JsonGraphReader::plain_integer(fields, "kind");
    if (kind < 0 || kind > static_cast<int64_t>(ir::ForKind::ThreadBinding)) malformed_graph(fmt::format("there is no kind of loop {}", kind));
    f.for_kind = static_cast<ir::ForKind>(kind);
    if (const int64_t thread = field(fields, "thread_binding"); !graph_.is_none(thread))
      f.thread_tag = graph_.string(field(graph_.data(thread, "tirx.IterVar"), "thread_tag"));
    f.annotations = graph_.attrs(field(fields, "annotations"));
    if (fields.contains("step") && !graph_.is_none(field(fields, "step"))) f.step = graph_.expr(field(fields, "step"));
    f.body = stmt(field(fields, "body"));
    return ir::make_stmt(std::move(f));
  }

  ir::Range range(int64_t number) {
    const json& fields = graph_.data(number, "ir.Range");
    const ir::Expr min = graph_.expr(field(fields, "min"));
    return {min, graph_.expr(field(fields, "extent"))};
  }

  ir::IterVar axis(int64_t number) {
    const json& fields = graph_.data(number, "tirx.IterVar");
    const ir::Range domain = range(field(fields, "dom"));
    ir::IterVar iter{graph_.var(field(fields, "var")), domain.min, domain.extent, ir::IterType::Spatial};
    switch (JsonGraphReader::plain_integer(fields, "iter_type")) {
      case 0: break;
      case 2: iter.type = ir::IterType::Reduction; break;
      case 3: iter.type = ir::IterType::Scan; break;
      case 4: iter.type = ir::IterType::Opaque; break;
      default: unknown_in_graph("an axis of a type that blocks do not have");
    }
    return iter;
  }

  ir::BufferRegion region(int64_t number) {
    const json& fields = graph_.data(number, "ir.TensorRegion");
    ir::BufferRegion r{graph_.buffer(field(fields, "source")), {}};
    for (const int64_t one : graph_.array(field(fields, "region"))) r.region.push_back(range(one));
    return r;
  }

  std::vector<ir::BufferRegion> regions(int64_t number) {
    std::vector<ir::BufferRegion> list;
    for (const int64_t one : graph_.array(number)) list.push_back(region(one));
    return list;
  }

  ir::Stmt realize(const json& fields) {
    ir::BlockRealize r;
    r.iter_values = graph_.exprs(field(fields, "iter_values"));
    r.predicate = graph_.expr(field(fields, "predicate"));
    const json& block = graph_.data(field(fields, "block"), "s_tir.SBlock");
    r.block.id = ir::make_block_id();
    r.block.name = graph_.string(field(block, "name_hint"));
    for (const int64_t buffer : graph_.array(field(block, "alloc_buffers"))) r.block.alloc_buffers.push_back(graph_.buffer(buffer));
    for (const int64_t iter : graph_.array(field(block, "iter_vars"))) r.block.iter_vars.push_back(axis(iter));
    for (const int64_t match : graph_.array(field(block, "match_buffers"))) {
      const json& parts = graph_.data(match, "s_tir.MatchBufferRegion");
      const ir::Buffer buffer = graph_.buffer(field(parts, "buffer"));
      r.block.match_buffers.push_back({buffer, region(field(parts, "source"))});
    }
    r.block.reads = regions(field(block, "reads"));
    r.block.writes = regions(field(block, "writes"));
    r.block.annotations = graph_.attrs(field(block, "annotations"));
    if (const int64_t init = field(block, "init"); !graph_.is_none(init)) r.block.init = stmt(init);
    r.block.body = stmt(field(block, "body"));
    if (r.iter_values.size() != r.block.iter_vars.size()) malformed_graph("a block's axes and their values are not one for one");
    return ir::make_stmt(std::move(r));
  }

  std::string string_imm(int64_t number) { return graph_.string(field(graph_.data(number, "ir.StringImm"), "value")); }

  ir::Stmt assertion(const json& fields) {
    ir::Assert a;
    a.condition = graph_.expr(field(fields, "condition"));
    a.error_kind = string_imm(field(fields, "error_kind"));
    for (const int64_t part : graph_.array(field(fields, "message_parts"))) a.messages.push_back(string_imm(part));
    return ir::make_stmt(std::move(a));
  }

  ir::Stmt attribute(const json& fields) {
    ir::AttrStmt a;
    const int64_t node = field(fields, "node");
    const std::string& kind = graph_.type_of(node);
    if (kind == "int") a.node = ir::make_int(graph_.integer(node));
    else if (kind == "ffi.String") a.node = std::make_shared<const ir::StringImm>(graph_.string(node));
    else if (kind != "None") a.node = graph_.is_buffer(node) ? ir::Expr(graph_.buffer(node)->data) : graph_.expr(node);
    a.key = graph_.string(field(fields, "attr_key"));
    a.value = graph_.expr(field(fields, "value"));
    a.body = stmt(field(fields, "body"));
    return ir::make_stmt(std::move(a));
  }

  static constexpr int kMaxDepth = 2000;
  JsonGraphReader graph_;
  int depth_ = 0;
};

}  // namespace

Result<ir::Module> module_from_json_graph(const std::string& text) {
  TRY_ASSIGN(const json graph, parse_json_graph(text));
  try {
    return ModuleReader(graph).read();
  } catch (const MalformedGraph& problem) {
    return fail(problem.kind, fmt::format("TVM's graph of a module cannot be read: {}", problem.what));
  }
}

}  // namespace loopglass::script
