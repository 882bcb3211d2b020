#include "engine/schedule/tile_sampling.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/check_arguments.h"

namespace loopglass::schedule {
namespace {

struct PrimePower {
  int64_t prime;
  int exponent;
};

std::vector<PrimePower> factorize(int64_t n) {
  std::vector<PrimePower> powers;
  for (int64_t prime = 2; prime * prime <= n; ++prime) {
    if (n % prime != 0) continue;
    powers.push_back({prime, 0});
    for (; n % prime == 0; n /= prime) ++powers.back().exponent;
  }
  if (n > 1) powers.push_back({n, 1});
  return powers;
}

// How `exponent` equal things go into `parts`, every way equally likely: bars among stars.
std::vector<int> draw_shares(int exponent, int parts, RandomEngine& random) {
  std::vector<int> places(exponent + parts - 1);
  for (size_t i = 0; i < places.size(); ++i) places[i] = static_cast<int>(i);
  for (int i = 0; i < parts - 1; ++i) std::swap(places[i], places[i + draw_below(static_cast<int64_t>(places.size()) - i, random)]);
  std::vector<int> bars(places.begin(), places.begin() + (parts - 1));
  std::sort(bars.begin(), bars.end());
  bars.push_back(exponent + parts - 1);
  std::vector<int> shares;
  for (int last = -1; const int bar : bars) {
    shares.push_back(bar - last - 1);
    last = bar;
  }
  return shares;
}

}  // namespace

RandomEngine random_engine(const Context& context) {
  RandomEngine random(static_cast<RandomEngine::result_type>(context.seed));
  random.discard(2);   // seeds that follow each other give first numbers that do
  return random;
}

int64_t draw_below(int64_t n, RandomEngine& random) { return static_cast<int64_t>(random()) % n; }

Tile draw_tile(int64_t extent, int parts, RandomEngine& random) {
  Tile tile(parts, 1);
  for (const PrimePower& power : factorize(extent)) {
    const std::vector<int> shares = draw_shares(power.exponent, parts, random);
    for (int i = 0; i < parts; ++i)
      for (int n = 0; n < shares[i]; ++n) tile[i] *= power.prime;
  }
  return tile;
}

Tile fitted_tile(Tile decision, int64_t extent) {
  for (size_t i = decision.size(); i-- > 1;) {
    if (extent % decision[i] != 0) decision[i] = extent;
    extent /= decision[i];
  }
  decision.front() = extent;
  return decision;
}

Tile open_tile(int64_t parts) {
  Tile tile(parts, 1);
  tile.front() = -1;
  return tile;
}

Result<void> check_parts(const Place& loop, int64_t parts, int64_t least) {
  if (parts >= least && parts <= 64) return {};
  return fail(DiagnosticKind::BadArgument, fmt::format("{} cannot be tiled into {} parts", quoted(loop), parts), fmt::format("ask for {} parts or more, 64 at most", least),
              {label(loop, bounds_text(loop.loop()))});
}

Result<void> check_extent(const Place& loop, int64_t extent) {
  if (extent >= 1 && extent <= INT32_MAX) return {};
  return fail(DiagnosticKind::BadArgument, fmt::format("{} runs {} times, and tiles are drawn for 1 to 2147483647", quoted(loop), extent),
              "give the decision", {label(loop, bounds_text(loop.loop()))});
}

Result<Tile> decided_tile(const Place& loop, const Value& decision) {
  Tile tile;
  for (const Value& factor : *decision.as<ValueList>()) tile.push_back(*factor.as<int64_t>());
  // The outermost factor is computed from the others, so what stands there does not matter.
  if (tile.size() >= 2 && std::all_of(tile.begin() + 1, tile.end(), [](int64_t factor) { return factor > 0; })) return tile;
  return fail(DiagnosticKind::WrongDecision, fmt::format("{} is no tile of {}", to_python(decision), quoted(loop)),
              "a decision has two factors or more, all of them positive", {label(loop, bounds_text(loop.loop()))});
}

Rewrite tile_result(const Context& context, const Tile& tile, bool infer) {
  ArgumentList factors;
  ValueList decision;
  for (const int64_t factor : tile) {
    factors.push_back({infer && factor == -1 ? Value{} : Value{factor}});
    decision.push_back({factor});
  }
  return {context.module, {{std::move(factors)}}, {}, {}, {}, Value{std::move(decision)}};
}

}  // namespace loopglass::schedule
