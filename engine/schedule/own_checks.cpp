#include "engine/schedule/own_checks.h"

#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/changed_number.h"
#include "engine/schedule/made_block.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/unbound_variable.h"
#include "engine/schedule/unwritten_read.h"

namespace loopglass::schedule {
namespace {

// Whether the part is a loop that differs in what is said of it alone (its kind, its annotations): nothing has moved.
bool has_same_body(const ChangedPart& part) {
  const auto *was = ir::as<ir::For>(part.before.stmt()), *is = ir::as<ir::For>(part.after.stmt());
  return was && is && was->body == is->body && was->loop_var == is->loop_var;
}

std::optional<Diagnostic> gpu_scope(const PrimitiveSpec& primitive, std::span<const Argument> args) {
  for (size_t i = 0; i < args.size(); ++i)
    if (std::string_view(primitive.params[i].name) == "storage_scope")
      if (auto found = gpu_memory(string_argument(args[i]), primitive.name)) return found;
  return std::nullopt;
}

std::optional<Diagnostic> unsound_part(const ir::Module& before, const ChangedPart& part, const char* primitive) {
  if (auto found = misplaced_block(part, primitive)) return found;
  if (auto found = unwritten_read(part, primitive)) return found;
  return newly_dependent_iterations(before, part.after, primitive);
}

std::optional<Diagnostic> unsound_block(const Rewrite& rewrite, const char* primitive) {
  for (const Argument& result : rewrite.results) {
    const NodeRef* node = std::get_if<NodeRef>(&result.v);
    if (!node || !std::holds_alternative<BlockRef>(*node)) continue;
    if (auto found = outside_domain(rewrite.module, std::get<BlockRef>(*node), primitive)) return found;
  }
  return std::nullopt;
}

std::optional<Diagnostic> unsound_result(const ir::Module& before, const Rewrite& rewrite, std::span<const ChangedPart> rebuilt, const char* primitive) {
  for (const ChangedPart& part : rebuilt)
    if (auto found = unsound_part(before, part, primitive)) return found;
  if (rebuilt.empty()) return std::nullopt;
  if (auto found = unsound_block(rewrite, primitive)) return found;
  return rewrite.warnings.empty() ? changed_results(before, rewrite.module, primitive) : std::nullopt;
}

void add_changed_number(const ir::Module& before, const ir::Module& after, Diagnostic& diagnostic) {
  const auto number = diagnostic.unsound ? changed_number(before, after) : std::nullopt;
  const bool is_told = number && diagnostic.message.find(*number) != std::string::npos;
  if (number && !is_told) diagnostic.message += fmt::format("; {}", *number);
}

}  // namespace

Result<void> check_result(const Context& context, const PrimitiveSpec& primitive, std::span<const Argument> args, std::span<const ChangedPart> changed, Rewrite& rewrite) {
  if (primitive.is_query || rewrite.module == context.module) return {};
  TRY(refuse_or_warn(context, gpu_scope(primitive, args), rewrite.warnings));
  std::vector<ChangedPart> rebuilt;
  for (const ChangedPart& part : changed)
    if (!rewrite.same_accesses && !has_same_body(part)) rebuilt.push_back(part);
  for (const ChangedPart& part : rebuilt)
    if (auto broken = unbound_variable(part, primitive.name)) return Error(*std::move(broken));
  for (Diagnostic& warning : rewrite.warnings) add_changed_number(context.module, rewrite.module, warning);
  auto found = unsound_result(context.module, rewrite, rebuilt, primitive.name);
  if (found) add_changed_number(context.module, rewrite.module, *found);
  return refuse_or_warn(context, std::move(found), rewrite.warnings);
}

Diagnostic with_changed_number(const Context& context, const PrimitiveSpec& primitive, std::span<const Argument> args, Diagnostic refusal) {
  if (!refusal.unsound) return refusal;
  Context trusting = context;
  trusting.trust = true;
  if (const Result<Rewrite> rewrite = primitive.apply(trusting, args)) add_changed_number(context.module, rewrite->module, refusal);
  return refusal;
}

}  // namespace loopglass::schedule
