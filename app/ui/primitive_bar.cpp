// The row of primitives below the loop tree, and the keys that stand for them.
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "app/model/moves.h"
#include "app/ui/gestures.h"
#include "app/ui/loop_tree_panel.h"
#include "app/ui/step_form.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

struct KeyBinding {
  const char* primitive;
  ImGuiKey key;
  const char* letter;
};
constexpr KeyBinding kKeys[] = {
    {"split", ImGuiKey_S, "s"},     {"fuse", ImGuiKey_F, "f"},   {"parallel", ImGuiKey_P, "p"},
    {"vectorize", ImGuiKey_V, "v"}, {"unroll", ImGuiKey_U, "u"}, {"decompose_reduction", ImGuiKey_D, "d"},
    {"compute_inline", ImGuiKey_I, "i"}, {"cache_read", ImGuiKey_R, "r"}, {"cache_write", ImGuiKey_W, "w"}, {"annotate", ImGuiKey_A, "a"},
};

constexpr float kButtonHeight = 27, kGap = 6;
constexpr int kFirst = 9;       // primitives that have a button wherever there is room
constexpr int kLongMenu = 14;   // entries that stand in one column

std::vector<const schedule::PrimitiveSpec*> steps() {
  std::vector<const schedule::PrimitiveSpec*> found;
  for (const auto* primitive : schedule::primitives())
    if (!primitive->is_query) found.push_back(primitive);
  return found;
}

// As many as leave room for "reverse_compute_at".
int columns_for(const PanelContext& context, float width) { return width > context.px(540) ? 4 : width > context.px(390) ? 3 : 2; }
// Room for the first nine and "more…"; fewer rows where the tree would have much less than half of the panel.
int rows_for(const PanelContext& context, int columns) {
  const int wanted = (kFirst + 1 + columns - 1) / columns;
  const float line = context.px(kButtonHeight + kGap), room = (ImGui::GetWindowHeight() - context.px(kHeaderHeight)) * 0.55f;
  return std::clamp(static_cast<int>((room - context.px(10)) / line), std::min(2, wanted), wanted);
}

// What cannot be done by a press alone says how it is done.
bool is_dragged(const schedule::PrimitiveSpec& primitive) {
  return primitive.gesture == schedule::Gesture::DragLoop || primitive.gesture == schedule::Gesture::DragBlock;
}

void primitive_tooltip(const PanelContext& context, const schedule::PrimitiveSpec& primitive) {
  const std::string key = std::string("primitive.") + primitive.name + ".summary";
  const char* gesture = primitive.gesture == schedule::Gesture::DragLoop    ? context.words("gesture.drag_loop")
                        : primitive.gesture == schedule::Gesture::DragBlock ? context.words("gesture.drag_block")
                                                                            : "";
  tooltip(context, context.words(key), gesture);
}

// Tried on the selected node and refused: asking for it all the same shows the refusal where it stands, with a way out where there is one.
bool is_refused(const PanelContext& context, const schedule::PrimitiveSpec& primitive) {
  const auto move = std::ranges::find(context.view.moves, &primitive, &app::Move::primitive);
  return move != context.view.moves.end() && move->refusal;
}

}  // namespace

void primitive_menu(const PanelContext& context, std::span<const schedule::PrimitiveSpec* const> primitives) {
  const Palette& c = context.colour();
  const float line = ImGui::GetFrameHeight() + context.px(1), room = ImGui::GetMainViewport()->WorkSize.y * 0.8f;
  const auto count = static_cast<int>(primitives.size());
  const int fitting = std::max(static_cast<int>(room / line), 1), columns = std::max((count + fitting - 1) / fitting, count > kLongMenu ? 2 : 1);
  const int rows = (count + columns - 1) / columns;
  float width = 0;
  for (const auto* primitive : primitives)
    width = std::max(width, ImGui::CalcTextSize(primitive->name).x + ImGui::CalcTextSize(key_of(*primitive)).x + context.px(28));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {context.px(12), 0});
  ImGui::PushStyleVar(ImGuiStyleVar_SelectableTextAlign, {0, 0.5f});
  for (int column = 0; column < columns; ++column) {
    if (column > 0) ImGui::SameLine();
    ImGui::BeginGroup();
    for (int i = column * rows; i < std::min((column + 1) * rows, count); ++i) {
      const auto& primitive = *primitives[static_cast<size_t>(i)];
      const std::string reason = why_not(context, primitive);
      const ImGuiSelectableFlags flags = reason.empty() ? ImGuiSelectableFlags_None : ImGuiSelectableFlags_Disabled;
      if (ImGui::Selectable(primitive.name, false, flags, {width, line})) start_primitive(context, primitive);
      if (reason.empty()) primitive_tooltip(context, primitive);
      else tooltip(context, reason);
      const char* key = key_of(primitive);
      const TextStyle style = ui_text(context, c.text_faint);
      const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
      put_text(*ImGui::GetWindowDrawList(), style, {to.x - text_width(style, key) - context.px(8), (from.y + to.y - style.size) / 2}, key);
    }
    ImGui::EndGroup();
  }
  ImGui::PopStyleVar(2);
}

std::string why_not(const PanelContext& context, const schedule::PrimitiveSpec& primitive) {
  const app::View& view = context.view;
  if (app::takes_no_node(primitive)) return view.version() ? std::string() : context.words("action.needs_program");
  if (!context.state.selection) return context.words("tree.select_first");
  if (view.moves_of != context.state.selection) return {};
  const auto move = std::ranges::find(view.moves, &primitive, &app::Move::primitive);
  if (move != view.moves.end()) return move->refusal ? context.words.message(*move->refusal) : std::string();
  const app::Version* version = view.version();
  const bool loop = version && ir::as<ir::For>(ir::node_at(version->schedule.module(), *context.state.selection));
  return context.words(loop ? "tree.takes_block" : "tree.takes_loop");
}

const char* key_of(const schedule::PrimitiveSpec& primitive) {
  for (const auto& binding : kKeys)
    if (std::string_view(primitive.name) == binding.primitive) return binding.letter;
  if (primitive.gesture == schedule::Gesture::DragBlock) return "m";
  return primitive.gesture == schedule::Gesture::DragLoop ? "Alt ↑↓" : "";
}

float primitive_bar_height(const PanelContext& context, float width) {
  const int rows = rows_for(context, columns_for(context, width));
  return context.px(kButtonHeight) * static_cast<float>(rows) + context.px(kGap) * static_cast<float>(rows - 1);
}

void draw_primitive_bar(const PanelContext& context, float width) {
  const std::vector<const schedule::PrimitiveSpec*> primitives = steps();
  const int columns = columns_for(context, width);
  const float gap = context.px(kGap), cell = std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const int shown = std::min(columns * rows_for(context, columns) - 1, static_cast<int>(primitives.size()));
  auto move_to = [&](int i) {
    ImGui::SetCursorScreenPos({origin.x + static_cast<float>(i % columns) * (cell + gap),
                               origin.y + static_cast<float>(i / columns) * (context.px(kButtonHeight) + gap)});
  };
  for (int i = 0; i < shown; ++i) {
    const auto& primitive = *primitives[static_cast<size_t>(i)];
    move_to(i);
    const std::string reason = why_not(context, primitive);
    const bool clicked = key_button(context, primitive.name, key_of(primitive), cell, reason.empty() ? nullptr : &reason);
    if (clicked && (reason.empty() || is_refused(context, primitive))) start_primitive(context, primitive);
    if (reason.empty()) primitive_tooltip(context, primitive);
  }
  move_to(shown);
  if (key_button(context, context.words("tree.more"), "", cell, nullptr)) ImGui::OpenPopup("###more");
  if (begin_popup_menu(context, "###more")) {
    primitive_menu(context, std::span(primitives).subspan(static_cast<size_t>(shown)));
    ImGui::EndPopup();
  }
}

void start_placing(const PanelContext& context) {
  stop_placing(context);
  const app::Version* version = context.view.version();
  const auto& block = context.state.selection;
  if (!version || !block || !ir::as<ir::BlockRealize>(ir::node_at(version->schedule.module(), *block))) return;
  if (context.view.refusal) context.send(app::ClearPreview{});
  context.state.placing_block = context.state.focus_tree = true;
}

void stop_placing(const PanelContext& context) {
  context.state.placing_block = false;
  context.state.placing_target.reset();
  context.state.tree_note.clear();
}

void start_primitive(const PanelContext& context, const schedule::PrimitiveSpec& primitive) {
  const app::Version* version = context.view.version();
  if (!version) return;
  if (app::takes_no_node(primitive)) {
    if (primitive.params.empty()) context.send(app::ApplyStep{{&primitive, {}}});
    else context.state.form = open_form(version->schedule, primitive, std::nullopt);
    return;
  }
  if (!context.state.selection) return;
  stop_placing(context);
  const ir::Stmt node = ir::node_at(version->schedule.module(), *context.state.selection);
  if (!app::takes_first(primitive, node)) {
    context.state.tree_note = std::string(primitive.name) + ": " + context.words(ir::as<ir::For>(node) ? "tree.takes_block" : "tree.takes_loop");
    return;
  }
  if (primitive.gesture == schedule::Gesture::DragBlock) {
    start_placing(context);
    return;
  }
  const auto request = app::default_request(version->schedule, primitive, *context.state.selection);
  const bool asks = std::ranges::any_of(primitive.params, [](const schedule::ParamSpec& param) {
    using enum schedule::ParamKind;
    return !param.default_value && param.kind != Block && param.kind != Loop && param.kind != Loops && param.kind != BlockOrLoop;
  });
  if (request && !asks) context.send(app::ApplyStep{*request});
  else if (!is_dragged(primitive)) context.state.form = open_form(version->schedule, primitive, context.state.selection);
}

void handle_tree_keys(const PanelContext& context) {
  const ImGuiIO& io = ImGui::GetIO();
  const app::Version* version = context.view.version();
  if (!version || io.KeyCtrl || context.state.form || context.state.palette_open) return;
  ViewState& state = context.state;
  const ir::Module& module = version->schedule.module();
  if (io.KeyAlt) {
    const int direction = ImGui::IsKeyPressed(ImGuiKey_UpArrow) ? -1 : ImGui::IsKeyPressed(ImGuiKey_DownArrow) ? 1 : 0;
    if (direction && state.selection)
      if (const auto request = move_loop(module, *state.selection, direction)) context.send(app::ApplyStep{*request});
    return;
  }
  if (const int direction = ImGui::IsKeyPressed(ImGuiKey_UpArrow) ? -1 : ImGui::IsKeyPressed(ImGuiKey_DownArrow) ? 1 : 0) {
    const TreeLayout layout = layout_loop_tree(module, nullptr, context.caches, {});
    const TreeCard* card = next_card(layout, state.placing_target ? state.placing_target : state.selection, direction);
    if (state.placing_block && state.selection) {
      const auto takes_it = [&](const TreeCard* at) { return place_block(module, *state.selection, at->path).has_value(); };
      for (size_t n = 0; card && !takes_it(card) && n < layout.cards.size(); ++n) card = next_card(layout, card->path, direction);
      if (card && takes_it(card)) state.placing_target = card->path;
    } else if (card) {
      state.tree_note.clear();
      context.send(app::SelectNode{(state.selection = card->path)});
    }
  }
  if (ImGui::IsKeyPressed(ImGuiKey_M, false)) start_placing(context);
  if (state.placing_block && state.placing_target && state.selection && ImGui::IsKeyPressed(ImGuiKey_Enter, false)) {
    if (const auto request = place_block(module, *state.selection, *state.placing_target)) context.send(app::ApplyStep{*request});
    stop_placing(context);
  }
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) stop_placing(context);
  for (const auto& binding : kKeys) {
    const auto* primitive = schedule::find_primitive(binding.primitive);
    if (primitive && ImGui::IsKeyPressed(binding.key, false)) start_primitive(context, *primitive);
  }
}

}  // namespace loopglass::ui
