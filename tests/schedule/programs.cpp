#include "tests/schedule/programs.h"

#include <sstream>

#include <nlohmann/json.hpp>

#include "engine/script/parser.h"
#include "engine/support/check.h"

namespace loopglass::tests {

ir::Module matmul_relu() {
  const Result<ir::Module> module = script::parse_module(R"(
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((12, 8), "float32"), B: T.Buffer((8, 10), "float32"), C: T.Buffer((12, 10), "float32")):
        Y = T.sblock_alloc_buffer((12, 10))
        for i, j, k in T.grid(12, 10, 8):
            with T.sblock("Y"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    Y[vi, vj] = T.float32(0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i, j in T.grid(12, 10):
            with T.sblock("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0))
)");
  CHECK(module, module.error().message);
  return *module;
}

script::ScheduleScript script_of(const std::string& statements) {
  std::string text = "def apply_trace(sch: s_tir.Schedule) -> None:\n";
  std::istringstream in(statements);
  for (std::string line; std::getline(in, line);) text += "    " + line + "\n";
  const script::ParsedFile file = script::parse_file(text);
  CHECK(file.errors.empty(), file.errors.empty() ? std::string() : file.errors.front().message);
  CHECK(file.schedules.size() == 1, text);
  return file.schedules.front();
}

schedule::Replayed replay(const std::string& statements, int upto) { return schedule::replay(script_of(statements), matmul_relu(), {}, upto); }

schedule::Replayed replay_json(const std::string& trace, int upto) { return schedule::replay(nlohmann::json::parse(trace), matmul_relu(), {}, upto); }

}  // namespace loopglass::tests
