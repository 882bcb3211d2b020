#include "engine/schedule/block_position.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

// The statement of the loop's body that holds the block; nothing where it does not stand below the loop.
std::optional<size_t> statement_of(const Place& block, const Place& loop, bool is_seq) {
  if (!is_below(block, loop)) return std::nullopt;
  return is_seq ? block.step(loop.depth() + 1) : 0;
}

Error not_all_below(const Place& loop, const BlockScope& scope, size_t block, const std::vector<size_t>& missing, Required required) {
  const char* relation = required == Required::Consumers ? "consumer" : "producer";
  std::vector<std::string> names;
  std::vector<Label> labels{label(scope.blocks[block], "to be moved")};
  for (size_t i : missing) {
    names.push_back(fmt::format("\"{}\"", scope.blocks[i].block().name));
    labels.push_back(label(scope.blocks[i], fmt::format("{} outside the loop", relation)));
  }
  labels.push_back(label(loop, "the loop"));
  return fail(DiagnosticKind::NotAllRequiredBlocksVisited,
              fmt::format("{}{} {} of {} not below {}", relation, missing.size() > 1 ? "s" : "", fmt::join(names, ", "),
                          quoted(scope.blocks[block]) + (missing.size() > 1 ? " are" : " is"), quoted(loop)),
              fmt::format("choose a loop that holds every {} of the block", relation), std::move(labels));
}

}  // namespace

std::vector<ir::Stmt> statements(const ir::Stmt& body) {
  const ir::Seq* seq = ir::as<ir::Seq>(body);
  return seq ? seq->stmts : std::vector<ir::Stmt>{body};
}

Result<size_t> insertion_position(const Place& loop, const BlockScope& scope, size_t block, Required required, int64_t index) {
  const bool is_seq = ir::as<ir::Seq>(loop.loop().body) != nullptr;
  const int64_t count = static_cast<int64_t>(statements(loop.loop().body).size());
  int64_t last_producer = -1, first_consumer = count;
  std::vector<size_t> missing;
  const auto look = [&](const std::vector<size_t>& relatives, bool needed, const auto& seen) {
    for (size_t i : relatives) {
      const auto at = statement_of(scope.blocks[i], loop, is_seq);
      if (at)
        seen(static_cast<int64_t>(*at));
      else if (needed)
        missing.push_back(i);
    }
  };
  look(producers(scope, block), required == Required::Producers, [&](int64_t at) { last_producer = std::max(last_producer, at); });
  look(consumers(scope, block), required == Required::Consumers, [&](int64_t at) { first_consumer = std::min(first_consumer, at); });
  // The block stands between them in program order: were both below the loop in the wrong order, the block would be below it too.
  CHECK(last_producer < first_consumer, "a producer stands after a consumer");
  if (!missing.empty()) return not_all_below(loop, scope, block, missing, required);
  if (index == -1) return static_cast<size_t>(first_consumer);
  if (index == -2) return static_cast<size_t>(last_producer + 1);
  if (index > last_producer && index <= first_consumer) return static_cast<size_t>(index);
  return fail(DiagnosticKind::BadArgument, fmt::format("index {} is no place for {} below {}", index, quoted(scope.blocks[block]), quoted(loop)),
              last_producer + 1 == first_consumer ? fmt::format("the only place is {}", first_consumer)
                                                  : fmt::format("give -1 (last), -2 (first) or a number from {} to {}", last_producer + 1, first_consumer),
              {label(scope.blocks[block], "to be moved"), label(loop, "the loop")});
}

Result<void> check_removable(const Place& block) {
  for (const ir::Stmt& s : block.above()) {
    if (ir::as<ir::Seq>(s)) return {};
    if (ir::as<ir::BlockRealize>(s)) break;
  }
  const Place scope = *scope_of(block);
  return fail(DiagnosticKind::OnlyLeaf, fmt::format("{} is all that {} holds", quoted(block), quoted(scope)),
              "without it the scope would be empty: keep it", {label(block, ""), label(scope, "the scope")});
}

}  // namespace loopglass::schedule
