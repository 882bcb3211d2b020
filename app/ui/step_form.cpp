#include "app/ui/step_form.h"

#include <fmt/format.h>
#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>

#include "app/model/history_edit.h"
#include "app/model/moves.h"
#include "app/ui/widgets.h"
#include "engine/schedule/replay.h"

namespace loopglass::ui {
namespace {

using schedule::ParamKind;
using schedule::Value;

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

// Below a field: what it takes.
void explain(const PanelContext& context, const char* text) {
  ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
  ImGui::PushFont(nullptr, ImGui::GetFontSize() * kSmallText);
  ImGui::TextWrapped("%s", text);
  ImGui::PopFont();
  ImGui::PopStyleColor();
}

bool draw_field(const PanelContext& context, OpenForm& form, size_t i, float column, bool& wants_focus) {
  const schedule::ParamSpec& param = form.primitive->params[i];
  const std::optional<ir::NodePath>& loop = form.nodes.empty() ? std::nullopt : form.nodes[0];
  const bool is_long = param.kind == ParamKind::Lambda || param.kind == ParamKind::RangeLambda;   // has a line of its own
  bool changed = false;
  if (param.kind == ParamKind::Factors && loop) changed = factor_buttons(context, *loop, form.texts[i]);
  else if (!is_long && ImGui::GetItemRectSize().x + context.px(20) < column) ImGui::SameLine(column);
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
  if (wants_focus) ImGui::SetKeyboardFocusHere();
  wants_focus = false;
  changed |= ImGui::InputText("##value", &form.texts[i], ImGuiInputTextFlags_AutoSelectAll);
  mark(context, param.name);
  return changed;
}

// One parameter's rows; true where the person changed it. The first field that is drawn takes the keyboard where `wants_focus`.
bool draw_param(const PanelContext& context, OpenForm& form, size_t i, bool& wants_focus) {
  const schedule::ParamSpec& param = form.primitive->params[i];
  const std::string key = fmt::format("primitive.{}.{}", form.primitive->name, param.name);
  const float column = context.px(150);
  bool changed = false;
  ImGui::PushID(static_cast<int>(i));
  if (param.kind != ParamKind::Bool) {
    ImGui::AlignTextToFramePadding();
    ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
    ImGui::TextUnformatted(param.name);
    ImGui::PopStyleColor();
    tooltip(context, context.words(key));
  }
  if (form.changes >= 0 && (is_node(param.kind) || is_nodes(param.kind))) {
    ImGui::SameLine(column);
    ImGui::TextUnformatted(form.fixed[i].c_str());
  } else if (form.nodes[i]) {
    ImGui::SameLine(column);
    ImGui::TextUnformatted(name_of_node(context.view.version()->schedule.module(), *form.nodes[i]).c_str());
  } else if (param.kind == ParamKind::Bool) {
    bool on = form.texts[i] == "True";
    changed = ImGui::Checkbox(param.name, &on);
    mark(context, param.name);
    tooltip(context, context.words(key));
    form.texts[i] = on ? "True" : "False";
  } else {
    changed = draw_field(context, form, i, column, wants_focus);
    explain(context, context.words(key));
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

OpenForm open_form(const schedule::Schedule& schedule, const schedule::PrimitiveSpec& primitive, const std::optional<ir::NodePath>& selection) {
  OpenForm form{&primitive};
  if (selection && !app::takes_no_node(primitive)) form.node = selection;
  form.texts.resize(primitive.params.size());
  form.nodes.resize(primitive.params.size());
  const ir::Module& module = schedule.module();
  const size_t given = primitive.gesture == schedule::Gesture::BlockInsideLoop ? 1 : 0;   // the parameter that is the selected node
  const auto request = form.node ? app::default_request(schedule, primitive, *form.node) : std::nullopt;
  for (size_t i = 0; i < primitive.params.size(); ++i) {
    const auto& param = primitive.params[i];
    const app::StepArgument* first = request && i < request->args.size() ? &request->args[i] : nullptr;
    if (first && std::holds_alternative<ir::NodePath>(*first)) form.nodes[i] = std::get<ir::NodePath>(*first);
    else if (is_node(param.kind) && i == given && form.node) form.nodes[i] = form.node;
    else if (first && std::holds_alternative<Value>(*first)) form.texts[i] = print_value(param, std::get<Value>(*first));
    else if (param.default_value) form.texts[i] = print_value(param, *param.default_value);
    else if (form.node || app::takes_no_node(primitive)) form.texts[i] = first_text(module, primitive, i, form.node.value_or(ir::NodePath{}));
  }
  return form;
}

std::optional<OpenForm> moved_form(const schedule::Schedule& schedule, const OpenForm& form, const ir::NodePath& selection) {
  if (!app::takes_first(*form.primitive, ir::node_at(schedule.module(), selection))) return std::nullopt;
  OpenForm moved = open_form(schedule, *form.primitive, selection);
  if (form.typed) {
    for (size_t i = 0; i < moved.texts.size(); ++i) {
      const auto kind = form.primitive->params[i].kind;
      if (!is_node(kind) && !is_nodes(kind)) moved.texts[i] = form.texts[i];
    }
    moved.typed = true;
  }
  moved.just_opened = false;
  return moved;
}

namespace {

// What is typed for a parameter. A lone factor of split is the extent of the inner loop.
std::string text_of(const OpenForm& form, size_t param) {
  const std::string& text = form.texts[param];
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  const bool is_factor = form.primitive->params[param].kind == schedule::ParamKind::Factors && std::string_view(form.primitive->name) == "split";
  return is_number && is_factor ? "None, " + text : text;
}

}  // namespace

Result<app::StepRequest> request_of(const ir::Module& module, const OpenForm& form) {
  app::StepRequest request{form.primitive, {}};
  const std::string function = form.node ? form.node->function : std::string();
  for (size_t i = 0; i < form.primitive->params.size(); ++i) {
    const auto& param = form.primitive->params[i];
    if (form.nodes[i]) {
      request.args.emplace_back(*form.nodes[i]);
    } else if (is_node(param.kind) || is_nodes(param.kind)) {
      TRY_ASSIGN(std::vector<ir::NodePath> nodes, parse_nodes(module, function, param, form.texts[i]));
      if (is_nodes(param.kind)) request.args.emplace_back(std::move(nodes));
      else if (nodes.size() == 1) request.args.emplace_back(nodes[0]);
      else return fail(DiagnosticKind::BadArgument, fmt::format("\"{}\" takes one name", param.name), "write a name as the loop tree shows it");
    } else {
      TRY_ASSIGN(Value value, parse_value(param, text_of(form, i)));
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
    const auto& param = instruction.primitive->params[i];
    const bool node = is_node(param.kind) || is_nodes(param.kind);
    form.texts.push_back(node ? std::string() : print_value(param, instruction.args[i]));
    form.fixed.push_back(node ? schedule::names_in(before, instruction.args[i]) : std::string());
  }
  return form;
}

Result<app::ChangeStep> change_of(const OpenForm& form) {
  app::ChangeStep change{form.changes, {}};
  for (size_t i = 0; i < form.primitive->params.size(); ++i) {
    const auto& param = form.primitive->params[i];
    if (is_node(param.kind) || is_nodes(param.kind)) continue;
    TRY_ASSIGN(change.values[i], parse_value(param, text_of(form, i)));
  }
  return change;
}

namespace {

// Where another node has been selected the form is about that one; false where it cannot be.
bool follow_selection(const PanelContext& context, OpenForm& form) {
  const auto& selection = context.state.selection;
  if (form.changes >= 0 || !form.node || !selection || selection == form.node) return true;
  auto moved = moved_form(context.view.version()->schedule, form, *selection);
  if (!moved) return false;
  form = *std::move(moved);
  if (const auto request = request_of(context.view.version()->schedule.module(), form)) context.send(app::PreviewStep{*request});
  return true;
}

// "split  j", and what it does.
void draw_head(const PanelContext& context, const OpenForm& form) {
  ImGui::PushFont(context.fonts.bold, 0);
  ImGui::TextUnformatted(form.primitive->name);
  ImGui::PopFont();
  if (form.node) {
    ImGui::SameLine(0, context.px(10));
    ImGui::PushStyleColor(ImGuiCol_Text, context.colour().accent);
    ImGui::TextUnformatted(name_of_node(context.view.version()->schedule.module(), *form.node).c_str());
    ImGui::PopStyleColor();
  }
  ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
  ImGui::TextWrapped("%s", context.words(fmt::format("primitive.{}.summary", form.primitive->name)));
  ImGui::PopStyleColor();
  ImGui::Dummy({0, context.px(2)});
}

// What stands against the step: in red once the person has typed, and calmly where it opened so.
void draw_problem(const PanelContext& context, const Diagnostic& problem, bool typed) {
  ImGui::PushStyleColor(ImGuiCol_Text, typed ? context.colour().bad : context.colour().text_muted);
  ImGui::TextWrapped("%s", context.words.message(problem).c_str());
  ImGui::PopStyleColor();
  if (!problem.help.empty()) explain(context, context.words.help(problem).c_str());
}

// A form that has grown stays within the window.
void keep_on_screen(const PanelContext& context) {
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const float bottom = viewport.WorkPos.y + viewport.WorkSize.y - context.px(8);
  if (at.y + size.y > bottom) ImGui::SetWindowPos({at.x, std::max(bottom - size.y, viewport.WorkPos.y)});
}

enum class FormEnd { None, Applied, Cancelled };

FormEnd draw_contents(const PanelContext& context, OpenForm& form) {
  draw_head(context, form);
  const bool opened = form.just_opened, is_change = form.changes >= 0;
  form.just_opened = false;
  bool wants_focus = opened, changed = false;
  for (size_t i = 0; i < form.primitive->params.size(); ++i) changed |= draw_param(context, form, i, wants_focus);
  form.typed |= changed;
  const auto request = is_change ? Result<app::StepRequest>(app::StepRequest{}) : request_of(context.view.version()->schedule.module(), form);
  const auto change = is_change ? change_of(form) : Result<app::ChangeStep>(app::ChangeStep{});
  if ((opened || changed) && !is_change) request ? context.send(app::PreviewStep{*request}) : context.send(app::ClearPreview{});
  const bool refused = !is_change && request && context.view.preview && context.view.preview->refusal;
  const Diagnostic* problem = !request ? &request.error() : !change ? &change.error() : refused ? &*context.view.preview->refusal : nullptr;
  if (problem) draw_problem(context, *problem, form.typed);
  ImGui::Dummy({0, context.px(2)});
  const bool unsound = refused && problem->unsound;
  const bool trust = unsound && ImGui::Button(context.words("tree.trust"));   // a line of its own: it is long
  ImGui::BeginDisabled(problem != nullptr);
  ImGui::PushStyleColor(ImGuiCol_Button, context.colour().accent_fill);
  const bool apply = ImGui::Button(context.words("form.apply"), {context.px(110), 0}) || (!problem && ImGui::IsKeyPressed(ImGuiKey_Enter, false));
  mark(context, "apply");
  ImGui::PopStyleColor();
  ImGui::EndDisabled();
  ImGui::SameLine();
  const bool cancel = ImGui::Button(context.words("common.cancel"), {context.px(90), 0}) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
  if (trust || (apply && !is_change && request)) {
    app::StepRequest asked = *request;
    asked.trust = trust;
    context.send(app::ApplyStep{std::move(asked)});
  } else if (apply && is_change && change) {
    context.send(*change);
  }
  return trust || apply ? FormEnd::Applied : cancel ? FormEnd::Cancelled : FormEnd::None;
}

}  // namespace

void draw_form(const PanelContext& context) {
  std::optional<OpenForm>& form = context.state.form;
  if (!form) return;
  if (!context.view.version() || !follow_selection(context, *form)) {
    context.send(app::ClearPreview{});
    form.reset();
    return;
  }
  ImGui::SetNextWindowSize({context.px(330), 0});
  if (form->just_opened) {
    ImGui::SetNextWindowPos(place_beside_selection(context), ImGuiCond_Always);
    ImGui::SetNextWindowFocus();
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(14), context.px(12)});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, context.colour().card);
  ImGui::PushStyleColor(ImGuiCol_Border, context.colour().line_strong);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_AlwaysAutoResize |
                                      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoCollapse;
  FormEnd end = FormEnd::None;
  if (ImGui::Begin(kFormWindow, nullptr, kFlags)) {
    end = draw_contents(context, *form);
    keep_on_screen(context);
  }
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  if (end == FormEnd::Cancelled) context.send(app::ClearPreview{});
  if (end != FormEnd::None) {
    form.reset();
    context.state.focus_tree = true;
  }
}

}  // namespace loopglass::ui
