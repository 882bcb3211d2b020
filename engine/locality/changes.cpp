#include "engine/locality/changes.h"

#include <algorithm>

#include "engine/locality/nest.h"

namespace loopglass::locality {

namespace {

// The loops around each reference, the outermost first, as indices into Access::loops.
void list_loops(const std::vector<Item>& items, std::vector<size_t>& around, std::vector<std::vector<size_t>>& by_reference) {
  for (const Item& item : items) {
    if (const auto* access = std::get_if<AccessItem>(&item.value)) {
      by_reference[static_cast<size_t>(access->reference)] = around;
    } else if (const auto* guard = std::get_if<GuardItem>(&item.value)) {
      list_loops(guard->body, around, by_reference);
    } else {
      const LoopItem& loop = *std::get<std::unique_ptr<LoopItem>>(item.value);
      around.push_back(static_cast<size_t>(loop.id));
      list_loops(loop.body, around, by_reference);
      around.pop_back();
    }
  }
}

Result<std::vector<std::vector<size_t>>> loops_of_references(const ir::Function& function) {
  TRY_ASSIGN(const Layout layout, lay_out(function, {}));
  const std::optional<Nest> nest = build_nest(function, layout);
  std::vector<std::vector<size_t>> loops;
  if (!nest) return loops;
  loops.resize(nest->references.size());
  std::vector<size_t> around;
  list_loops(nest->items, around, loops);
  return loops;
}

size_t buffer_named(const Access& access, const std::string& name) {
  const auto found = std::ranges::find(access.buffers, name, [](const BufferAccess& buffer) { return buffer.buffer->name; });
  return static_cast<size_t>(found - access.buffers.begin());
}

std::optional<Hold> hold_of(const Version& version, const std::vector<std::vector<size_t>>& loops, size_t buffer, size_t level, int64_t capacity) {
  if (loops.empty() || buffer == version.access->buffers.size()) return {};
  const std::vector<Reference>& references = version.access->references;
  const std::vector<int64_t>& misses = version.caches->levels[level].by_reference;
  size_t most = references.size();
  for (size_t r = 0; r < references.size(); ++r)
    if (references[r].buffer == version.access->buffers[buffer].buffer && references[r].count > 0 && (most == references.size() || misses[r] > misses[most])) most = r;
  if (most == references.size()) return {};
  Hold hold{.reference = references[most].text};
  const LoopFootprint* outside = nullptr;
  for (size_t index : loops[most]) {
    const LoopFootprint& loop = version.access->loops[index];
    hold.bytes = loop.total_bytes;
    if (loop.total_bytes <= capacity) {
      hold.stays_within = loop.path;
      break;
    }
    outside = &loop;
  }
  if (outside) hold.leaves_in = outside->path;
  return hold;
}

// How deep the loops are that hold: the number of loops around that do not fit.
int64_t depth(const Hold& hold) { return hold.leaves_in.empty() ? 0 : 1 + std::ranges::count(hold.leaves_in, '/'); }

}  // namespace

Result<std::vector<MissChange>> compare_misses(const Version& before, const Version& after, const std::vector<CacheLevel>& levels) {
  TRY_ASSIGN(const auto loops_before, loops_of_references(before.function));
  TRY_ASSIGN(const auto loops_after, loops_of_references(after.function));
  std::vector<std::string> names;
  for (const Version* version : {&before, &after})
    for (const BufferAccess& buffer : version->access->buffers)
      if (std::ranges::find(names, buffer.buffer->name) == names.end()) names.push_back(buffer.buffer->name);
  std::vector<MissChange> changes;
  for (const std::string& name : names)
    for (size_t level = 0; level < levels.size(); ++level) {
      const size_t then = buffer_named(*before.access, name), now = buffer_named(*after.access, name);
      MissChange change{name, levels[level].name};
      if (then < before.access->buffers.size()) change.before = before.caches->levels[level].by_buffer[then];
      if (now < after.access->buffers.size()) change.after = after.caches->levels[level].by_buffer[now];
      if (change.before == change.after) continue;
      change.hold_before = hold_of(before, loops_before, then, level, levels[level].bytes);
      change.hold_after = hold_of(after, loops_after, now, level, levels[level].bytes);
      if (change.hold_before && change.hold_after && *change.hold_before != *change.hold_after) {
        const int64_t deeper = depth(*change.hold_after) - depth(*change.hold_before);
        const bool holds_more = change.hold_after->bytes > change.hold_before->bytes || deeper < 0;
        change.is_due_to_loops = (change.after < change.before) == holds_more;
      }
      changes.push_back(std::move(change));
    }
  std::ranges::stable_sort(changes, std::ranges::greater{}, [](const MissChange& change) { return std::abs(change.after - change.before); });
  return changes;
}

}  // namespace loopglass::locality
