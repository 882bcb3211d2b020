// The place of a cache stage, found in one walk of the scope in program order.
#include "engine/schedule/cache_stage.h"

#include <algorithm>

namespace loopglass::schedule {
namespace {

// The walk ends a Seq where it meets the first reader. Where the writer stands before it in the same Seq, the stage goes between them.
class Walk {
 public:
  Walk(const ir::BlockIdToken* writer, const std::vector<Place>& readers) : writer_(writer), readers_(readers) {}

  // `here` is a loop or the scope; goes through its body.
  void below(const Place& here) {
    const ir::Stmt body = here.is_loop() ? here.loop().body : here.block().body;
    statement(here, body, 0);
  }

  std::optional<Place> found;
  std::optional<size_t> position;
  bool saw_writer = false, saw_reader = false;

 private:
  void statement(const Place& here, const ir::Stmt& s, uint32_t step) {
    const Place there = here.below(step, s);
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      block(realize->block);
    else if (ir::as<ir::Seq>(s))
      sequence(there);
    else
      other(there);
  }

  void block(const ir::Block& b) {
    if (b.id.get() == writer_) {
      saw_writer = true;
      return;
    }
    saw_reader |= std::any_of(readers_.begin(), readers_.end(), [&](const Place& r) { return r.block().id == b.id; });
  }

  void sequence(const Place& here) {
    const bool saw_before = std::exchange(saw_writer, false);
    const ir::Children stmts = ir::children(here.stmt());
    for (size_t i = 0; i < stmts.size() && !position; ++i) {
      statement(here, stmts[i], static_cast<uint32_t>(i));
      if (saw_writer && saw_reader && !position) position = i;
      if (saw_reader) break;
    }
    saw_writer |= saw_before;
  }

  void other(const Place& here) {
    const ir::Children below = ir::children(here.stmt());
    for (size_t i = 0; i < below.size(); ++i)
      if (below[i]) statement(here, below[i], static_cast<uint32_t>(i));
    if (here.is_loop() && saw_writer && saw_reader && !found && position) found = here;
  }

  const ir::BlockIdToken* writer_;
  const std::vector<Place>& readers_;
};

size_t statement_count(const ir::Stmt& body) {
  const ir::Seq* seq = ir::as<ir::Seq>(body);
  return seq ? seq->stmts.size() : 1;
}

}  // namespace

CacheLocation cache_location(const Place& scope, const Place& writer, const std::vector<Place>& readers) {
  if (readers.empty()) return {scope, statement_count(scope.block().body)};
  Walk walk(writer.block().id.get(), readers);
  walk.below(scope);
  if (walk.found) return {*walk.found, *walk.position};
  return {scope, walk.position.value_or(0)};
}

bool holds_all_readers(const Place& place, const Place& scope, const ir::Buffer& buffer) {
  for (const Place& block : child_blocks(scope)) {
    const auto& reads = block.block().reads;
    const bool reads_it = std::any_of(reads.begin(), reads.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; });
    if (reads_it && !is_below(block, place)) return false;
  }
  return true;
}

}  // namespace loopglass::schedule
