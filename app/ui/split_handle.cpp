#include "app/ui/split_handle.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "app/model/moves.h"
#include "app/ui/gestures.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

int64_t number_of(const std::string& extent) { return std::strtoll(extent.c_str(), nullptr, 10); }

}  // namespace

std::string level_name(const PanelContext& context, int level) {
  return level > static_cast<int>(context.caches.size()) ? context.words("tree.memory") : context.caches[static_cast<size_t>(level) - 1].name;
}

std::string SplitHandle::extent_of(const TreeCard& card) const {
  const int64_t whole = number_of(card.extent);
  if (loop_ != card.path || factor_ <= 0 || whole <= 0) return card.extent;
  return fmt::format("{} × {}", (whole + factor_ - 1) / factor_, factor_);
}

void SplitHandle::draw(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to) {
  const std::vector<int64_t> factors = app::divisors(number_of(card.extent));
  if (factors.empty()) return;
  const Palette& c = context.colour();
  const float width = context.px(14);
  ImGui::PushID(card.label.c_str());
  ImGui::SetCursorScreenPos({to.x - width, from.y});
  ImGui::InvisibleButton("##split", {width, to.y - from.y});
  mark(context, "split " + card.label);
  const bool active = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
  drag(context, card, factors);
  if (active || hovered || context.state.selection == card.path) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImU32 ink = active || hovered ? c.accent : c.text_faint;
    const float y = to.y - context.px(13);
    for (const float dx : {context.px(9), context.px(5)}) draw.AddRectFilled({to.x - dx, y}, {to.x - dx + context.px(1.5f), y + context.px(8)}, ink);
  }
  if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  if (!active) tooltip(context, context.words("tree.split_handle"));
  else if (loop_ == card.path && factor_ > 0) draw_preview(context);
  ImGui::PopID();
}

void SplitHandle::drag(const PanelContext& context, const TreeCard& card, const std::vector<int64_t>& factors) {
  if (ImGui::IsItemActivated()) {
    loop_ = card.path;
    factor_ = 0;
    context.send(app::SelectNode{context.state.selection = card.path});
  }
  if (loop_ != card.path) return;
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, context.px(4))) {
    const float dx = std::abs(ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 0).x);
    const int64_t factor = factors[std::min(static_cast<size_t>(dx / context.px(22)), factors.size() - 1)];
    if (factor != factor_) context.send(app::PreviewStep{split_by(card.path, factor_ = factor)});
  }
  if (ImGui::IsItemDeactivated()) {
    if (factor_ > 0) context.send(app::ApplyStep{split_by(card.path, factor_)});
  } else if (ImGui::IsItemActive() && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    context.send(app::ClearPreview{});   // the button is still down: letting it go does nothing any more
  } else {
    return;
  }
  loop_.reset();
  factor_ = 0;
}

// The step, or why not; a line for each loop that it makes, with what an iteration touches and the cache that holds it.
void SplitHandle::draw_preview(const PanelContext& context) const {
  const auto& preview = context.view.preview;
  if (!preview) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(10), context.px(7)});
  if (ImGui::BeginTooltip()) {
    ImGui::PushTextWrapPos(context.px(420));
    ImGui::TextUnformatted(preview->refusal ? context.words.message(*preview->refusal).c_str() : preview->version->step.c_str());
    ImGui::PopTextWrapPos();
    if (preview->version) {
      const ir::Module& before = context.view.version()->schedule.module();
      ImGui::PushFont(context.fonts.mono, 0);
      for (const TreeCard& card : layout_loop_tree(preview->version->schedule.module(), preview->loops.get(), context.caches, {}, &before).cards)
        if (card.kind == TreeCard::Kind::Loop && card.added && card.level > 0)
          ImGui::TextUnformatted(fmt::format("{:<8}{:>6} {:>10}  {}", card.name, card.extent, format_bytes(card.footprint_total), level_name(context, card.level)).c_str());
      ImGui::PopFont();
      ImGui::TextDisabled("%s", context.words(preview->loops ? "tree.of_one_iteration" : "memory.computing"));
    }
    ImGui::EndTooltip();
  }
  ImGui::PopStyleVar();
}

}  // namespace loopglass::ui
