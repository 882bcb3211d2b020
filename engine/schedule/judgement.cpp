#include "engine/schedule/judgement.h"

namespace loopglass::schedule {

namespace {

enum class Asked { Binding, Scope, Reads };

// Whether a step that judged `again` decided what is asked of the block, which is in that step's program.
bool decides(const JudgedAgain& again, Asked asked, const Place& block, const ir::Module& module) {
  const bool is_itself = again.block.id == block.block().id;
  if (again.what == JudgedAgain::Binding || again.what == JudgedAgain::Assumed) return asked == Asked::Binding && is_itself;
  if (is_itself) return again.what == JudgedAgain::Scope && asked == Asked::Scope;
  const std::optional<Place> root = find(module, again.block);
  return root && is_below(block, *root);
}

}  // namespace

void Judgements::add(ir::Module after, const std::vector<JudgedAgain>& again) {
  if (after == modules_.back()) return;
  modules_.push_back(std::move(after));
  for (const JudgedAgain& one : again) events_.push_back({one, modules_.size() - 1});
}

std::optional<Place> Judgements::first_seen(const BlockRef& block) const {
  for (const ir::Module& module : modules_)
    if (std::optional<Place> place = find(module, block)) return place;
  return std::nullopt;
}

Place Judgements::binding(const Place& now) const {
  const BlockRef block = std::get<BlockRef>(ref(now));
  for (auto event = events_.rbegin(); event != events_.rend(); ++event)
    if (std::optional<Place> place = find(modules_[event->module], block))
      if (decides(event->again, Asked::Binding, *place, modules_[event->module])) return *place;
  return first_seen(block).value_or(now);
}

bool Judgements::is_assumed_affine(const Place& now) const {
  const BlockRef block = std::get<BlockRef>(ref(now));
  for (auto event = events_.rbegin(); event != events_.rend(); ++event)
    if (std::optional<Place> place = find(modules_[event->module], block))
      if (decides(event->again, Asked::Binding, *place, modules_[event->module])) return event->again.what == JudgedAgain::Assumed;
  return false;
}

Place Judgements::scope(const Place& now) const {
  const BlockRef block = std::get<BlockRef>(ref(now));
  for (auto event = events_.rbegin(); event != events_.rend(); ++event)
    if (std::optional<Place> place = find(modules_[event->module], block))
      if (decides(event->again, Asked::Scope, *place, modules_[event->module])) return *place;
  return first_seen(block).value_or(now);
}

std::optional<Place> Judgements::reads_scope(const Place& reader) const {
  const BlockRef block = std::get<BlockRef>(ref(reader));
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    const std::optional<Place> place = find(modules_[event->module], block);
    if (!place || !decides(event->again, Asked::Reads, *place, modules_[event->module])) continue;
    // Where the scope above it is not judged with it, TVM takes it for covered.
    const std::optional<Place> above = scope_of(*place);
    const bool with_scope = event->again.what == JudgedAgain::Scope || above->block().id != event->again.block.id;
    return with_scope ? above : std::nullopt;
  }
  const std::optional<Place> place = find(modules_.front(), block);
  return place ? scope_of(*place) : std::nullopt;
}

}  // namespace loopglass::schedule
