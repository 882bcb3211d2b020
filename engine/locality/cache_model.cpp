#include "engine/locality/cache_model.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/interp/interpreter.h"
#include "engine/locality/cache_pass.h"
#include "engine/locality/element_lines.h"
#include "engine/locality/executed.h"
#include "engine/locality/executed_lines.h"
#include "engine/locality/miss_counter.h"
#include "engine/locality/turns.h"

namespace loopglass::locality {

namespace {

Result<CacheResult> simulate_by_running(const ir::Function& function, const Layout& layout, LineRange lines, const CacheOptions& options) {
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(function));
  TRY_ASSIGN(std::vector<interp::Tensor> arguments, arguments_of(function, counting_options(options)));
  CacheResult result = empty_result(options, layout, lines, program.references().size());
  MissCounter counter(options, lines, result);
  Turns turns(options, counter);
  LineEvents events;
  events.touch = [&](int reference, int buffer, int64_t line) { turns.touch(reference, buffer, line); };
  bool is_told = true;
  if (options.threads > 1) {
    events.parallel_iteration = [&](const ir::For& loop, int64_t n) {
      const auto extent = ir::as_int(loop.extent), step = loop.step ? ir::as_int(loop.step) : 1;
      is_told = is_told && extent && step;
      if (is_told) turns.iteration(n, (*extent + *step - 1) / *step);
    };
    events.parallel_end = [&] {
      if (is_told) turns.end();
    };
  }
  TRY_ASSIGN(result.accesses, run_for_lines(program, layout, std::move(arguments), options.line, options.stop, events));
  if (!is_told) return fail(DiagnosticKind::UnsupportedOperation, "the extent of a parallel loop depends on data, so it cannot be dealt to threads", "use one thread");
  if (turns.is_full())
    return fail(DiagnosticKind::KernelMemory, fmt::format("what waits for the shared level needs more than the {} bytes that are allowed", options.max_bytes), "use one thread");
  return result;
}

}  // namespace

Result<CacheResult> simulate_caches(const ir::Function& function, const CacheOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  if (options.stop.stop_requested()) return fail(DiagnosticKind::Cancelled, "the simulation of the caches was cancelled");
  TRY_ASSIGN(const Layout layout, lay_out(function, counting_options(options)));
  TRY_ASSIGN(const LineRange lines, lines_of(layout, options.line, options.max_bytes));
  TRY(check_levels(options));
  const std::optional<Nest> nest = build_nest(function, layout);
  TRY_ASSIGN(CacheResult result, nest ? simulate_nest(*nest, layout, lines, options) : simulate_by_running(function, layout, lines, options));
  result.elapsed_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return result;
}

ElementCounts misses_of_elements(const CacheResult& result, size_t level, const BufferAccess& buffer) {
  return of_elements(result.levels[level].by_line, result.first_line, result.line, buffer);
}

Access with_misses(Access access, const CacheResult& caches, const CacheOptions& options) {
  for (size_t b = 0; b < access.buffers.size(); ++b)
    for (size_t level = 0; level < caches.levels.size(); ++level)
      access.buffers[b].misses.push_back({options.levels[level].name, caches.levels[level].by_buffer[b], misses_of_elements(caches, level, access.buffers[b])});
  return access;
}

Result<Access> with_misses(Access access, const ir::Function& function, const CacheOptions& options) {
  TRY_ASSIGN(const CacheResult caches, simulate_caches(function, options));
  return with_misses(std::move(access), caches, options);
}

}  // namespace loopglass::locality
