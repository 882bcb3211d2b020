// What the engine has counted and simulated of the version on the screen: accesses, misses, moments.
#include <thread>

#include "app/model/engine.h"

namespace loopglass::app {
namespace {

constexpr std::chrono::milliseconds kMomentPatience(2);

// `part`: the time asked for as a part of all, where it was asked of another version.
Result<Instant> look_up(Moments& moments, const SeekTo& seek, std::optional<double> part) {
  if (part) return moments.at(static_cast<int64_t>(*part * static_cast<double>(moments.accesses())));
  if (!seek.loop) return moments.at(seek.time);
  TRY_ASSIGN(const std::optional<int64_t> time, moments.time_of(seek.loop, seek.values));
  return moments.at(time.value_or(seek.time));
}

}  // namespace

void Engine::request_access(const Version& version) {
  view_.access_error.reset();
  view_.misses_error.reset();
  moments_ = std::make_shared<std::optional<Moments>>();
  history_of_caches_.reset();
  view_.instant.reset();
  view_.instant_error.reset();
  seek_is_of_another_ = true;
  view_.estimate.reset();
  view_.values.reset();
  view_.values_error.reset();
  view_.touchers.reset();
  view_.access = accesses_.contains(version.id) ? accesses_[version.id] : nullptr;
  view_.figures = figures_.contains(version.id) ? figures_[version.id] : nullptr;
  request_compared();
  if (view_.access) {
    request_misses(version);
    request_values();
    request_touchers();
    request_instant();
    return;
  }
  const ir::Function function = ir::find_function(version.schedule.module(), version.source->function);
  access_job_.submit([this, id = version.id, hash = version.hash, function, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto counted = std::make_shared<Result<locality::Access>>(locality::count_accesses(function, {.row_pitch = row_pitch, .stop = stop}));
    if (stop.stop_requested()) return;
    post([this, id, hash, counted, function, row_pitch] {
      if (id >= static_cast<int>(view_.history->versions().size()) || view_.history->at(id)->hash != hash) return;   // an edit has taken its place
      if (row_pitches_of(function) != row_pitch) return;
      const bool is_current = view_.version() && view_.version()->id == id;
      if (!*counted) {
        if (is_current) view_.access_error = counted->error();
        return;
      }
      accesses_[id] = std::make_shared<const locality::Access>(std::move(**counted));
      if (!is_current) return;
      view_.access = accesses_[id];
      request_misses(*view_.version());
      request_values();
      request_touchers();
      if (request_instant()) seek_job_.wait_until_idle(kMomentPatience);   // so that the moment is shown with the version
    });
  });
}

// For the badges of what a step would make; without it they are left out.
void Engine::request_preview_footprints() {
  const VersionPtr version = view_.preview->version;
  const ir::Function function = ir::find_function(version->schedule.module(), version->source->function);
  preview_job_.submit([this, version, function, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto loops = locality::measure_footprints(function, {.row_pitch = row_pitch, .stop = stop});
    if (!loops) return;
    post([this, version, shared = std::make_shared<const std::vector<locality::LoopFootprint>>(*std::move(loops))] {
      if (view_.preview && view_.preview->version == version) view_.preview->loops = shared;
    });
  });
}

// Beside the exact pass, which it must not keep waiting.
void Engine::request_estimate(const Version& version) {
  const std::shared_ptr<const locality::Access> access = accesses_[version.id];
  if (!access->buffers.front().misses.empty()) return;
  const ir::Function function = ir::find_function(version.schedule.module(), version.source->function);
  estimate_job_.submit([this, function, access, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto found = estimated_misses(function, *access, {.levels = cache_levels_, .row_pitch = row_pitch, .stop = stop});
    if (!found) return;
    post([this, access, estimate = std::make_shared<const EstimatedMisses>(std::move(*found))] {
      if (view_.access == access) view_.estimate = estimate;   // neither another version nor exact misses are on the screen
    });
  });
}

// Of the caches of this machine; the counts stand on the screen until they come. Moments need the caches' history, which is kept of the current version alone.
void Engine::request_misses(const Version& version) {
  const std::shared_ptr<const locality::Access> access = accesses_[version.id];
  if (cache_levels_.empty() || access->buffers.empty()) return;
  const bool is_complete = figures_.contains(version.id) && !figures_[version.id]->reuse.empty();
  if (is_complete && (!seek_ || history_of_caches_)) return;
  request_estimate(version);
  const auto known = figures_.find(version.parent);
  std::function<void(MemoryFigures&, const ir::Function&)> compare_with_parent = [](MemoryFigures&, const ir::Function&) {};
  if (known != figures_.end() && accesses_.contains(version.parent)) {
    const Version& parent = *view_.history->at(version.parent);
    compare_with_parent = [this, id = parent.id, was = ir::find_function(parent.schedule.module(), parent.source->function), before = known->second,
                           counted = accesses_[parent.id], access](MemoryFigures& figures, const ir::Function& now) {
      compare(figures, id, {was, counted.get(), &before->caches}, now, *access, cache_levels_);
    };
  }
  const ir::Function function = ir::find_function(version.schedule.module(), version.source->function);
  misses_job_.submit([this, access, compare_with_parent, moments = moments_, id = version.id, function, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    const locality::CacheOptions options{.levels = cache_levels_, .row_pitch = row_pitch, .stop = stop};
    auto pass = locality::CacheHistory::simulate(function, options);
    if (stop.stop_requested()) return;
    if (!pass) {   // the counts are there all the same
      post([this, moments, error = pass.error()] {
        if (moments == moments_) view_.misses_error = error;
      });
      return;
    }
    const bool has_misses = !access->buffers.front().misses.empty();
    auto with = has_misses ? access : std::make_shared<const locality::Access>(locality::with_misses(*access, pass->result, options));
    auto figures = std::make_shared<MemoryFigures>(memory_figures(function, *access, std::move(pass->result), cache_levels_, row_pitch));
    compare_with_parent(*figures, function);
    post([this, id, access, moments, with, figures, history = std::make_shared<locality::CacheHistory>(std::move(pass->history))] {
      const auto known = accesses_.find(id);
      if (known == accesses_.end() || known->second != access) return;   // an edit has taken its place
      known->second = with;
      figures_[id] = figures;
      view_.traffic[id] = traffic_of(figures->caches);
      if (moments != moments_) return;   // another version is on the screen
      view_.access = with;
      view_.figures = figures;
      view_.estimate.reset();
      history_of_caches_ = history;
      request_instant();
    });
    auto reuse = locality::measure_reuse(function, {.row_pitch = row_pitch, .stop = stop}, {.edges = locality::capacities_of(cache_levels_, options.line)});
    if (!reuse) return;
    auto complete = std::make_shared<MemoryFigures>(*figures);
    complete->kinds = locality::kinds_of_misses(*reuse, figures->caches);
    complete->reuse = std::move(reuse->buffers);
    post([this, id, figures, complete] {
      const auto known = figures_.find(id);
      if (known == figures_.end() || known->second != figures) return;   // an edit has taken its place
      known->second = complete;
      if (view_.figures == figures) view_.figures = complete;
    });
  });
}

void Engine::handle(const ShowValues& command) {
  values_of_ = command.quantity;
  view_.values.reset();
  view_.values_error.reset();
  request_values();
}

void Engine::request_values() {
  const Version* now = view_.version();
  if (!values_of_ || !now || !view_.access) return;
  const ir::Function function = ir::find_function(now->schedule.module(), now->source->function);
  const int threads = options_.threads > 1 ? options_.threads : std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  values_job_.submit([this, function, threads, moments = moments_, quantity = *values_of_, access = view_.access, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto found = std::make_shared<Result<ElementValues>>(element_values(function, *access, quantity, threads, {.row_pitch = row_pitch, .stop = stop}));
    if (stop.stop_requested()) return;
    post([this, quantity, found, moments] {
      if (values_of_ != quantity || moments != moments_) return;   // another version is on the screen
      if (*found) view_.values = std::make_shared<const ElementValues>(std::move(**found));
      else view_.values_error = found->error();
    });
  });
}

void Engine::handle(const ShowTouchers& command) {
  can_wait_ = true;   // for what is found
  touchers_of_ = command.element;
  view_.touchers.reset();
  if (!touchers_of_) touchers_job_.stop();
  request_touchers();
}

void Engine::request_touchers() {
  const Version* now = view_.version();
  if (!touchers_of_ || !now || !view_.access) return;
  const ir::Function function = ir::find_function(now->schedule.module(), now->source->function);
  touchers_job_.submit([this, function, moments = moments_, element = *touchers_of_, access = view_.access, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto found = touchers_of(function, *access, element, {.row_pitch = row_pitch, .stop = stop});
    if (stop.stop_requested() || !found || !*found) return;
    post([this, moments, touchers = std::make_shared<const Touchers>(**std::move(found))] {
      if (touchers_of_ == touchers->element && moments == moments_) view_.touchers = touchers;   // else another version is on the screen
    });
  });
}

void Engine::handle(const CompareMemory& command) {
  view_.compared_with = command.version;
  view_.compared.reset();
  request_compared();
}

void Engine::request_compared() {
  const int id = view_.compared_with;
  if (id >= static_cast<int>(view_.history->versions().size())) view_.compared_with = -1;
  if (view_.compared_with < 0) return view_.compared.reset();
  if (const auto known = accesses_.find(id); known != accesses_.end()) view_.compared = known->second;
  if (view_.compared && (cache_levels_.empty() || view_.compared->buffers.empty() || !view_.compared->buffers.front().misses.empty())) return;
  const Version& version = *view_.history->at(id);
  const ir::Function function = ir::find_function(version.schedule.module(), version.source->function);
  compared_job_.submit([this, id, function, row_pitch = row_pitches_of(function)](const Interruption& stop) {
    auto counted = locality::count_accesses(function, {.row_pitch = row_pitch, .stop = stop});
    if (!counted) return;
    const locality::CacheOptions options{.levels = cache_levels_, .row_pitch = row_pitch, .stop = stop};
    if (auto caches = locality::simulate_caches(function, options)) counted = locality::with_misses(*std::move(counted), *caches, options);
    if (stop.stop_requested()) return;
    post([this, id, function, row_pitch, access = std::make_shared<const locality::Access>(*std::move(counted))] {
      if (view_.compared_with == id && row_pitches_of(function) == row_pitch) view_.compared = access;
    });
  });
}

void Engine::handle(const SetRowPitch& command) {
  for (const auto& [buffer, bytes] : command.bytes) {
    if (bytes > 0) view_.row_pitch[buffer] = bytes;
    else view_.row_pitch.erase(buffer);
  }
  accesses_.clear();
  figures_.clear();
  view_.compared.reset();
  if (const Version* now = view_.version()) request_access(*now);
}

std::map<std::string, int64_t> Engine::row_pitches_of(const ir::Function& function) const {
  return locality::fitting_row_pitches(function, view_.row_pitch);
}

void Engine::handle(const SeekTo& command) {
  const bool was_on = seek_.has_value();
  can_wait_ = was_on && command.on;   // for what is looked up
  seek_ = command.on ? std::optional(command) : std::nullopt;
  seek_is_of_another_ = command.resume;
  ++seeks_begun_;
  const Version* now = view_.version();
  if (!seek_) {
    view_.instant.reset();
    view_.instant_error.reset();
  } else if (now && view_.access && !was_on && !view_.access->buffers.empty() && !view_.access->buffers.front().misses.empty()) {
    request_misses(*now);
  }
  if (!request_instant()) view_.answers.moments = seeks_begun_;
}

bool Engine::request_instant() {
  const Version* now = view_.version();
  if (!seek_ || !now || !view_.access) return false;
  const std::optional<double> part = seek_is_of_another_ ? std::optional(seek_part_) : std::nullopt;
  const ir::Function function = ir::find_function(now->schedule.module(), now->source->function);
  seek_job_.submit([this, part, number = seeks_begun_, access = view_.access, moments = moments_, history = history_of_caches_, seek = *seek_, function,
                    row_pitch = row_pitches_of(function)](const Interruption&) {
    const auto find = [&]() -> Result<Instant> {
      if (!*moments) {
        TRY_ASSIGN(*moments, Moments::make(function, access, {.row_pitch = row_pitch}));
      }
      if (history) (*moments)->set_history(history);
      return look_up(**moments, seek, part);
    };
    auto found = std::make_shared<Result<Instant>>(find());
    post([this, number, moments, found] {
      view_.answers.moments = std::max(view_.answers.moments, number);
      if (!seek_ || moments != moments_) return;   // switched off, or another version is on the screen
      if (!*found) {
        view_.instant_error = found->error();
        return;
      }
      seek_part_ = (*found)->accesses > 0 ? static_cast<double>((*found)->time) / static_cast<double>((*found)->accesses) : 0;
      view_.instant_error.reset();
      view_.instant = std::make_shared<const Instant>(std::move(**found));
    });
  });
  return true;
}

}  // namespace loopglass::app
