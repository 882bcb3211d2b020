#include "engine/script/value.h"

#include <fmt/format.h>

namespace loopglass::script {
namespace {

struct Describe {
  std::string operator()(const None&) const { return "None"; }
  std::string operator()(bool b) const { return b ? "True" : "False"; }
  std::string operator()(int64_t i) const { return fmt::format("the integer {}", i); }
  std::string operator()(double d) const { return fmt::format("the number {}", d); }
  std::string operator()(const std::string& s) const { return fmt::format("the text \"{}\"", s); }
  std::string operator()(const Sequence& s) const { return fmt::format("a tuple of {}", s.items.size()); }
  std::string operator()(const Dictionary&) const { return "a dictionary"; }
  std::string operator()(const ir::Expr& e) const { return fmt::format("an expression of type {}", ir::to_string(e->dtype)); }
  std::string operator()(const ir::Buffer& b) const { return fmt::format("the buffer {}", b->name); }
  std::string operator()(const SlicedBuffer& s) const { return fmt::format("a region of the buffer {}", s.buffer->name); }
  std::string operator()(const Builtin& b) const { return fmt::format("T.{}", b.name); }
  std::string operator()(const TypeName& t) const { return fmt::format("the type {}", ir::to_string(t.type)); }
  std::string operator()(const LetType&) const { return "T.let"; }
  std::string operator()(const Namespace& n) const { return fmt::format("the namespace {}", n.name); }
  std::string operator()(const BufferMethod& m) const { return fmt::format("the method {}.{}", m.buffer->name, m.name); }
  std::string operator()(const Invalid&) const { return "a value with a mistake"; }
  std::string operator()(const Unknown&) const { return "a value that only Python knows"; }
};

}  // namespace

std::string describe(const Value& value) { return std::visit(Describe{}, value.data); }

}  // namespace loopglass::script
