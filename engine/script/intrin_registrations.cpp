#include "engine/script/intrin_registrations.h"

#include <algorithm>

#include <fmt/format.h>

namespace loopglass::script {
namespace {

Diagnostic error_at(DiagnosticKind kind, SourceSpan span, std::string message, std::string help = {}) {
  return {kind, std::move(message), std::move(help), {{"", span, ""}}, {}, {}};
}

// tvm.s_tir.TensorIntrin.register, tvm.tir.TensorIntrin.register, TensorIntrin.register
const Syntax* registration_call(const StatementSyntax& s) {
  if (s.kind != StatementKind::Expression || !s.value || s.value->kind != SyntaxKind::Call) return nullptr;
  const std::string name = dotted_name(*s.value->child(0));
  return name == "TensorIntrin.register" || name.ends_with(".TensorIntrin.register") ? s.value : nullptr;
}

// The functions' parameters are buffers and their bodies are blocks.
std::string fault(const ir::PrimFunc& description, const ir::PrimFunc& implementation) {
  if (description.params.size() != implementation.params.size())
    return fmt::format("its description has {} parameters and its implementation {}", description.params.size(), implementation.params.size());
  for (const ir::PrimFunc* function : {&description, &implementation})
    for (const ir::Param& param : function->params)
      if (!param.buffer) return fmt::format("its parameter {} is no buffer", param.var->name);
  for (const ir::PrimFunc* function : {&description, &implementation})
    if (!function->body || !ir::as<ir::BlockRealize>(function->body)) return "the body of its functions has to be a block";
  return {};
}

const ParsedModule* function_named(const ParsedFile& file, const std::string& name) {
  const auto found = std::find_if(file.modules.rbegin(), file.modules.rend(),
                                  [&](const ParsedModule& m) { return m.name == name && (!m.module || m.module->is_bare_function); });
  return found == file.modules.rend() ? nullptr : &*found;
}

}  // namespace

bool IntrinRegistrations::statement(const StatementSyntax& s, Evaluator& evaluator, std::vector<Diagnostic>& errors) {
  const Syntax* call = registration_call(s);
  if (!call) return false;
  try {
    const auto args = evaluator.bind(*call, {"name", "desc", "impl", "override"}, 3);
    Registration r{evaluator.constant_string(*args[0]), dotted_name(*args[1]), dotted_name(*args[2]), s.span};
    const bool overrides = args[3] && args[3]->kind == SyntaxKind::True;
    const auto known = std::find_if(registrations_.begin(), registrations_.end(), [&](const Registration& other) { return other.name == r.name; });
    if (known == registrations_.end())
      registrations_.push_back(std::move(r));
    else if (overrides)
      *known = std::move(r);
    else
      errors.push_back(error_at(DiagnosticKind::BadArgument, s.span, fmt::format("the tensor intrinsic \"{}\" is registered twice", r.name), "give it another name, or register it with override=True"));
  } catch (const StatementFailed&) {
  }
  return true;
}

void IntrinRegistrations::resolve(ParsedFile& file) const {
  if (registrations_.empty()) return;
  auto intrinsics = std::make_shared<std::vector<ir::TensorIntrin>>();
  for (const Registration& r : registrations_) {
    std::vector<ir::Function> functions;
    for (const std::string& name : {r.description, r.implementation}) {
      const ParsedModule* found = function_named(file, name);
      if (!found)
        file.errors.push_back(error_at(DiagnosticKind::UndefinedName, r.span, fmt::format("the intrinsic \"{}\" needs a function {} of this file", r.name, name.empty() ? "by its name" : name),
                                       "register functions that stand in the file with @T.prim_func"));
      else if (found->module)   // else its mistakes have been reported
        functions.push_back(found->module->functions.front().function);
    }
    if (functions.size() < 2) continue;
    if (const std::string what = fault(*functions[0], *functions[1]); !what.empty())
      file.errors.push_back(error_at(DiagnosticKind::IllFormed, r.span, fmt::format("\"{}\" is no tensor intrinsic: {}", r.name, what)));
    else
      intrinsics->push_back({r.name, functions[0], functions[1], r.description, r.implementation});
  }
  std::erase_if(file.modules, [&](const ParsedModule& m) {
    const bool is_part = std::any_of(registrations_.begin(), registrations_.end(), [&](const Registration& r) { return m.name == r.description || m.name == r.implementation; });
    return is_part && std::none_of(file.schedules.begin(), file.schedules.end(), [&](const ScheduleScript& s) { return s.module_name == m.name; });
  });
  file.intrinsics = std::move(intrinsics);
  for (ScheduleScript& script : file.schedules) script.intrinsics = file.intrinsics;
}

}  // namespace loopglass::script
