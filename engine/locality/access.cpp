#include "engine/locality/access.h"

#include <algorithm>
#include <chrono>

#include "engine/interp/interpreter.h"
#include "engine/ir/visitor.h"
#include "engine/locality/executed.h"
#include "engine/locality/tally.h"
#include "engine/script/printer.h"

namespace loopglass::locality {

namespace {

// Loop paths are named within a module.
std::vector<LoopFootprint> list_loops(const ir::Function& function) {
  ir::ModuleNode fields;
  fields.functions.push_back({"f", function});
  const ir::Module module = ir::make_module(std::move(fields));
  std::vector<LoopFootprint> loops;
  ir::for_each_stmt(function->body, [&](const ir::Stmt& s) {
    if (const auto* loop = ir::as<ir::For>(s)) {
      LoopFootprint& listed = loops.emplace_back();
      listed.var = loop->loop_var;
      const int64_t step = loop->step ? ir::as_int(loop->step).value_or(1) : 1;
      listed.extent = (ir::as_int(loop->extent).value_or(0) + step - 1) / step;   // otherwise the largest that is met
      if (const auto path = ir::path_of_loop(module, loop->loop_var.get())) listed.path = ir::loop_path(module, *path);
    }
    return true;
  });
  return loops;
}

Access empty_access(const Layout& layout, const std::vector<interp::Reference>& references, std::vector<LoopFootprint> loops) {
  Access access;
  for (const PlacedBuffer& placed : layout.buffers) access.buffers.push_back({placed.buffer, placed.shape, placed.base, placed.strides});
  for (const interp::Reference& reference : references) {
    const int owner = layout.index_of(reference.buffer);
    access.references.push_back({reference.block ? reference.block->name : "",
                                 owner >= 0 ? layout.buffers[static_cast<size_t>(owner)].buffer : reference.buffer,
                                 script::print_expr(ir::make_load(reference.buffer, *reference.indices)), reference.is_write});
  }
  access.loops = std::move(loops);
  return access;
}

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

Result<Access> count_nest(const ir::Function& function, const Nest& nest, const Layout& layout, const Options& options) {
  Access access = empty_access(layout, nest.references, list_loops(function));
  Tally tally(access, layout, options.max_bytes);
  TRY_ASSIGN(access.accesses, Walker(nest, layout, tally, options.stop, options.max_runs).walk());
  tally.finish(options.line);
  return access;
}

Result<Access> count_by_running(const ir::Function& function, const Layout& layout, const Options& options) {
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(function));
  TRY_ASSIGN(std::vector<interp::Tensor> arguments, arguments_of(function, options));
  Access access = empty_access(layout, program.references(), list_loops(function));
  Tally tally(access, layout, options.max_bytes);
  TRY_ASSIGN(access.accesses, count_executed(program, layout, std::move(arguments), options, access, tally));
  tally.finish(options.line);
  return access;
}

}  // namespace

Result<Access> count_accesses(const ir::Function& function, const Options& options) try {
  const Clock::time_point start = Clock::now();
  if (options.stop.stop_requested()) return fail(DiagnosticKind::Cancelled, "counting was cancelled");
  TRY_ASSIGN(const Layout layout, lay_out(function, options));
  const std::optional<Nest> nest = build_nest(function, layout);
  TRY_ASSIGN(Access access, nest ? count_nest(function, *nest, layout, options) : count_by_running(function, layout, options));
  access.counts_ms = access.total_ms = ms_since(start);
  return access;
} catch (const NoRoomForCounts& refused) {
  return no_room(refused.buffer, options.max_bytes);
}

Result<std::vector<LoopFootprint>> measure_footprints(const ir::Function& function, const Options& options) {
  TRY_ASSIGN(const Layout layout, lay_out(function, options));
  const std::optional<Nest> nest = build_nest(function, layout);
  if (!nest) {
    TRY_ASSIGN(Access access, count_accesses(function, options));
    return std::move(access.loops);
  }
  std::vector<LoopFootprint> loops = list_loops(function);
  LoopTally tally(loops, layout);
  TRY(Walker(*nest, layout, tally, options.stop, options.max_runs).walk());
  tally.finish();
  return loops;
}

const BufferAccess* counterpart(const BufferAccess& buffer, const Access& other) {
  const auto found = std::ranges::find_if(other.buffers, [&](const BufferAccess& b) { return b.buffer->name == buffer.buffer->name && b.shape == buffer.shape; });
  return found == other.buffers.end() ? nullptr : &*found;
}

}  // namespace loopglass::locality
