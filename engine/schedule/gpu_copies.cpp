// read_at(loop, block, ...), write_at(loop, block, ...): copies between global and shared memory that the threads of a GPU make together.
// They are read, written and kept in traces; applying one is refused (NotOnCpu). (TVM: src/s_tir/schedule/primitive/read_write_at.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

Error refuse(const Context& context, std::span<const Argument> args, const char* primitive, const char* instead) {
  const Place loop = at(context.module, loop_argument(args[0])), block = at(context.module, block_argument(args[1]));
  return fail(DiagnosticKind::NotOnCpu,
              fmt::format("{} has no meaning on a CPU: it lets the threads of a GPU copy what {} touches below {} through \"{}\" memory", primitive, quoted(block),
                          quoted(loop), string_argument(args[3])),
              fmt::format("use {} and {} to copy a tile on a CPU", instead, std::string_view(instead) == "cache_read" ? "compute_at" : "reverse_compute_at"),
              {label(block, "its buffer"), label(loop, "the loop")});
}

Result<Rewrite> read_at(const Context& context, std::span<const Argument> args) { return refuse(context, args, "read_at", "cache_read"); }
Result<Rewrite> write_at(const Context& context, std::span<const Argument> args) { return refuse(context, args, "write_at", "cache_write"); }

}  // namespace

const PrimitiveSpec kReadAt = {
    .name = "read_at",
    .json_kind = "ReadAt",
    .summary = "Copies what a block reads below a loop into shared memory of a GPU. No meaning on a CPU.",
    .params = {{"loop", ParamKind::Loop, "the loop below which the copy is made", {}, false},
               {"block", ParamKind::Block, "the block that reads", {}, false},
               {"read_buffer_index", ParamKind::Index, "which of the buffers that it reads", {}, true},
               {"storage_scope", ParamKind::String, "where the copy lies: \"shared\"", {}, true}},
    .apply = read_at,
    .is_gpu_only = true,
};

const PrimitiveSpec kWriteAt = {
    .name = "write_at",
    .json_kind = "WriteAt",
    .summary = "Lets a block write below a loop into shared memory of a GPU first. No meaning on a CPU.",
    .params = {{"loop", ParamKind::Loop, "the loop below which the copy is made", {}, false},
               {"block", ParamKind::Block, "the block that writes", {}, false},
               {"write_buffer_index", ParamKind::Index, "which of the buffers that it writes", {}, true},
               {"storage_scope", ParamKind::String, "where the copy lies: \"shared\"", {}, true}},
    .apply = write_at,
    .is_gpu_only = true,
};

}  // namespace loopglass::schedule
