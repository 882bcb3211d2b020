// Any bytes as a Python file: errors or programs, never a crash; and what is a program comes back the same from its own text.
#include <cstdlib>

#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/script/parser.h"
#include "engine/script/printer.h"

using namespace loopglass;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// NaN prints without its sign bits and a name may be spelt anew; all else has to come back.
void check_round_trip(const ir::Module& module, script::Dialect dialect) {
  const script::Printed printed = script::print(module, {dialect});
  const script::ParsedFile again = script::parse_file(printed.text);
  check(again.errors.empty() && again.modules.size() == 1 && again.modules[0].module);
  check(ir::structural_equal(module, again.modules[0].module));
  check(script::print(again.modules[0].module, {dialect}).text == printed.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const script::ParsedFile file = script::parse_file(text);
  for (const Diagnostic& error : file.errors) (void)render(error, "fuzz.py", text);
  for (const script::ParsedModule& parsed : file.modules)
    if (parsed.module) check_round_trip(parsed.module, script::Dialect::STir);
  return 0;
}
