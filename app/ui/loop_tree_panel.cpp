#include "app/ui/loop_tree_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "app/model/moves.h"
#include "app/ui/form_values.h"
#include "app/ui/gestures.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr const char* kNodePayload = "node";

// Three quarters of a circle with an arrow's head: again and again.
void loop_icon(ImDrawList& draw, ImVec2 at, float r, ImU32 colour) {
  constexpr float kStart = -1.0f, kEnd = 4.0f;   // radians, clockwise from three o'clock
  draw.PathArcTo(at, r, kStart, kEnd, 14);
  draw.PathStroke(colour, r * 0.32f);
  const ImVec2 out{std::cos(kEnd), std::sin(kEnd)}, along{-out.y, out.x};
  const ImVec2 foot{at.x + out.x * r, at.y + out.y * r};
  const float half = r * 0.62f, length = r * 0.95f;
  draw.AddTriangleFilled({foot.x + out.x * half, foot.y + out.y * half}, {foot.x + along.x * length, foot.y + along.y * length},
                         {foot.x - out.x * half, foot.y - out.y * half}, colour);
}

void block_icon(ImDrawList& draw, ImVec2 at, float r, ImU32 colour) {
  draw.AddRect({at.x - r, at.y - r}, {at.x + r, at.y + r}, colour, r * 0.3f, 1.2f);
  draw.AddRectFilled({at.x - r * 0.45f, at.y - r * 0.45f}, {at.x + r * 0.45f, at.y + r * 0.45f}, colour);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Of the version on the screen; null where it has none yet.
const measure::Profile* profile_of(const app::View& view) {
  const app::Measurement* measured = view.measurement(*view.version());
  return measured && measured->timed && measured->timed->profile ? &*measured->timed->profile : nullptr;
}

// How much of the time goes here, ending at `right`; gives the width that it took.
float draw_share(const PanelContext& context, const TreeCard& card, ImVec2 right) {
  if (card.share < 0) return 0;
  const Palette& c = context.colour();
  const TextStyle style = small_text(context, card.share >= 0.5 ? c.warn : c.text_muted);
  const std::string share = card.share > 0 && card.share < 0.01 ? "< 1 %" : fmt::format("{:.0f} %", card.share * 100);
  const std::string text = context.words.format("tree.share_short", {{"share", share}});
  const float width = text_width(style, text);
  put_text(*ImGui::GetWindowDrawList(), style, {right.x - width, right.y}, text);
  return width + context.px(8);
}

std::string footprint_line(const TreeCard& card) {
  std::string text;
  for (const auto& [buffer, bytes] : card.footprint) text += (text.empty() ? "" : " · ") + buffer + " " + format_bytes(bytes);
  return text;
}

std::string block_line(const PanelContext& context, const TreeCard& card) {
  std::string text;
  if (!card.reads.empty()) text = context.words.format("tree.reads", {{"buffers", joined(card.reads)}});
  if (!card.writes.empty()) text += (text.empty() ? "" : " · ") + context.words.format("tree.writes", {{"buffers", joined(card.writes)}});
  if (card.has_init) text += std::string(" · ") + context.words("tree.init");
  return text;
}

const char* kind_key(ir::ForKind kind) {
  switch (kind) {
    case ir::ForKind::Parallel: return "tree.kind.parallel";
    case ir::ForKind::Vectorized: return "tree.kind.vectorized";
    case ir::ForKind::Unrolled: return "tree.kind.unroll";
    case ir::ForKind::ThreadBinding: return "tree.kind.thread_binding";
    case ir::ForKind::Serial: break;
  }
  return "tree.kind.serial";
}

std::string fits_text(const PanelContext& context, const TreeCard& card) {
  const std::string bytes = format_bytes(card.footprint_total);
  if (card.level > static_cast<int>(context.caches.size())) return context.words.format("tree.fits_none", {{"bytes", bytes}});
  const auto& cache = context.caches[static_cast<size_t>(card.level) - 1];
  return context.words.format("tree.fits", {{"bytes", bytes}, {"level", cache.name}, {"size", format_bytes(cache.bytes)}});
}

// What goes along with a card that is dragged: its name, and what would come of a drop here.
void drag_tooltip(const PanelContext& context, const std::string& name, const std::string& note, bool over_target) {
  const auto& preview = context.view.preview;
  std::string what = note;
  if (over_target && preview && preview->refusal) what = context.words.message(*preview->refusal);
  else if (over_target && preview && preview->version) what = preview->version->step;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(10), context.px(7)});
  if (ImGui::BeginTooltip()) {
    ImGui::TextUnformatted(name.c_str());
    ImGui::PushTextWrapPos(context.px(320));
    ImGui::PushStyleColor(ImGuiCol_Text, over_target && preview && preview->refusal ? context.colour().bad : context.colour().text_muted);
    if (!what.empty()) ImGui::TextUnformatted(what.c_str());
    ImGui::PopStyleColor();
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
  }
  ImGui::PopStyleVar();
}

std::string stands_below(const PanelContext& context, const ir::NodePath& block, const ir::NodePath& loop) {
  const ir::Module& module = context.view.version()->schedule.module();
  return context.words.format("tree.stands_below", {{"block", name_of_node(module, block)}, {"loop", name_of_node(module, loop)}});
}

// What would make a refused step possible after all.
struct Remedy {
  std::string label;
  app::Command command;
};

std::optional<Remedy> remedy_for(const PanelContext& context, const Diagnostic& refusal, const app::StepRequest& request) {
  if (!context.view.insert_before.empty())
    return Remedy{context.words.format("tree.insert_before", {{"primitive", context.view.insert_before}}), app::InsertStep{request, context.view.insert_before}};
  if (!refusal.unsound) return std::nullopt;
  app::StepRequest trusted = request;
  trusted.trust = true;
  return Remedy{context.words("tree.trust"), app::ApplyStep{std::move(trusted)}};
}

}  // namespace

void LoopTreePanel::update_layout(const PanelContext& context, float width) {
  const app::View& view = context.view;
  const app::Version* version = view.version();
  const app::Version* shown = version;
  // While something is dragged the cards stay where they are; the text shows what would become.
  const bool dragging = ImGui::GetDragDropPayload() || split_handle_.is_dragged();
  if (view.preview && view.preview->version && !dragging) shown = view.preview->version.get();
  shows_preview_ = shown != version;
  layout_ = {};
  if (!shown) return;
  TreeMetrics metrics;
  metrics.width = width;
  metrics.indent = context.px(20);
  metrics.card_height = context.px(40);
  metrics.function_height = context.px(20);
  metrics.gap = context.px(5);
  const std::vector<locality::LoopFootprint>* loops = shown != version ? view.preview->loops.get() : view.access ? &view.access->loops : nullptr;
  layout_ = layout_loop_tree(shown->schedule.module(), loops, context.caches, metrics,
                             shown == version ? nullptr : &version->schedule.module(), shown == version ? profile_of(view) : nullptr);
}

void LoopTreePanel::select(const PanelContext& context, const ir::NodePath& path) {
  context.state.selection = path;
  context.send(app::SelectNode{path});
}

void LoopTreePanel::draw(const PanelContext& context) {
  if (begin_panel(context, "###tree", "panel.tree")) {
    panel_header(context, context.words("panel.tree"), {}, 0);
    const float margin = context.px(kPanelMargin), width = ImGui::GetWindowWidth() - 2 * margin;
    const float bar = primitive_bar_height(context, width);
    const float message = draw_message(context, width, true);
    const float below = bar + context.px(20) + (message > 0 ? message + context.px(8) : 0);
    draw_cards(context, ImGui::GetContentRegionAvail().y - below);
    const float bottom = ImGui::GetWindowPos().y + ImGui::GetWindowHeight();
    if (message > 0) {
      ImGui::SetCursorScreenPos({ImGui::GetWindowPos().x + margin, bottom - below + context.px(8)});
      draw_message(context, width, false);
    }
    ImGui::SetCursorScreenPos({ImGui::GetWindowPos().x + margin, bottom - bar - context.px(10)});
    draw_primitive_bar(context, width);
    if (ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows) && !ImGui::GetIO().WantTextInput) handle_tree_keys(context);
  }
  end_panel();
}

void LoopTreePanel::draw_cards(const PanelContext& context, float height) {
  ImGui::BeginChild("##cards", {0, height});
  const float margin = context.px(kPanelMargin);
  update_layout(context, ImGui::GetWindowWidth() - 2 * margin);
  if (layout_.cards.empty()) {
    centred_note(context, context.words("tree.empty"));
  } else {
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const ImVec2 origin{start.x + margin, start.y + context.px(8)};
    ImGui::Dummy({1, layout_.height + context.px(12)});
    if (context.state.selection != scrolled_to_ || height < scrolled_height_) {   // less room: a message has come up below
      scrolled_to_ = context.state.selection;
      const TreeCard* card = scrolled_to_ ? find_card(layout_, *scrolled_to_) : nullptr;
      if (card && (card->rect.y < ImGui::GetScrollY() || card->rect.bottom() > ImGui::GetScrollY() + height))
        ImGui::SetScrollY(std::max(card->rect.y + card->rect.height / 2 - height / 2, 0.0f));
    }
    scrolled_height_ = height;
    drop_alive_ = false;
    drop_note_.clear();
    for (const auto& card : layout_.cards) draw_card(context, card, origin);
    draw_moves(context);
    end_of_drag(context);
  }
  ImGui::EndChild();
}

std::optional<ir::NodePath> LoopTreePanel::node_of(const PanelContext& context, const TreeCard& card) const {
  const app::Version* made = context.view.preview ? context.view.preview->version.get() : nullptr;
  if (!shows_preview_ || !made) return card.path;
  return carry_node(made->schedule.module(), context.view.version()->schedule.module(), made->forwarding, card.path);
}

void LoopTreePanel::click_card(const PanelContext& context, const TreeCard& card) {
  ViewState& state = context.state;
  if (state.placing_block && card.kind == TreeCard::Kind::Loop && state.selection) {
    if (const auto request = place_block(context.view.version()->schedule.module(), *state.selection, card.path)) {
      context.send(app::ApplyStep{*request});
      stop_placing(context);
    } else {
      state.tree_note = stands_below(context, *state.selection, card.path);
    }
  } else if (const auto node = node_of(context, card)) {
    stop_placing(context);
    select(context, *node);
  }
}

void LoopTreePanel::draw_card(const PanelContext& context, const TreeCard& card, ImVec2 origin) {
  const Palette& c = context.colour();
  const ImVec2 from{std::floor(origin.x + card.rect.x), std::floor(origin.y + card.rect.y)};
  const ImVec2 to{from.x + std::floor(card.rect.width), from.y + std::floor(card.rect.height)};
  if (card.kind == TreeCard::Kind::Function) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float width = put_text(draw, mono_text(context, c.text_muted), {from.x, from.y}, card.name);
    put_text(draw, small_text(context, c.text_faint), {from.x + width + context.px(8), from.y + context.px(2)}, context.words("tree.function"));
    return;
  }
  ImGui::PushID(card.path.function.c_str());
  ImGui::SetCursorScreenPos(from);
  ImGui::SetNextItemAllowOverlap();
  const bool clicked = ImGui::InvisibleButton(card.label.c_str(), {to.x - from.x, to.y - from.y});
  const bool hovered = ImGui::IsItemHovered();
  mark(context, (card.kind == TreeCard::Kind::Loop ? "loop " : "block ") + card.label);
  if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) {
    if (const auto node = node_of(context, card)) {
      stop_placing(context);
      select(context, *node);
      open_moves_ = true;
    }
  }
  if (clicked) click_card(context, card);
  draw_card_face(context, card, from, to, hovered);
  if ((card.level > 0 || card.share >= 0) && hovered && !ImGui::GetDragDropPayload()) {
    const std::string share = card.share < 0 ? "" : context.words.format("tree.share", {{"share", fmt::format("{:.1f} %", card.share * 100)}});
    tooltip(context, card.level > 0 ? fits_text(context, card) : share, card.level > 0 ? footprint_line(card) + (share.empty() ? "" : "\n" + share) : "");
  }
  drag_and_drop(context, card, from, to);
  if (card.kind == TreeCard::Kind::Loop) split_handle_.draw(context, card, from, to);
  ImGui::PopID();
}

// What can be done to the selected card: one menu for all of them.
void LoopTreePanel::draw_moves(const PanelContext& context) {
  if (context.view.moves_of == context.state.selection && std::exchange(open_moves_, false)) ImGui::OpenPopup("###moves");   // once its size is known
  if (!begin_popup_menu(context, "###moves")) return;
  std::vector<const schedule::PrimitiveSpec*> primitives;
  for (const auto& move : context.view.moves) primitives.push_back(move.primitive);
  primitive_menu(context, primitives);
  ImGui::EndPopup();
}

void LoopTreePanel::draw_card_face(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to, bool hovered) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool selected = context.state.selection == card.path;
  if (selected) context.state.selected_card = {from.x, from.y, to.x - from.x, to.y - from.y};
  const bool offered = context.state.placing_block && context.state.selection && card.kind == TreeCard::Kind::Loop &&
                       place_block(context.view.version()->schedule.module(), *context.state.selection, card.path);
  const bool targeted = offered && context.state.placing_target == card.path;
  const float rounding = context.px(5);
  draw.AddRectFilled(from, to, card.added ? c.good_fill : selected || targeted ? c.accent_fill : hovered ? c.card_hover : c.card, rounding);
  if (card.added) dashed_rect(draw, from, to, c.good_line, rounding);
  else draw.AddRect(from, to, selected || targeted ? c.accent : offered ? faded(c.accent, 0.5f) : c.line, rounding);

  const bool loop = card.kind == TreeCard::Kind::Loop;
  const float pad = context.px(11), icon = context.px(loop ? 4.5f : 4.5f);
  const ImVec2 icon_at{from.x + pad + icon, from.y + context.px(13)};
  if (loop) loop_icon(draw, icon_at, icon, c.accent);
  else block_icon(draw, icon_at, icon, c.warn);

  const float x = from.x + context.px(30), y1 = from.y + context.px(5), y2 = from.y + context.px(22);
  float right = to.x - context.px(8);
  if (loop && card.level > 0) {
    right = badge(context, draw, right, y1 + context.px(1), level_name(context, card.level), card.level == 1 ? c.text : c.text_muted, c.field) - context.px(8);
  }
  const TextStyle name = mono_text(context, c.text), muted = small_text(context, c.text_muted);
  float at = x + put_text(draw, name, {x, y1}, card.name) + context.px(14);
  if (loop) {
    const std::string extent = split_handle_.extent_of(card);
    at = std::max(at, x + context.px(44));
    at += put_text(draw, {name.font, name.size, c.code_number}, {at, y1}, extent) + context.px(14);
    const char* kind = context.words(kind_key(card.for_kind));
    const ImU32 ink = card.for_kind == ir::ForKind::Serial ? c.text_muted : c.accent;
    if (at + text_width(muted, kind) < right) put_text(draw, {muted.font, muted.size, ink}, {at, y1 + context.px(2)}, kind);
  } else {
    for (const auto axis : card.axes) {
      const bool reduce = axis == ir::IterType::Reduction;
      const char* letter = reduce ? "R" : axis == ir::IterType::Spatial ? "S" : axis == ir::IterType::Scan ? "C" : "O";
      at += put_text(draw, {name.font, name.size, reduce ? c.warn : c.text_muted}, {at, y1}, letter) + context.px(6);
    }
  }
  const std::string line = loop ? footprint_line(card) : block_line(context, card);
  const float end = to.x - context.px(12) - draw_share(context, card, {to.x - context.px(12), y2});
  if (!line.empty()) put_text(draw, muted, {x, y2}, fitted(muted, line, end - context.px(6) - x));
}

void LoopTreePanel::drag_and_drop(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const app::Version& version = *context.view.version();
  const ir::Module& module = version.schedule.module();
  if (ImGui::BeginDragDropSource(ImGuiDragDropFlags_SourceNoHoldToOpenOthers | ImGuiDragDropFlags_SourceNoPreviewTooltip)) {
    const std::string text = ir::to_string(node_of(context, card).value_or(card.path));
    ImGui::SetDragDropPayload(kNodePayload, text.data(), text.size());
    dragged_name_ = card.name;
    ImGui::EndDragDropSource();
  }
  if (card.kind != TreeCard::Kind::Loop || !ImGui::BeginDragDropTarget()) return;
  constexpr ImGuiDragDropFlags kFlags = ImGuiDragDropFlags_AcceptBeforeDelivery | ImGuiDragDropFlags_AcceptNoDrawDefaultRect;
  if (const ImGuiPayload* payload = ImGui::AcceptDragDropPayload(kNodePayload, kFlags)) {
    const auto dragged = ir::parse_node_path({static_cast<const char*>(payload->Data), static_cast<size_t>(payload->DataSize)});
    const bool is_block = dragged && ir::as<ir::BlockRealize>(ir::node_at(module, *dragged)) != nullptr;
    const bool below = !is_block && ImGui::GetMousePos().y > (from.y + to.y) / 2;
    const Drop drop{dragged.value_or(ir::NodePath{}), card.path, below};
    const auto request = !dragged ? std::nullopt
                         : is_block ? place_block(module, *dragged, card.path)
                         : below    ? reorder_below(module, *dragged, card.path)
                                    : reorder_above(module, *dragged, card.path);
    if (is_block && !request) drop_note_ = stands_below(context, *dragged, card.path);
    if (request) {
      drop_alive_ = true;
      if (drop_ != drop) context.send(app::PreviewStep{*request});
      drop_ = drop;
      const bool refused = context.view.preview && context.view.preview->refusal;
      const ImU32 ink = refused ? c.bad_line : c.accent;
      const float y = below ? to.y + context.px(2) : from.y - context.px(3);
      if (is_block) draw.AddRect(from, to, ink, context.px(5), context.px(2));
      else draw.AddRectFilled({from.x, y - context.px(1)}, {to.x, y + context.px(1)}, ink);
      if (payload->IsDelivery()) {
        context.send(app::ApplyStep{*request});
        drop_.reset();
      }
    }
  }
  ImGui::EndDragDropTarget();
}

void LoopTreePanel::end_of_drag(const PanelContext& context) {
  if (ImGui::GetDragDropPayload()) drag_tooltip(context, dragged_name_, drop_note_, drop_.has_value());
  if (drop_ && !drop_alive_) {
    context.send(app::ClearPreview{});
    drop_.reset();
  }
}

float LoopTreePanel::draw_message(const PanelContext& context, float width, bool measure_only) {
  const app::View& view = context.view;
  if (context.state.placing_block && context.state.selection) {
    const std::string block = name_of_node(view.version()->schedule.module(), *context.state.selection);
    const MessageCard card{context.words.format("tree.placing", {{"block", block}}), context.state.tree_note, {}, {}, true, true};
    if (measure_only) return message_card_height(context, card, width);
    if (message_card(context, card, width) == CardClick::Close) stop_placing(context);
    return 0;
  }
  if (!context.state.tree_note.empty()) {
    const MessageCard card{context.state.tree_note, {}, {}, {}, true, true};
    if (measure_only) return message_card_height(context, card, width);
    if (message_card(context, card, width) == CardClick::Close) stop_placing(context);
    return 0;
  }
  const bool previewed = view.preview && view.preview->refusal && !context.state.form;   // a form says it itself
  const Diagnostic* refusal = view.refusal ? &*view.refusal : previewed ? &*view.preview->refusal : nullptr;
  if (!refusal) return 0;
  const app::StepRequest* request = view.refusal ? (view.refused_request ? &*view.refused_request : nullptr) : &view.preview->request;
  const char* name = request && request->primitive ? request->primitive->name : "";
  const std::optional<Remedy> remedy = view.refusal && request ? remedy_for(context, *refusal, *request) : std::nullopt;
  const MessageCard card{context.words.format("tree.not_legal", {{"primitive", name}}), context.words.message(*refusal), context.words.help(*refusal),
                         remedy ? remedy->label : std::string(), view.refusal.has_value()};
  if (measure_only) return message_card_height(context, card, width);
  switch (message_card(context, card, width)) {
    case CardClick::Close: context.send(app::ClearPreview{}); break;
    case CardClick::Action: context.send(remedy->command); break;
    case CardClick::None: break;
  }
  return 0;
}

}  // namespace loopglass::ui
