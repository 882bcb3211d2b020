// How long the engine takes for what happens on every edit of the course's program. `./dev bench`.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>

#include "engine/ir/structural_equal.h"
#include "engine/locality/access.h"
#include "engine/measure/worker/thread_pool.h"
#include "engine/schedule/replay.h"
#include "engine/script/parser.h"
#include "engine/script/printer.h"

namespace loopglass {
namespace {

std::string program_text() {
  std::ifstream in(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py");
  return {std::istreambuf_iterator<char>(in), {}};
}

const script::ParsedFile& program() {
  static const script::ParsedFile file = script::parse_file(program_text());
  return file;
}

schedule::Schedule scheduled() { return schedule::replay(program().schedules.front(), program().modules.front().module).schedule; }

void parse(benchmark::State& state) {
  const std::string text = program_text();
  for (auto _ : state) benchmark::DoNotOptimize(script::parse_file(text));
}
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);

void print(benchmark::State& state) {
  const ir::Module module = scheduled().module();
  for (auto _ : state) benchmark::DoNotOptimize(script::print(module));
}
BENCHMARK(print)->Unit(benchmark::kMicrosecond);

void replay_course_schedule(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(schedule::replay(program().schedules.front(), program().modules.front().module));
}
BENCHMARK(replay_course_schedule)->Unit(benchmark::kMicrosecond);

std::string text_of(const char* file) {
  std::ifstream in(std::string(LOOPGLASS_SOURCE_DIR) + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The last instruction of a schedule, on the program that stands before it.
void last_step(benchmark::State& state, const script::ScheduleScript& script) {
  const ir::Module module = program().modules.front().module;
  const schedule::Replayed replayed = schedule::replay(script, module);
  if (replayed.error) return state.SkipWithError(replayed.error->message.c_str());
  const schedule::Schedule& whole = replayed.schedule;
  const schedule::Instruction last = whole.trace().instructions.back();
  const int before_last = static_cast<int>(whole.trace().instructions.size()) - 1;
  const schedule::Schedule before = schedule::replay(script, module, {}, before_last).schedule;
  for (auto _ : state) benchmark::DoNotOptimize(before.apply(*last.primitive, last.args));
}

// A step of each primitive: the functions of steps.py, which tvm_peer.py times in TVM.
const int kSteps = [] {
  static const script::ParsedFile steps = script::parse_file(text_of("tests/bench/steps.py"));
  for (const script::ScheduleScript& script : steps.schedules)
    benchmark::RegisterBenchmark(("step/" + script.name).c_str(), last_step, script)->Unit(benchmark::kMicrosecond);
  return static_cast<int>(steps.schedules.size());
}();

// A program of many blocks: what a step costs should go by what it touches.
ir::Module many_blocks(int blocks) {
  std::string text = "@T.prim_func(s_tir=True)\ndef main(A: T.Buffer((64,), \"float32\"), B: T.Buffer((64,), \"float32\")):\n";
  for (int i = 0; i < blocks; ++i)
    text += "    for i in range(64):\n        with T.sblock(\"b" + std::to_string(i) + "\"):\n            v = T.axis.spatial(64, i)\n            B[v] = A[v]\n";
  return *script::parse_module(text);
}

void split_among_blocks(benchmark::State& state) {
  const schedule::Schedule start(many_blocks(static_cast<int>(state.range(0))));
  const auto block = start.apply(*schedule::find_primitive("get_sblock"), {{"b" + std::to_string(state.range(0) / 2)}, {std::string("main")}});
  const auto loops = block->schedule.apply(*schedule::find_primitive("get_loops"), {block->results.front()});
  const schedule::PrimitiveSpec& split = *schedule::find_primitive("split");
  const schedule::Value factors{schedule::ValueList{{}, {int64_t{4}}}};
  for (auto _ : state) benchmark::DoNotOptimize(loops->schedule.apply(split, {loops->results.front(), factors}));
}
BENCHMARK(split_among_blocks)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);

void hash(benchmark::State& state) {
  const ir::Module module = scheduled().module();
  for (auto _ : state) benchmark::DoNotOptimize(ir::structural_hash(module));
}
BENCHMARK(hash)->Unit(benchmark::kMicrosecond);

void count_accesses(benchmark::State& state) {
  const ir::Module module = scheduled().module();
  for (auto _ : state) benchmark::DoNotOptimize(locality::count_accesses(module->functions.front().function));
}
BENCHMARK(count_accesses)->Unit(benchmark::kMillisecond);

// What T.parallel costs: a loop with nothing in it, handed out and waited for, once the threads are awake.
void dispatch(benchmark::State& state) {
  measure::pin_to_last_cpu();
  measure::ThreadPool pool(static_cast<int>(state.range(0)));
  const auto nothing = [](void*, int64_t begin, int64_t) { benchmark::DoNotOptimize(begin); };
  for (auto _ : state) pool.run(state.range(0), nothing, nullptr);
}
BENCHMARK(dispatch)->Arg(2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace loopglass
