// sample_categorical(candidates, probs, decision): one of the candidates, as a value for later steps. Changes nothing.
//
// Requires: BadArgument (as many probabilities as candidates, at least one of them positive, none negative), WrongDecision (an index of a
// candidate). (TVM: src/s_tir/schedule/primitive/sampling.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tile_sampling.h"

namespace loopglass::schedule {
namespace {

std::vector<double> probabilities(const Value& value) {
  std::vector<double> probs;
  for (const Value& item : *value.as<ValueList>()) probs.push_back(item.as<double>() ? *item.as<double>() : static_cast<double>(*item.as<int64_t>()));
  return probs;
}

Result<int64_t> draw(const std::vector<double>& probs, RandomEngine random) {
  double sum = 0;
  for (const double p : probs) sum += p;
  const bool none_negative = std::all_of(probs.begin(), probs.end(), [](double p) { return p >= 0; });
  if (!none_negative || !(sum > 0)) return fail(DiagnosticKind::BadArgument, "the probabilities are no distribution to draw from", "give at least one that is positive and none that is negative");
  double left = sum * static_cast<double>(draw_below(1 << 30, random)) / (1 << 30);
  for (size_t i = 0; i + 1 < probs.size(); ++i) {
    if (left < probs[i]) return static_cast<int64_t>(i);
    left -= probs[i];
  }
  return static_cast<int64_t>(probs.size()) - 1;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const ValueList& candidates = *value_argument(args[0]).as<ValueList>();
  const std::vector<double> probs = probabilities(value_argument(args[1]));
  const int64_t n = static_cast<int64_t>(candidates.size());
  if (candidates.size() != probs.size() || n == 0)
    return fail(DiagnosticKind::BadArgument, fmt::format("{} candidates have {} probabilities", n, probs.size()), "give at least one candidate, and each its probability");
  int64_t chosen = 0;
  if (is_none(args[2])) {
    TRY_ASSIGN(chosen, draw(probs, random_engine(context)));
  } else {
    chosen = int_argument(args[2]);
    if (chosen < 0 || chosen >= n)
      return fail(DiagnosticKind::WrongDecision, fmt::format("there is no candidate {} among {}", chosen, n), fmt::format("candidates are numbered 0 to {}", n - 1));
  }
  return Rewrite{context.module, {{candidates[chosen]}}, {}, {}, {}, Value{chosen}};
}

}  // namespace

const PrimitiveSpec kSampleCategorical = {
    .name = "sample_categorical",
    .json_kind = "SampleCategorical",
    .summary = "Draws one of several integers.",
    .params = {{"candidates", ParamKind::Ints, "the integers to choose from", {}, true},
               {"probs", ParamKind::Numbers, "the probability of each", {}, true},
               {.name = "decision", .kind = ParamKind::Int, .summary = "the index of the candidate, where it is decided", .default_value = Value{}, .is_attr = false, .is_decision = true}},
    .is_query = true,
    .apply = apply,
};

}  // namespace loopglass::schedule
