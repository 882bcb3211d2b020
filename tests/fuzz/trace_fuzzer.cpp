// Any bytes as a trace's JSON, replayed on a small program: an error or a schedule, never a crash.
#include <nlohmann/json.hpp>

#include "engine/schedule/replay.h"
#include "engine/script/parser.h"

using namespace loopglass;

namespace {
const char* const kProgram = R"(from tvm.script import tirx as T

@T.prim_func(s_tir=True)
def main(A: T.Buffer((16, 8), "float32"), C: T.Buffer((16,), "float32")):
    Y = T.sblock_alloc_buffer((16,))
    for i, k in T.grid(16, 8):
        with T.sblock("Y"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                Y[vi] = T.float32(0)
            Y[vi] = Y[vi] + A[vi, vk]
    for i in range(16):
        with T.sblock("C"):
            vi = T.axis.spatial(16, i)
            C[vi] = Y[vi] * T.float32(2)
)";
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const ir::Module module = script::parse_module(kProgram).value();
  const nlohmann::json trace = nlohmann::json::parse(data, data + size, nullptr, false);
  if (!trace.is_discarded()) (void)schedule::replay(trace, module);
  return 0;
}
