#include "app/ui/step_form.h"

#include <fmt/format.h>
#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>
#include <charconv>

#include "app/model/history_edit.h"
#include "app/model/moves.h"
#include "app/ui/widgets.h"
#include "engine/schedule/index_map_text.h"
#include "engine/schedule/replay.h"

namespace loopglass::ui {
namespace {

using schedule::ParamKind;
using schedule::Value;
using schedule::ValueList;

bool is_node(ParamKind kind) {
  return kind == ParamKind::Block || kind == ParamKind::Loop || kind == ParamKind::BlockOrLoop || kind == ParamKind::LoopOrBlocks;
}
bool is_node_or_nodes(ParamKind kind) { return is_node(kind) || kind == ParamKind::Loops || kind == ParamKind::Blocks; }

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t[]()");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t[]()") - first + 1);
}

std::optional<int64_t> parse_int(std::string_view text) {
  text = trimmed(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<Value> parse_list(std::string_view text, bool allow_none, size_t at_least) {
  ValueList items;
  text = trimmed(text);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = trimmed(text.substr(0, comma));
    if (allow_none && (item == "None" || item == "none")) items.push_back(Value{});
    else if (const auto number = parse_int(item)) items.push_back(Value{*number});
    else return std::nullopt;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items.size() < at_least ? std::nullopt : std::optional(Value{std::move(items)});
}

std::optional<Value> parse_any(std::string_view text) {
  if (text == "None") return Value{};
  if (text == "True" || text == "true") return Value{true};
  if (text == "False" || text == "false") return Value{false};
  if (const auto number = parse_int(text)) return Value{*number};
  return Value{std::string(text)};
}

// `B`, `write 0` or `("write", 0)`.
std::optional<Value> parse_buffer_access(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += std::string_view("()\"',").find(c) == std::string_view::npos ? c : ' ';
  const std::string_view words = trimmed(plain);
  for (const std::string_view kind : {"read", "write"}) {
    if (!words.starts_with(kind)) continue;
    if (const auto index = parse_int(trimmed(words.substr(kind.size())))) return Value{ValueList{Value{std::string(kind)}, Value{*index}}};
  }
  return words.empty() ? std::nullopt : std::optional(Value{std::string(words)});
}

// A number, a function of the new indices, or None.
std::optional<Value> parse_pad_value(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "None") return Value{};
  if (const auto number = parse_int(text)) return Value{*number};
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error == std::errc() && end == text.data() + text.size()) return Value{real};
  return Value{Value::Lambda{std::string(text), {}, {}}};
}

// The divisors of the loop, as buttons that fill the text in.
bool factor_buttons(const PanelContext& context, const ir::NodePath& loop, std::string& text) {
  const auto* node = ir::as<ir::For>(ir::node_at(context.view.version()->schedule.module(), loop));
  const auto extent = node ? ir::as_int(node->extent) : std::nullopt;
  if (!extent) return false;
  bool changed = false;
  float used = 0;
  const float room = ImGui::GetContentRegionAvail().x;
  for (const int64_t factor : app::divisors(*extent)) {
    const std::string label = std::to_string(factor);
    const float width = ImGui::CalcTextSize(label.c_str()).x + context.px(18);
    if (used > 0 && used + width < room) ImGui::SameLine(0, context.px(5));
    else used = 0;
    used += width + context.px(5);
    const std::string filled = fmt::format("None, {}", factor);
    if (text == filled) ImGui::PushStyleColor(ImGuiCol_Button, context.colour().accent_fill);
    const bool was = text == filled;
    if (ImGui::Button(label.c_str(), {width, 0})) {
      text = filled;
      changed = true;
    }
    if (was) ImGui::PopStyleColor();
    mark(context, "factor " + label);
  }
  return changed;
}

std::string node_name(const ir::Module& module, const ir::NodePath& path) {
  const ir::Stmt node = ir::node_at(module, path);
  if (const auto* loop = ir::as<ir::For>(node)) return loop->loop_var->name;
  if (const auto* block = ir::as<ir::BlockRealize>(node)) return block->block.name;
  return {};
}

// One parameter's row; true where it changed.
bool draw_param(const PanelContext& context, OpenForm& form, size_t i) {
  const schedule::ParamSpec& param = form.primitive->params[i];
  const ir::Module& module = context.view.version()->schedule.module();
  ImGui::PushID(static_cast<int>(i));
  ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
  ImGui::TextUnformatted(param.name);
  ImGui::PopStyleColor();
  tooltip(context, context.words(fmt::format("primitive.{}.{}", form.primitive->name, param.name)));
  bool changed = false;
  if (form.changes >= 0 && is_node_or_nodes(param.kind)) {
    ImGui::SameLine(context.px(150));
    ImGui::TextUnformatted(form.fixed[i].c_str());
  } else if (is_node(param.kind)) {
    ImGui::SameLine(context.px(150));
    ImGui::TextUnformatted(form.nodes[i] ? node_name(module, *form.nodes[i]).c_str() : context.words("form.no_node"));
  } else if (param.kind == ParamKind::Bool) {
    ImGui::SameLine(context.px(150));
    bool on = form.texts[i] == "True";
    changed = ImGui::Checkbox("##value", &on);
    form.texts[i] = on ? "True" : "False";
  } else {
    if (param.kind == ParamKind::Factors && form.nodes[0]) changed = factor_buttons(context, *form.nodes[0], form.texts[i]);
    else ImGui::SameLine(context.px(150));
    ImGui::SetNextItemWidth(param.kind == ParamKind::Factors ? ImGui::GetContentRegionAvail().x : context.px(150));
    if (form.just_opened && param.kind == ParamKind::Factors) ImGui::SetKeyboardFocusHere();
    changed |= ImGui::InputText("##value", &form.texts[i], ImGuiInputTextFlags_AutoSelectAll);
  }
  ImGui::PopID();
  return changed;
}

// Right of the selected card, so that neither the card nor the text is covered; kept on the screen.
ImVec2 place_beside_selection(const PanelContext& context) {
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  ImVec2 at{viewport.GetCenter().x, viewport.WorkPos.y + context.px(80)};
  if (const auto& selection = context.state.selection; selection && context.state.selected_card.width > 0)
    at = {context.state.selected_card.right() + context.px(22), context.state.selected_card.y - context.px(20)};
  return {std::min(at.x, viewport.WorkPos.x + viewport.WorkSize.x - context.px(340)), std::min(at.y, viewport.WorkPos.y + viewport.WorkSize.y - context.px(330))};
}

}  // namespace

Result<Value> parse_value(const schedule::ParamSpec& param, std::string_view text) {
  std::optional<Value> value;
  switch (param.kind) {
    case ParamKind::Factors: value = parse_list(text, true, 2); break;
    case ParamKind::Ints: value = parse_list(text, false, 1); break;
    case ParamKind::Int:
    case ParamKind::Index:
      if (const auto number = parse_int(text)) value = Value{*number};
      break;
    case ParamKind::Bool:
      if (text == "True" || text == "False") value = Value{text == "True"};
      break;
    case ParamKind::String: value = text == "None" ? Value{} : Value{std::string(text)}; break;
    case ParamKind::Lambda:
    case ParamKind::RangeLambda:
      if (!trimmed(text).empty()) value = Value{Value::Lambda{std::string(text), {}, {}}};
      break;
    case ParamKind::PadValue: value = parse_pad_value(text); break;
    case ParamKind::BufferAccess: value = parse_buffer_access(text); break;
    case ParamKind::AccessKind: value = Value{std::string(trimmed(text))}; break;
    default: value = parse_any(text);
  }
  if (value) return *value;
  return fail(DiagnosticKind::BadArgument, fmt::format("{} cannot be read from \"{}\"", param.name, text), param.summary);
}

std::string print_value(const Value& value) {
  if (const auto* b = value.as<bool>()) return *b ? "True" : "False";
  if (const auto* i = value.as<int64_t>()) return std::to_string(*i);
  if (const auto* d = value.as<double>()) return fmt::format("{}", *d);
  if (const auto* s = value.as<std::string>()) return *s;
  if (const auto* l = value.as<Value::Lambda>()) return l->text;
  if (const auto* map = value.as<schedule::IndexMapRef>()) return schedule::to_python(**map);
  std::string text;
  if (const auto* list = value.as<ValueList>()) {
    for (const auto& item : *list) text += (text.empty() ? "" : ", ") + print_value(item);
    return text;
  }
  return "None";
}

OpenForm open_form(const schedule::Schedule& schedule, const schedule::PrimitiveSpec& primitive, const std::optional<ir::NodePath>& selection) {
  OpenForm form{&primitive};
  form.texts.resize(primitive.params.size());
  form.nodes.resize(primitive.params.size());
  const auto request = selection ? app::default_request(schedule, primitive, *selection) : std::nullopt;
  for (size_t i = 0; i < primitive.params.size(); ++i) {
    const auto& param = primitive.params[i];
    if (param.default_value) form.texts[i] = print_value(*param.default_value);
    if (is_node(param.kind) && i == 0) form.nodes[i] = selection;
    if (!request || i >= request->args.size()) continue;
    if (const auto* path = std::get_if<ir::NodePath>(&request->args[i])) form.nodes[i] = *path;
    if (const auto* value = std::get_if<Value>(&request->args[i])) form.texts[i] = print_value(*value);
  }
  return form;
}

Result<app::StepRequest> request_of(const OpenForm& form) {
  app::StepRequest request{form.primitive, {}};
  for (size_t i = 0; i < form.primitive->params.size(); ++i) {
    const auto& param = form.primitive->params[i];
    if (is_node(param.kind)) {
      if (!form.nodes[i]) return fail(DiagnosticKind::BadArgument, fmt::format("{} needs a node: select one in the tree", param.name));
      request.args.emplace_back(*form.nodes[i]);
    } else {
      TRY_ASSIGN(Value value, parse_value(param, form.texts[i]));
      request.args.emplace_back(std::move(value));
    }
  }
  return request;
}

OpenForm open_change(const app::History& history, int version) {
  const auto [before, instruction] = app::written_step(history, version);
  OpenForm form{instruction.primitive};
  form.changes = version;
  form.nodes.resize(instruction.args.size());
  for (size_t i = 0; i < instruction.args.size(); ++i) {
    const bool node = is_node_or_nodes(instruction.primitive->params[i].kind);
    form.texts.push_back(node ? std::string() : print_value(instruction.args[i]));
    form.fixed.push_back(node ? schedule::names_in(before, instruction.args[i]) : std::string());
  }
  return form;
}

Result<app::ChangeStep> change_of(const OpenForm& form) {
  app::ChangeStep change{form.changes, {}};
  for (size_t i = 0; i < form.primitive->params.size(); ++i) {
    if (is_node_or_nodes(form.primitive->params[i].kind)) continue;
    TRY_ASSIGN(change.values[i], parse_value(form.primitive->params[i], form.texts[i]));
  }
  return change;
}

void draw_form(const PanelContext& context) {
  std::optional<OpenForm>& form = context.state.form;
  if (!form) return;
  if (!context.view.version()) {
    form.reset();
    return;
  }
  const Palette& c = context.colour();
  ImGui::SetNextWindowSize({context.px(330), 0});
  if (form->just_opened) {
    ImGui::SetNextWindowPos(place_beside_selection(context), ImGuiCond_Always);
    ImGui::SetNextWindowFocus();
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(14), context.px(12)});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, c.card);
  ImGui::PushStyleColor(ImGuiCol_Border, c.line_strong);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_AlwaysAutoResize |
                                      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoCollapse;
  bool apply = false, cancel = false;
  if (ImGui::Begin("###form", nullptr, kFlags)) {
    ImGui::PushFont(context.fonts.bold, 0);
    ImGui::TextUnformatted(form->primitive->name);
    ImGui::PopFont();
    ImGui::PushStyleColor(ImGuiCol_Text, c.text_muted);
    ImGui::TextWrapped("%s", context.words(fmt::format("primitive.{}.summary", form->primitive->name)));
    ImGui::PopStyleColor();
    ImGui::Dummy({0, context.px(2)});
    bool changed = form->just_opened;
    for (size_t i = 0; i < form->primitive->params.size(); ++i) changed |= draw_param(context, *form, i);
    form->just_opened = false;
    const bool is_change = form->changes >= 0;
    const auto request = is_change ? Result<app::StepRequest>(app::StepRequest{}) : request_of(*form);
    const auto change = is_change ? change_of(*form) : Result<app::ChangeStep>(app::ChangeStep{});
    if (changed && !is_change && request) context.send(app::PreviewStep{*request});
    const bool refused = !is_change && context.view.preview && context.view.preview->refusal;
    const Diagnostic* problem = !request ? &request.error() : !change ? &change.error() : refused ? &*context.view.preview->refusal : nullptr;
    if (problem) {
      ImGui::PushStyleColor(ImGuiCol_Text, c.bad);
      ImGui::TextWrapped("%s", context.words.message(*problem).c_str());
      ImGui::PopStyleColor();
    }
    ImGui::Dummy({0, context.px(2)});
    ImGui::BeginDisabled(problem != nullptr);
    ImGui::PushStyleColor(ImGuiCol_Button, c.accent_fill);
    apply = ImGui::Button(context.words("form.apply"), {context.px(110), 0}) || (!problem && ImGui::IsKeyPressed(ImGuiKey_Enter, false));
    mark(context, "apply");
    ImGui::PopStyleColor();
    ImGui::EndDisabled();
    ImGui::SameLine();
    const bool trust = refused && request && problem->unsound && ImGui::Button(context.words("tree.trust"));
    if (refused && problem->unsound) ImGui::SameLine();
    cancel = ImGui::Button(context.words("common.cancel"), {context.px(90), 0}) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    if (trust) {
      app::StepRequest trusted = *request;
      trusted.trust = apply = true;
      context.send(app::ApplyStep{std::move(trusted)});
    } else if (apply && is_change && change) {
      context.send(*change);
    } else if (apply && request) {
      context.send(app::ApplyStep{*request});
    } else if (cancel) {
      context.send(app::ClearPreview{});
    }
  }
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  if (apply || cancel) form.reset();
}

}  // namespace loopglass::ui
