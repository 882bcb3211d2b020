#include "engine/locality/reuse_distance.h"

#include <chrono>

#include "engine/interp/interpreter.h"
#include "engine/locality/element_lines.h"
#include "engine/locality/executed.h"
#include "engine/locality/executed_lines.h"
#include "engine/locality/replay.h"
#include "engine/locality/reuse_counter.h"

namespace loopglass::locality {

namespace {

Error cancelled() { return fail(DiagnosticKind::Cancelled, "the measuring of reuse distances was cancelled"); }

Result<int64_t> replay_nest(const Nest& nest, const Layout& layout, LineRange lines, const Options& options, const ReuseOptions& wanted, ReuseCounter& counter) try {
  FoldMaker folds(lines, layout.buffers.size(), options.line, wanted);
  OrderedNest ordered(layout, options.line, {}, [&](OrderedTree& tree, int) {
    folds.begin_tree(tree);
    Replay(tree, counter, LineNumber(options.line), folds, options.stop).run();
    counter.settle();
  });
  return Walker(nest, layout, ordered, options.stop, options.max_runs).walk();
} catch (const ReplayStopped&) {
  return cancelled();
}

Result<int64_t> run_function(const ir::Function& function, const Layout& layout, const Options& options, ReuseCounter& counter) {
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(function));
  TRY_ASSIGN(std::vector<interp::Tensor> arguments, arguments_of(function, options));
  LineEvents events;
  events.touch = [&](int reference, int buffer, int64_t line) { counter.touch(reference, buffer, line); };
  return run_for_lines(program, layout, std::move(arguments), options.line, options.stop, events);
}

}  // namespace

Result<ReuseResult> measure_reuse(const ir::Function& function, const Options& options, const ReuseOptions& wanted) {
  const auto start = std::chrono::steady_clock::now();
  if (options.stop.stop_requested()) return cancelled();
  TRY_ASSIGN(const Layout layout, lay_out(function, options));
  TRY_ASSIGN(const LineRange lines, lines_of(layout, options.line, options.max_bytes));
  ReuseCounter counter(lines, layout.buffers.size(), wanted);
  const std::optional<Nest> nest = build_nest(function, layout);
  ReuseResult result;
  TRY_ASSIGN(result.accesses, nest ? replay_nest(*nest, layout, lines, options, wanted, counter) : run_function(function, layout, options, counter));
  result.line = options.line;
  counter.write_to(result);
  result.elapsed_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return result;
}

ElementCounts reuse_of_elements(const ReuseResult& result, const std::vector<int64_t>& of_lines, const BufferAccess& buffer) {
  return of_elements(of_lines, result.first_line, result.line, buffer);
}

}  // namespace loopglass::locality
