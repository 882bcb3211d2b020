#include "app/ui/form_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "app/ui/loop_tree_layout.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/check_arguments.h"
#include "engine/schedule/index_map_text.h"
#include "engine/script/printer.h"

namespace loopglass::ui {
namespace {

using schedule::ParamKind;
using schedule::ParamSpec;
using schedule::Value;
using schedule::ValueList;

std::string_view without(std::string_view text, std::string_view ends) {
  const size_t first = text.find_first_not_of(ends);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(ends) - first + 1);
}
std::string_view trimmed(std::string_view text) { return without(text, " \t"); }
std::string_view unbracketed(std::string_view text) { return without(text, " \t[]()"); }

// The items of "a, b" or "[a, b]"; none for no text.
std::vector<std::string_view> items_of(std::string_view text) {
  std::vector<std::string_view> items;
  for (text = unbracketed(text); !text.empty();) {
    const size_t comma = std::min(text.find(','), text.size());
    items.push_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

template <class T>
std::optional<T> number_in(std::string_view text) {
  text = unbracketed(text);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}
std::optional<int64_t> parse_int(std::string_view text) { return number_in<int64_t>(text); }

std::optional<Value> parse_number(std::string_view text) {
  if (const auto number = parse_int(text)) return Value{*number};
  if (const auto number = number_in<double>(text)) return Value{*number};
  return std::nullopt;
}

std::optional<Value> parse_factor(std::string_view text) {
  if (text == "None" || text == "none") return Value{};
  const auto number = parse_int(text);
  return number ? std::optional(Value{*number}) : std::nullopt;
}

std::optional<Value> parse_index(std::string_view text) {
  const auto number = parse_int(text);
  return number ? std::optional(Value{*number}) : std::nullopt;
}

std::optional<Value> parse_list(std::string_view text, size_t at_least, std::optional<Value> (*parse_item)(std::string_view)) {
  ValueList items;
  for (const std::string_view item : items_of(text)) {
    std::optional<Value> value = parse_item(item);
    if (!value) return std::nullopt;
    items.push_back(std::move(*value));
  }
  return items.size() < at_least ? std::nullopt : std::optional(Value{std::move(items)});
}

bool is_quoted(std::string_view text) { return text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0]; }

// A text as it stands, or in quotes; nothing where nothing is typed.
std::optional<Value> parse_text(std::string_view text) {
  text = trimmed(text);
  if (is_quoted(text)) return Value{std::string(text.substr(1, text.size() - 2))};
  return text.empty() ? std::nullopt : std::optional(Value{std::string(text)});
}

std::optional<Value> parse_any(std::string_view text) {
  text = trimmed(text);
  if (text == "None") return Value{};
  if (text == "True" || text == "true") return Value{true};
  if (text == "False" || text == "false") return Value{false};
  if (text.starts_with("[")) return parse_list(text, 0, parse_any);
  if (auto number = parse_number(text)) return number;
  return parse_text(text);
}

std::optional<Value> parse_name_or_index(std::string_view text) {
  auto index = parse_index(text);
  return index ? index : parse_text(text);
}

// `B`, `write 0` or `("write", 0)`.
std::optional<Value> parse_buffer_access(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += std::string_view("()\"',").find(c) == std::string_view::npos ? c : ' ';
  const std::string_view words = trimmed(plain);
  for (const std::string_view kind : {"read", "write"}) {
    if (!words.starts_with(kind)) continue;
    if (const auto index = parse_int(words.substr(kind.size()))) return Value{ValueList{Value{std::string(kind)}, Value{*index}}};
  }
  return words.empty() ? std::nullopt : std::optional(Value{std::string(words)});
}

std::optional<Value> parse_access_kind(std::string_view text) {
  const std::string_view kind = without(text, " \t\"'");
  return kind == "read" || kind == "write" ? std::optional(Value{std::string(kind)}) : std::nullopt;
}

std::optional<Value> parse_function(std::string_view text) {
  return unbracketed(text).empty() ? std::nullopt : std::optional(Value{Value::Lambda{std::string(text), {}, {}}});
}

// A number, a function of the new indices, or None.
std::optional<Value> parse_pad_value(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "None") return Value{};
  const auto number = parse_number(text);
  return number ? number : parse_function(text);
}

std::optional<Value> parse_bool(std::string_view text) {
  return text == "True" || text == "False" ? std::optional(Value{text == "True"}) : std::nullopt;
}

struct Expectation {
  const char* what;      // a parameter takes
  const char* example;   // "" for none
};
Expectation expectation(const ParamSpec& param) {
  const std::string_view name = param.name;
  switch (param.kind) {
    case ParamKind::Factors: return {"a list of integers, at most one of them None", "None, 4"};
    case ParamKind::Ints: return {"a list of integers", "0, 1"};
    case ParamKind::Numbers: return {"a list of numbers", "0.5, 0.5"};
    case ParamKind::Int:
    case ParamKind::Index: return {"an integer", "0"};
    case ParamKind::Bool: return {"True or False", "True"};
    case ParamKind::StringOrInt: return {"a name or an index", "0"};
    case ParamKind::Annotation: return {"a string, a number or a list of them", "1"};
    case ParamKind::Lambda: return {"an index map", "lambda i, j: (j, i)"};
    case ParamKind::RangeLambda: return {"a function that gives a range for each axis", "lambda vi, vj: ((vi, vi + 1), vj)"};
    case ParamKind::PadValue: return {"a number, a function of the new indices, or None", "0"};
    case ParamKind::BufferAccess: return {"a buffer: (\"read\", 0), (\"write\", 0) or its name", "(\"write\", 0)"};
    case ParamKind::AccessKind: return {"\"read\" or \"write\"", "read"};
    default: return {"a string", name.ends_with("scope") ? "global" : name == "ann_key" ? "pragma_auto_unroll_max_step" : name == "dtype" ? "float16" : ""};
  }
}

const ir::Block* block_at(const ir::Module& module, const ir::NodePath& path) {
  const auto* realize = ir::as<ir::BlockRealize>(ir::node_at(module, path));
  return realize ? &realize->block : nullptr;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

// "lambda i, j: (i, j)"
std::string function_text(const std::vector<std::string>& indices, const std::vector<std::string>& values) {
  return fmt::format("lambda {}: ({}{})", joined(indices), joined(values), values.size() == 1 ? "," : "");
}

std::vector<std::string> axes_of(const ir::Block& block) {
  std::vector<std::string> names;
  for (const auto& axis : block.iter_vars) names.push_back(axis.var->name);
  return names;
}

// A buffer's indices by the names that a person gives them.
std::string identity_of_rank(size_t rank) {
  std::vector<std::string> names;
  for (size_t i = 0; i < rank; ++i) names.push_back(rank <= 4 ? std::string(1, static_cast<char>('i' + i)) : fmt::format("i{}", i));
  return function_text(names, names);
}

// What a block touches of a buffer, from its axes: a point for each dimension, or (with `ranges`) its beginning and end.
std::string accessed_text(const ir::Block& block, const ir::BufferRegion& touched, bool ranges) {
  std::vector<std::string> values;
  for (const auto& range : touched.region) {
    const std::string begin = script::print_expr(range.min);
    const bool point = !ranges || ir::as_int(range.extent) == 1;
    values.push_back(point ? begin : fmt::format("({0}, {0} + {1})", begin, script::print_expr(range.extent)));
  }
  return function_text(axes_of(block), values);
}

std::string first_function(const schedule::PrimitiveSpec& primitive, const ir::Block& block) {
  const std::string_view name = primitive.name;
  const std::vector<ir::BufferRegion>& accessed = name == "reindex_cache_write" || name == "transform_layout" ? block.writes : block.reads;
  if (name == "transform_block_layout") return function_text(axes_of(block), axes_of(block));
  if (accessed.empty()) return {};
  if (name == "transform_layout") return identity_of_rank(accessed.front().region.size());
  return accessed_text(block, accessed.front(), name == "annotate_buffer_access");
}

std::string first_integers(std::string_view param, const ir::Block* block) {
  if (!block || param == "buf_index_array") return "0";
  std::vector<std::string> items;
  for (size_t i = 0; i < block->iter_vars.size(); ++i) items.push_back(param == "padding" ? "1" : std::to_string(i));
  return joined(items);
}

// The first block that reads what a block writes.
std::string first_reader(const ir::Module& module, const ir::NodePath& path) {
  const ir::Block* block = block_at(module, path);
  const ir::Function function = ir::find_function(module, path.function);
  if (!block || !function) return {};
  std::set<const ir::BufferNode*> written;
  for (const auto& region : block->writes) written.insert(region.buffer.get());
  const ir::StmtNode* found = nullptr;
  ir::for_each_stmt(function->body, [&](const ir::Stmt& stmt) {
    const auto* realize = ir::as<ir::BlockRealize>(stmt);
    if (!realize || found || realize == ir::root_block(*function) || realize->block.id == block->id) return true;
    if (std::ranges::any_of(realize->block.reads, [&](const auto& region) { return written.contains(region.buffer.get()); })) found = realize;
    return true;
  });
  return found ? name_of_node(module, *ir::path_of(module, found)) : std::string();
}

std::string outermost_loop(const ir::Module& module, ir::NodePath path) {
  std::string found;
  for (; !path.steps.empty(); path.steps.pop_back()) {
    ir::NodePath above = path;
    above.steps.pop_back();
    if (block_at(module, above)) break;
    if (ir::as<ir::For>(ir::node_at(module, above))) found = name_of_node(module, above);
  }
  return found;
}

std::string first_block_below(const ir::Module& module, const ir::NodePath& loop) {
  std::string found;
  ir::for_each_stmt(ir::node_at(module, loop), [&](const ir::Stmt& stmt) {
    const auto* realize = ir::as<ir::BlockRealize>(stmt);
    if (realize && found.empty()) found = name_of_node(module, *ir::path_of(module, realize));
    return found.empty();
  });
  return found;
}

// The selected loop and those that stand after it beside it (merge), else the one below it (fuse).
std::string loops_from(const ir::Module& module, const ir::NodePath& loop) {
  std::vector<std::string> names{name_of_node(module, loop)};
  ir::NodePath other = loop;
  if (!loop.steps.empty()) {
    for (++other.steps.back(); ir::as<ir::For>(ir::node_at(module, other)); ++other.steps.back()) names.push_back(name_of_node(module, other));
  }
  other = loop;
  other.steps.push_back(0);
  if (names.size() == 1 && ir::as<ir::For>(ir::node_at(module, other))) names.push_back(name_of_node(module, other));
  return joined(names);
}

const ir::AttrMap* annotations_at(const ir::Module& module, const ir::NodePath& path) {
  if (const ir::Block* block = block_at(module, path)) return &block->annotations;
  const auto* loop = ir::as<ir::For>(ir::node_at(module, path));
  return loop ? &loop->annotations : nullptr;
}

std::string first_string(const ir::Module& module, std::string_view primitive, std::string_view param, const ir::NodePath& node) {
  if (param.ends_with("scope")) return primitive == "read_at" || primitive == "write_at" ? "shared" : "global";
  if (param == "buf_type") return "read";
  if (param == "dtype") return "float16";
  if (param == "thread_axis") return "threadIdx.x";
  if (const ir::AttrMap* carried = annotations_at(module, node); primitive == "unannotate" && carried && !carried->empty()) return carried->begin()->first;
  return {};
}

}  // namespace

bool is_node(ParamKind kind) {
  return kind == ParamKind::Block || kind == ParamKind::Loop || kind == ParamKind::BlockOrLoop || kind == ParamKind::LoopOrBlocks;
}
bool is_nodes(ParamKind kind) { return kind == ParamKind::Loops || kind == ParamKind::Blocks; }

Result<Value> parse_value(const ParamSpec& param, std::string_view text) {
  const std::string_view plain = trimmed(text);
  if (param.default_value && param.default_value->is_none() && (plain.empty() || plain == "None")) return Value{};
  std::optional<Value> value;
  switch (param.kind) {
    case ParamKind::Factors: value = parse_list(text, 2, parse_factor); break;
    case ParamKind::Ints: value = parse_list(text, 1, parse_index); break;
    case ParamKind::Numbers: value = parse_list(text, 1, parse_number); break;
    case ParamKind::Int:
    case ParamKind::Index: value = parse_index(text); break;
    case ParamKind::Bool: value = parse_bool(text); break;
    case ParamKind::String: value = parse_text(text); break;
    case ParamKind::StringOrInt: value = parse_name_or_index(text); break;
    case ParamKind::Lambda:
    case ParamKind::RangeLambda: value = parse_function(text); break;
    case ParamKind::PadValue: value = parse_pad_value(text); break;
    case ParamKind::BufferAccess: value = parse_buffer_access(text); break;
    case ParamKind::AccessKind: value = parse_access_kind(text); break;
    default: value = parse_any(text);
  }
  if (value) return *value;
  const Expectation expected = expectation(param);
  const std::string help = *expected.example ? fmt::format("for example {}", expected.example) : std::string();
  if (plain.empty()) return fail(DiagnosticKind::BadArgument, fmt::format("\"{}\" is empty: it takes {}", param.name, expected.what), help);
  return fail(DiagnosticKind::BadArgument, fmt::format("\"{}\" takes {}, not \"{}\"", param.name, expected.what, text), help);
}

std::string print_value(const ParamSpec& param, const Value& value) {
  if (const auto* b = value.as<bool>()) return *b ? "True" : "False";
  if (const auto* i = value.as<int64_t>()) return std::to_string(*i);
  if (const auto* d = value.as<double>()) return fmt::format("{}", *d);
  if (const auto* s = value.as<std::string>()) return *s;
  if (const auto* l = value.as<Value::Lambda>()) return l->text;
  if (const auto* map = value.as<schedule::IndexMapRef>()) return schedule::to_python(**map);
  const auto* list = value.as<ValueList>();
  if (!list) return value.is_none() ? "None" : schedule::to_python(value);
  if (param.kind == ParamKind::Annotation) return schedule::to_python(value);
  if (param.kind == ParamKind::BufferAccess) return fmt::format("({}, {})", schedule::to_python(list->at(0)), schedule::to_python(list->at(1)));
  std::vector<std::string> items;
  for (const auto& item : *list) items.push_back(print_value(param, item));
  return joined(items);
}

std::string name_of_node(const ir::Module& module, const ir::NodePath& path) {
  const TreeLayout layout = layout_loop_tree(module, nullptr, {}, {});
  const TreeCard* card = find_card(layout, path);
  return card ? card->label : std::string();
}

Result<std::vector<ir::NodePath>> parse_nodes(const ir::Module& module, const std::string& function, const ParamSpec& param, std::string_view text) {
  const TreeLayout layout = layout_loop_tree(module, nullptr, {}, {});
  const bool loops = param.kind == ParamKind::Loop || param.kind == ParamKind::Loops, blocks = param.kind == ParamKind::Block || param.kind == ParamKind::Blocks;
  std::vector<ir::NodePath> found;
  for (const std::string_view item : items_of(text)) {
    const std::string_view name = without(item, " \t\"'");
    const auto card = std::ranges::find_if(layout.cards, [&](const TreeCard& c) {
      const bool fits = c.kind == TreeCard::Kind::Loop ? !blocks : c.kind == TreeCard::Kind::Block && !loops;
      return fits && c.path.function == function && c.label == name;
    });
    if (card == layout.cards.end())
      return fail(DiagnosticKind::BadArgument, fmt::format("no {} is called \"{}\"", loops ? "loop" : blocks ? "block" : "loop or block", name),
                  "write names as the loop tree shows them, with commas between them");
    found.push_back(card->path);
  }
  return found;
}

std::string first_text(const ir::Module& module, const schedule::PrimitiveSpec& primitive, size_t param, const ir::NodePath& node) {
  const ParamSpec& spec = primitive.params[param];
  const std::string_view name = spec.name;
  const ir::Block* block = block_at(module, node);
  switch (spec.kind) {
    case ParamKind::Block: return block ? first_reader(module, node) : first_block_below(module, node);
    case ParamKind::Loop: return outermost_loop(module, node);
    case ParamKind::Loops: return loops_from(module, node);
    case ParamKind::Factors: return "None, 4";
    case ParamKind::Int: return name == "n" ? "2" : "0";
    case ParamKind::Index:
    case ParamKind::StringOrInt: return "0";
    case ParamKind::Ints: return name == "candidates" ? "1, 2" : first_integers(name, block);
    case ParamKind::Numbers: return "0.5, 0.5";
    case ParamKind::String: return first_string(module, primitive.name, name, node);
    case ParamKind::Lambda:
    case ParamKind::RangeLambda: return block ? first_function(primitive, *block) : std::string();
    case ParamKind::BufferAccess: return block && block->writes.empty() ? "(\"read\", 0)" : "(\"write\", 0)";
    case ParamKind::AccessKind: return "read";
    default: return {};
  }
}

}  // namespace loopglass::ui
