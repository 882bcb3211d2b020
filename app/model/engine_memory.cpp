// What the engine has counted and simulated of the version on the screen: accesses, misses, moments.
#include "app/model/engine.h"

namespace loopglass::app {
namespace {

// `part`: the time asked for as a part of all, where it was asked of another version.
Result<Instant> look_up(std::optional<Moments>& moments, const ir::Function& function, const std::shared_ptr<const locality::Access>& access,
                        std::shared_ptr<locality::CacheHistory> history, const SeekTo& seek, std::optional<double> part) {
  if (!moments) {
    TRY_ASSIGN(moments, Moments::make(function, access));
  }
  if (history && !moments->has_history()) moments->set_history(std::move(history));
  if (part) return moments->at(static_cast<int64_t>(*part * static_cast<double>(moments->accesses())));
  if (!seek.loop) return moments->at(seek.time);
  TRY_ASSIGN(const std::optional<int64_t> time, moments->time_of(seek.loop, seek.values));
  return moments->at(time.value_or(seek.time));
}

}  // namespace

void Engine::request_access(const Version& version) {
  view_.access_error.reset();
  moments_ = std::make_shared<std::optional<Moments>>();
  history_of_caches_.reset();
  view_.instant.reset();
  view_.instant_error.reset();
  seek_is_of_another_ = true;
  view_.access = accesses_.contains(version.id) ? accesses_[version.id] : nullptr;
  view_.figures = figures_.contains(version.id) ? figures_[version.id] : nullptr;
  if (view_.access) {
    request_misses(version);
    return request_instant();
  }
  access_job_.submit([this, id = version.id, hash = version.hash, function = ir::find_function(version.schedule.module(), version.source->function)](
                         std::stop_token stop) {
    auto counted = std::make_shared<Result<locality::Access>>(locality::count_accesses(function, {.stop = stop}));
    if (stop.stop_requested()) return;
    post([this, id, hash, counted] {
      if (id >= static_cast<int>(view_.history->versions().size()) || view_.history->at(id)->hash != hash) return;   // an edit has taken its place
      const bool is_current = view_.version() && view_.version()->id == id;
      if (!*counted) {
        if (is_current) view_.access_error = counted->error();
        return;
      }
      accesses_[id] = std::make_shared<const locality::Access>(std::move(**counted));
      if (!is_current) return;
      view_.access = accesses_[id];
      request_misses(*view_.version());
      request_instant();
    });
  });
}

// Of the caches of this machine; the counts stand on the screen until they come. Moments need the caches' history, which is kept of the current version alone.
void Engine::request_misses(const Version& version) {
  const std::shared_ptr<const locality::Access> access = accesses_[version.id];
  if (cache_levels_.empty() || access->buffers.empty()) return;
  if (!access->buffers.front().misses.empty() && (!seek_ || history_of_caches_)) return;
  const auto known = figures_.find(version.parent);
  std::function<void(MemoryFigures&, const ir::Function&)> compare_with_parent = [](MemoryFigures&, const ir::Function&) {};
  if (known != figures_.end() && accesses_.contains(version.parent)) {
    const Version& parent = *view_.history->at(version.parent);
    compare_with_parent = [this, id = parent.id, was = ir::find_function(parent.schedule.module(), parent.source->function), before = known->second,
                           counted = accesses_[parent.id], access](MemoryFigures& figures, const ir::Function& now) {
      compare(figures, id, {was, counted.get(), &before->caches}, now, *access, cache_levels_);
    };
  }
  misses_job_.submit([this, access, compare_with_parent, moments = moments_, id = version.id,
                      function = ir::find_function(version.schedule.module(), version.source->function)](std::stop_token stop) {
    const locality::CacheOptions options{.levels = cache_levels_, .stop = stop};
    auto pass = locality::CacheHistory::simulate(function, options);
    if (stop.stop_requested() || !pass) return;   // too large to be simulated here: the counts are there all the same
    const bool has_misses = !access->buffers.front().misses.empty();
    auto with = has_misses ? access : std::make_shared<const locality::Access>(locality::with_misses(*access, pass->result, options));
    auto figures = std::make_shared<MemoryFigures>(memory_figures(function, *access, std::move(pass->result)));
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
      history_of_caches_ = history;
      request_instant();
    });
    auto reuse = locality::measure_reuse(function, {.stop = stop});
    if (!reuse) return;
    auto complete = std::make_shared<MemoryFigures>(*figures);
    complete->reuse = std::move(reuse->buffers);
    post([this, id, figures, complete] {
      const auto known = figures_.find(id);
      if (known == figures_.end() || known->second != figures) return;   // an edit has taken its place
      known->second = complete;
      if (view_.figures == figures) view_.figures = complete;
    });
  });
}

void Engine::handle(const SeekTo& command) {
  const bool was_on = seek_.has_value();
  seek_ = command.on ? std::optional(command) : std::nullopt;
  seek_is_of_another_ = false;
  const Version* now = view_.version();
  if (!seek_) {
    view_.instant.reset();
    view_.instant_error.reset();
  } else if (now && view_.access) {
    if (!was_on && !view_.access->buffers.empty() && !view_.access->buffers.front().misses.empty()) request_misses(*now);
    request_instant();
  }
}

void Engine::request_instant() {
  const Version* now = view_.version();
  if (!seek_ || !now || !view_.access) return;
  const std::optional<double> part = seek_is_of_another_ ? std::optional(seek_part_) : std::nullopt;
  seek_job_.submit([this, part, access = view_.access, moments = moments_, history = history_of_caches_, seek = *seek_,
                    function = ir::find_function(now->schedule.module(), now->source->function)](std::stop_token) {
    auto found = std::make_shared<Result<Instant>>(look_up(*moments, function, access, history, seek, part));
    post([this, moments, found] {
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
}

}  // namespace loopglass::app
