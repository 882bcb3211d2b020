// How long the engine takes for what happens on every edit of the course's program. `./dev bench`.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>

#include "engine/ir/structural_equal.h"
#include "engine/locality/access.h"
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

// One step of the course's schedule, by its place in the trace, on the program that stands before it.
void step(benchmark::State& state) {
  const schedule::Trace trace = scheduled().trace();
  schedule::Schedule before(program().modules.front().module);
  for (int i = 0; i < state.range(0); ++i) before = before.apply(*trace.instructions[i].primitive, trace.instructions[i].args)->schedule;
  const schedule::Instruction& instruction = trace.instructions[state.range(0)];
  state.SetLabel(instruction.primitive->name);
  for (auto _ : state) benchmark::DoNotOptimize(before.apply(*instruction.primitive, instruction.args));
}
BENCHMARK(step)->Arg(2)->Arg(3)->Arg(5)->Arg(6)->Unit(benchmark::kMicrosecond);

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

}  // namespace
}  // namespace loopglass
