#include "app/ui/memory_figures.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/ui/figures_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/reuse_layout.h"
#include "app/ui/sets_layout.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr size_t kMostChanges = 6;
constexpr float kSetsHeight = 56, kWidthForTwo = 400;   // pixels

// `note`: of an estimate, what its tooltip says.
void cell(const PanelContext& context, const std::string& text, bool is_name, const std::string& note) {
  ImGui::TableNextColumn();
  const TextStyle style = is_name ? mono_text(context, context.colour().text) : small_text(context, note.empty() ? context.colour().text : context.colour().text_muted);
  const float room = ImGui::GetContentRegionAvail().x, width = text_width(style, text);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string shown = fitted(style, text, room);
  put_text(*ImGui::GetWindowDrawList(), style, {is_name ? at.x : at.x + std::max(room - width, 0.0f), at.y}, shown);
  ImGui::Dummy({std::max(room, 1.0f), context.px(20)});
  if (!note.empty() || shown != text) tooltip(context, text, note);
}

// `helps`: by column, of its tooltip; the head itself where there is none.
void draw_head(const PanelContext& context, const std::vector<std::string>& names, const std::vector<std::string>& helps) {
  const TextStyle muted = small_text(context, context.colour().text_muted);
  ImGui::TableNextRow();
  for (size_t i = 0; i < names.size(); ++i) {
    ImGui::TableNextColumn();
    const float room = ImGui::GetContentRegionAvail().x;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string text = fitted(muted, names[i], room);
    put_text(*ImGui::GetWindowDrawList(), muted, {i == 0 ? at.x : at.x + std::max(room - text_width(muted, text), 0.0f), at.y}, text);
    ImGui::Dummy({room, context.px(20)});
    tooltip(context, names[i], i < helps.size() ? helps[i] : "");
  }
}

// `weights`: by column, of their widths.
void draw_table(const PanelContext& context, const char* id, const FigureTable& table, const std::vector<float>& weights, float width, const std::vector<std::string>& helps = {}) {
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {context.px(4), context.px(2)});
  if (ImGui::BeginTable(id, static_cast<int>(table.head.size()), ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_SizingStretchSame, {width, 0})) {
    for (size_t i = 0; i < table.head.size(); ++i) ImGui::TableSetupColumn(table.head[i].c_str(), ImGuiTableColumnFlags_WidthStretch, weights[i]);
    draw_head(context, table.head, helps);
    for (size_t r = 0; r < table.rows.size(); ++r) {
      ImGui::TableNextRow();
      for (size_t i = 0; i < table.rows[r].size(); ++i) cell(context, table.rows[r][i], i == 0, table.notes.empty() ? "" : table.notes[r][i]);
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

void draw_figures(const PanelContext& context, const locality::Access& access, float width) {
  const FigureTable table = figure_table(access, context.view.figures.get(), context.words, context.view.estimate.get());
  std::vector<float> weights;   // so that all numbers can be read, where there is room for that
  for (size_t i = 0; i < table.head.size(); ++i) {
    float widest = context.px(36);
    for (const std::vector<std::string>& row : table.rows) widest = std::max(widest, text_width(small_text(context, 0), row[i]));
    weights.push_back(widest + context.px(10));
  }
  draw_table(context, "##figures", table, weights, width);
}

void draw_kinds(const PanelContext& context, const locality::Access& access, float width) {
  const app::MemoryFigures* figures = context.view.figures.get();
  if (!figures || figures->kinds.empty() || figures->sets.empty()) return;
  const Locale& words = context.words;
  draw_table(context, "##kinds", kind_table(access, *figures, words), {1.4f, 1, 1, 1}, width,
             {"", words("figures.compulsory_help"), words("figures.capacity_help"), words("figures.conflict_help")});
  ImGui::Dummy({1, context.px(12)});
}

// What the last step changed, the largest change first.
void draw_changes(const PanelContext& context, float width) {
  const app::MemoryFigures* figures = context.view.figures.get();
  if (!figures || figures->compared_with < 0) return;
  const Locale& words = context.words;
  const float left = ImGui::GetCursorPosX();
  put_text(*ImGui::GetWindowDrawList(), bold_text(context, context.colour().text), ImGui::GetCursorScreenPos(), words("figures.changed"));
  ImGui::Dummy({1, context.px(24)});
  ImGui::PushTextWrapPos(left + width);
  if (figures->changes.empty()) {
    ImGui::SetCursorPosX(left);
    ImGui::TextUnformatted(words("figures.unchanged"));
  }
  for (size_t i = 0; i < std::min(figures->changes.size(), kMostChanges); ++i) {
    ImGui::SetCursorPosX(left);
    const locality::MissChange& change = figures->changes[i];
    ImGui::PushStyleColor(ImGuiCol_Text, change.after < change.before ? context.colour().good : context.colour().bad);
    ImGui::TextUnformatted(change_text(change, words).c_str());
    ImGui::PopStyleColor();
  }
  ImGui::PopTextWrapPos();
}

// How many accesses come back to a line after so many others, with the levels' capacities.
void draw_reuse(const PanelContext& context, float width) {
  const app::MemoryFigures* figures = context.view.figures.get();
  if (!figures || figures->reuse.empty()) return;
  const ReuseLayout layout = layout_reuse(figures->reuse, context.caches, locality::CacheOptions{}.line);
  if (layout.bars.empty()) return;
  const Palette& c = context.colour();
  const Locale& words = context.words;
  const TextStyle muted = small_text(context, c.text_muted);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  put_text(draw, bold_text(context, c.text), ImGui::GetCursorScreenPos(), words("figures.reuse"));
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 from{corner.x, corner.y + context.px(42)}, to{corner.x + width, corner.y + context.px(42 + 96)};
  for (const ReuseMark& mark : layout.marks) {
    const float x = std::floor(from.x + mark.at * width);
    draw.AddLine({x, from.y - context.px(4)}, {x, to.y}, c.warn, context.px(1.5f));
    put_text(draw, small_text(context, c.warn), {x - text_width(muted, mark.level) / 2, from.y - context.px(19)}, mark.level);
  }
  for (size_t i = 0; i < layout.bars.size(); ++i) {
    const ReuseBar& bar = layout.bars[i];
    const ImVec2 top{std::floor(from.x + bar.left * width), to.y - bar.height * (to.y - from.y)}, foot{std::floor(from.x + bar.right * width), to.y};
    if (bar.count > 0) draw.AddRectFilled(top, foot, bar.is_cold ? c.text_faint : c.accent, context.px(2));
    ImGui::SetCursorScreenPos({top.x, from.y});
    ImGui::PushID(static_cast<int>(i));
    ImGui::InvisibleButton("##bar", {std::max(foot.x - top.x, 1.0f), to.y - from.y});
    const std::string distance = bar.from == bar.to ? format_count(bar.from) : words.format("figures.range", {{"from", format_count(bar.from)}, {"to", format_count(bar.to)}});
    tooltip(context, bar.is_cold ? words.format("figures.cold_bar", {{"count", format_count(bar.count)}})
                                 : words.format("figures.reuse_bar", {{"count", format_count(bar.count)}, {"distance", distance}}));
    ImGui::PopID();
  }
  draw.AddLine({from.x, to.y}, to, c.line_strong);
  put_text(draw, muted, {from.x, to.y + context.px(3)}, "0");
  const std::string cold = words("figures.cold");
  put_text(draw, muted, {to.x - text_width(muted, cold), to.y + context.px(3)}, cold);
  const ReuseBar& last = layout.bars[layout.bars.size() > 1 ? layout.bars.size() - 2 : 0];
  const std::string end = format_count(last.to);
  put_text(draw, muted, {from.x + last.right * width - text_width(muted, end), to.y + context.px(3)}, end);
  ImGui::SetCursorScreenPos({corner.x, to.y + context.px(24)});
  ImGui::Dummy({1, context.px(8)});
}

// How many lines of the program share each set of a level: one strip.
void draw_sets_of(const PanelContext& context, const app::LevelSets& level, ImVec2 corner, float width) {
  const SetsLayout layout = layout_sets(level.sets, level.ways, std::max(static_cast<int>(width / context.px(1)), 1));
  if (layout.columns.empty()) return;
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  put_text(draw, muted, corner, context.words.format("figures.sets_level", {{"level", level.level}, {"ways", std::to_string(level.ways)}}));
  const ImVec2 from{corner.x, corner.y + context.px(24)}, to{corner.x + width, corner.y + context.px(24 + kSetsHeight)};
  const float gap = width / static_cast<float>(layout.columns.size()) >= context.px(3) ? context.px(1) : 0;
  for (const SetColumn& column : layout.columns) {
    const ImVec2 top{std::floor(from.x + column.left * width), to.y - column.height * (to.y - from.y)}, foot{std::floor(from.x + column.right * width) - gap, to.y};
    if (column.lines > 0) draw.AddRectFilled(top, foot, column.is_over ? c.accent : c.text_faint);
  }
  const float full = std::floor(to.y - layout.ways_at * (to.y - from.y));
  draw.AddLine({from.x, full}, {to.x, full}, c.warn, context.px(1.5f));
  draw.AddLine({from.x, to.y}, to, c.line_strong);
  ImGui::SetCursorScreenPos(from);
  ImGui::PushID(level.level.c_str());
  ImGui::InvisibleButton("##sets", {width, to.y - from.y});
  ImGui::PopID();
  const auto under = std::ranges::find_if(layout.columns, [at = (ImGui::GetIO().MousePos.x - from.x) / width](const SetColumn& column) { return at < column.right; });
  if (under != layout.columns.end()) tooltip(context, set_text(*under, level.ways, context.words));
  put_text(draw, muted, {from.x, to.y + context.px(3)}, "0");
  const std::string last = std::to_string(level.sets.size() - 1);
  put_text(draw, muted, {to.x - text_width(muted, last), to.y + context.px(3)}, last);
}

// The strips of the nearest levels, side by side where there is room for more than one.
void draw_sets(const PanelContext& context, float width) {
  const app::MemoryFigures* figures = context.view.figures.get();
  if (!figures || figures->sets.empty()) return;
  put_text(*ImGui::GetWindowDrawList(), bold_text(context, context.colour().text), ImGui::GetCursorScreenPos(), context.words("figures.sets"));
  ImGui::Dummy({1, context.px(20)});
  ImGui::SetCursorPosX(context.px(kPanelMargin));
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float gap = context.px(20);
  const size_t shown = width >= context.px(kWidthForTwo) ? figures->sets.size() : 1;
  const float each = (width - gap * static_cast<float>(shown - 1)) / static_cast<float>(shown);
  for (size_t i = 0; i < shown; ++i) draw_sets_of(context, figures->sets[i], {corner.x + static_cast<float>(i) * (each + gap), corner.y}, each);
  ImGui::SetCursorScreenPos({corner.x, corner.y + context.px(24 + kSetsHeight + 24)});
  ImGui::Dummy({1, context.px(8)});
}

}  // namespace

std::string no_misses_yet(const PanelContext& context) {
  return context.view.misses_error ? context.words.message(*context.view.misses_error) : std::string(context.words("memory.simulating"));
}

void draw_memory_figures(const PanelContext& context, const locality::Access& access) {
  const float margin = context.px(kPanelMargin), width = ImGui::GetWindowWidth() - 2 * margin;
  ImGui::BeginChild("##memory_figures", {0, 0});
  ImGui::SetCursorPos({margin, context.px(10)});
  draw_figures(context, access, width);
  ImGui::SetCursorPosX(margin);
  if (!context.view.figures && !context.caches.empty()) {
    const TextStyle muted = small_text(context, context.colour().text_muted);
    put_text(*ImGui::GetWindowDrawList(), muted, ImGui::GetCursorScreenPos(), fitted(muted, no_misses_yet(context), width));
    ImGui::Dummy({1, context.px(20)});
  }
  ImGui::Dummy({1, context.px(12)});
  ImGui::SetCursorPosX(margin);
  draw_kinds(context, access, width);
  ImGui::SetCursorPosX(margin);
  draw_sets(context, width);
  ImGui::SetCursorPosX(margin);
  draw_reuse(context, width);
  ImGui::SetCursorPosX(margin);
  draw_changes(context, width);
  ImGui::Dummy({1, context.px(4)});
  ImGui::EndChild();
}

}  // namespace loopglass::ui
