#include "engine/locality/estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "engine/locality/cache_pass.h"
#include "engine/locality/miss_counter.h"
#include "engine/locality/replay.h"
#include "engine/locality/timeline_pieces.h"

namespace loopglass::locality {

namespace {

constexpr int64_t kShort = 1 << 20;        // accesses that are simulated as a whole
constexpr int64_t kStretch = 1 << 14;      // accesses of a sample
constexpr int64_t kWarmUp = 4;             // accesses before it, by lines of all levels
constexpr size_t kLeastSamples = 8;
constexpr double kWidth = 2.5;             // standard errors: the samples are few, and far from normal

// The misses of one sample, by level and buffer; `unknown`: by level, those that may have been hits.
struct Sample {
  std::vector<std::vector<int64_t>> misses;
  std::vector<int64_t> unknown;
};

class Sampler {
 public:
  Sampler(TimelinePieces& pieces, LineRange lines, const CacheOptions& options)
      : pieces_(pieces), options_(options), result_(empty_result(options, pieces.source().layout, lines, pieces.source().nest->references.size())),
        counter_(options, lines, result_), folds_(lines, pieces.source().layout.buffers.size(), options.line) {
    for (const CacheLevel& level : options.levels) warm_up_ += kWarmUp * level.bytes / options.line;
  }

  Result<Sample> take(int64_t from, int64_t to) {
    counter_.forget();
    TRY(replay(std::max<int64_t>(from - warm_up_, 0), from));
    const Sample before = now();
    TRY(replay(from, to));
    Sample sample = now();
    for (size_t level = 0; level < sample.misses.size(); ++level) {
      // What a set that starts empty lacks is unknown only after the start of the function.
      sample.unknown[level] = from > warm_up_ ? sample.unknown[level] - before.unknown[level] : 0;
      for (size_t b = 0; b < sample.misses[level].size(); ++b) sample.misses[level][b] -= before.misses[level][b];
    }
    return sample;
  }

 private:
  Sample now() const {
    Sample sample;
    for (size_t level = 0; level < result_.levels.size(); ++level) {
      sample.misses.push_back(result_.levels[level].by_buffer);
      sample.unknown.push_back(counter_.lines_held(level));
    }
    return sample;
  }

  Result<void> replay(int64_t from, int64_t to) try {
    return pieces_.for_each_tree(from, to, [&](OrderedTree& tree, int64_t low, int64_t high) {
      if (tree_ != &tree) folds_.begin_tree(tree), counter_.begin_tree(tree);
      tree_ = &tree;
      Replay(tree, counter_, LineNumber(options_.line), folds_, options_.stop).run(low, high);
    });
  } catch (const ReplayStopped&) {
    return fail(DiagnosticKind::Cancelled, "the estimate of the misses was cancelled");
  }

  TimelinePieces& pieces_;
  const CacheOptions& options_;
  CacheResult result_;
  MissCounter counter_;
  FoldMaker folds_;
  const OrderedTree* tree_ = nullptr;   // that the folds are of
  int64_t warm_up_ = 0;
};

MissEstimate::Range range_of(const std::vector<double>& misses, const std::vector<double>& unknown, double scale) {
  const auto n = static_cast<double>(misses.size());
  double sum = 0, squares = 0, slack = 0;
  for (size_t i = 0; i < misses.size(); ++i) sum += misses[i], squares += misses[i] * misses[i], slack += unknown[i];
  const double mean = sum / n, variance = std::max(0.0, squares / n - mean * mean) * n / (n - 1), error = kWidth * std::sqrt(variance / n);
  return {mean * scale, std::max(0.0, mean - slack / n - error) * scale, (mean + error) * scale};
}

MissEstimate exact(const CacheResult& caches) {
  MissEstimate estimate{.is_exact = true, .accesses = caches.accesses, .sampled = caches.accesses};
  for (const LevelMisses& level : caches.levels) {
    auto& ranges = estimate.levels.emplace_back();
    for (int64_t misses : level.by_buffer) ranges.push_back({static_cast<double>(misses), static_cast<double>(misses), static_cast<double>(misses)});
  }
  return estimate;
}

// 0, 1/2, 1/4, 3/4, 1/8, ...: evenly spread whenever it is stopped.
double spread(uint32_t n) {
  double place = 0;
  for (double part = 0.5; n > 0; n /= 2, part /= 2) place += n % 2 * part;
  return place;
}

}  // namespace

Result<MissEstimate> estimate_misses(const ir::Function& function, const CacheOptions& options, const SampleOptions& sampling) {
  const auto start = std::chrono::steady_clock::now();
  if (options.threads != 1) return fail(DiagnosticKind::BadArgument, "misses are estimated in program order", "use one thread");
  TRY(check_levels(options));
  TRY_ASSIGN(const auto pieces, TimelinePieces::make(function, counting_options(options)));
  if (!pieces->source().nest) return fail(DiagnosticKind::UnsupportedOperation, "the accesses depend on data, so none of them can be left out");
  if (pieces->accesses() <= kShort) {
    TRY_ASSIGN(const CacheResult caches, simulate_caches(function, options));
    return exact(caches);
  }
  TRY_ASSIGN(const LineRange lines, lines_of(pieces->source().layout, options.line, options.max_bytes));
  Sampler sampler(*pieces, lines, options);
  std::mt19937 random(1);
  std::vector<Sample> samples;
  const int most = std::min<int>(sampling.most_samples, static_cast<int>(pieces->accesses() / kStretch));
  for (int n = 0; n < most; ++n) {
    const double spent = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (samples.size() >= kLeastSamples && spent > sampling.budget_ms) break;
    const double place = spread(static_cast<uint32_t>(n)) + std::uniform_real_distribution<double>(0, 1.0 / most)(random);
    const auto from = static_cast<int64_t>(place * static_cast<double>(pieces->accesses() - kStretch)) % (pieces->accesses() - kStretch);
    TRY_ASSIGN(Sample sample, sampler.take(from, from + kStretch));
    samples.push_back(std::move(sample));
  }
  MissEstimate estimate{.accesses = pieces->accesses(), .sampled = static_cast<int64_t>(samples.size()) * kStretch};
  const double scale = static_cast<double>(pieces->accesses()) / static_cast<double>(kStretch);
  for (size_t level = 0; level < options.levels.size(); ++level) {
    auto& ranges = estimate.levels.emplace_back();
    for (size_t b = 0; b < pieces->source().layout.buffers.size(); ++b) {
      std::vector<double> misses, unknown;
      for (const Sample& sample : samples) {
        misses.push_back(static_cast<double>(sample.misses[level][b]));
        unknown.push_back(std::min(misses.back(), static_cast<double>(sample.unknown[level])));
      }
      ranges.push_back(range_of(misses, unknown, scale));
    }
  }
  return estimate;
}

}  // namespace loopglass::locality
