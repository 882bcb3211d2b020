#include "app/ui/time_bar.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/model/cache_levels.h"
#include "app/ui/memory_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kText = 22, kRow = 27, kGap = 8;                                                     // pixels
constexpr std::array<double, 8> kSpeeds{0.5, 3, 20, 200, 2000, 20'000, 200'000, 1'000'000};   // accesses a second
constexpr int kLoopsARow = 3;

size_t loop_rows(const app::Instant& instant) { return (instant.loops.size() + kLoopsARow - 1) / kLoopsARow; }

std::string speed_text(double speed) { return speed < 1 ? "0.5" : format_count(static_cast<int64_t>(speed)); }

// A slider that shows a text of our own.
bool slider(const char* id, int64_t& value, int64_t low, int64_t high, const std::string& text, float width) {
  ImGui::SetNextItemWidth(width);
  return ImGui::SliderScalar(id, ImGuiDataType_S64, &value, &low, &high, text.c_str());
}

}  // namespace

float TimeBar::height(const PanelContext& context) const {
  const size_t loops = context.view.instant ? loop_rows(*context.view.instant) : 1;
  return context.px(kRow) * static_cast<float>(1 + loops) + context.px(kText + 4);
}

void TimeBar::seek(const PanelContext& context, double time) {
  const double end = context.view.instant ? static_cast<double>(context.view.instant->accesses) : 0;
  time_ = std::clamp(time, 0.0, end);
  context.send(app::SeekTo{.on = true, .time = static_cast<int64_t>(time_), .loop = nullptr, .values = {}});
}

// What has come counts, but while time runs or a slider is held.
void TimeBar::follow(const PanelContext& context) {
  if (seen_ == context.view.instant) return;
  seen_ = context.view.instant;
  asked_.reset();
  if (seen_ && !playing_ && !is_held_) time_ = static_cast<double>(seen_->time);
}

void TimeBar::play_on(const PanelContext& context) {
  if (!playing_ || !context.view.instant) return;
  const auto now = std::chrono::steady_clock::now();
  const double passed = std::chrono::duration<double>(now - std::exchange(played_at_, now)).count();
  const double before = std::floor(time_);
  time_ += kSpeeds[static_cast<size_t>(speed_)] * std::min(passed, 0.25);
  if (time_ >= static_cast<double>(context.view.instant->accesses)) playing_ = false;
  if (std::floor(time_) != before) seek(context, time_);
}

void TimeBar::draw_controls(const PanelContext& context, float width) {
  const app::Instant& instant = *context.view.instant;
  const Locale& words = context.words;
  const float left = ImGui::GetCursorScreenPos().x;
  if (ImGui::ArrowButton("##back", ImGuiDir_Left)) seek(context, std::floor(time_) - 1);
  tooltip(context, words("moment.back"));
  ImGui::SameLine(0, context.px(3));
  if (ImGui::ArrowButton("##on", ImGuiDir_Right)) seek(context, std::floor(time_) + 1);
  tooltip(context, words("moment.on"));
  ImGui::SameLine(0, context.px(kGap));
  const bool at_end = instant.time >= instant.accesses;
  if (ImGui::Button(words(playing_ ? "moment.pause" : "moment.play"), {context.px(64), 0})) {
    if (!playing_ && at_end) seek(context, 0);
    playing_ = !playing_;
    played_at_ = std::chrono::steady_clock::now();
  }
  mark(context, "play");
  ImGui::SameLine(0, context.px(kGap));
  const auto speed_name = [&](int i) { return words.format("moment.speed", {{"count", speed_text(kSpeeds[static_cast<size_t>(i)])}}); };
  ImGui::SetNextItemWidth(context.px(124));
  if (ImGui::BeginCombo("##speed", speed_name(speed_).c_str())) {
    for (int i = 0; i < static_cast<int>(kSpeeds.size()); ++i)
      if (ImGui::Selectable(speed_name(i).c_str(), i == speed_)) speed_ = i;
    ImGui::EndCombo();
  }
  tooltip(context, words("moment.speed_help"));
  ImGui::SameLine(0, context.px(kGap));
  int64_t time = static_cast<int64_t>(time_);
  const float room = width - (ImGui::GetCursorScreenPos().x - left);
  std::string text = format_count(time) + " / " + format_count(instant.accesses);
  if (text_width(ui_text(context, 0), text) > room - context.px(12)) text = format_count(time);
  if (slider("##time", time, 0, instant.accesses, text, room)) {
    playing_ = false;
    seek(context, static_cast<double>(time));
  }
  is_held_ = ImGui::IsItemActive();
  tooltip(context, words("moment.time_help"));
  mark(context, "moment");
}

void TimeBar::draw_loops(const PanelContext& context, float width) {
  const app::Instant& instant = *context.view.instant;
  const float each = (width - context.px(kGap) * (kLoopsARow - 1)) / kLoopsARow;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  std::map<const ir::VarNode*, int64_t> values;
  for (size_t i = 0; i < instant.loops.size(); ++i) {
    const app::Instant::Loop& loop = instant.loops[i];
    const auto row = static_cast<float>(i / kLoopsARow), column = static_cast<float>(i % kLoopsARow);
    ImGui::SetCursorScreenPos({origin.x + column * (each + context.px(kGap)), origin.y + row * context.px(kRow)});
    ImGui::PushID(static_cast<int>(i));
    int64_t value = asked_ && asked_->first == loop.var ? asked_->second : loop.value;
    const int64_t last = loop.extent > 0 ? loop.min + loop.extent - 1 : loop.value;
    const std::string text = loop.name + " = " + std::to_string(value);
    if (slider("##loop", value, loop.min, last, text, each)) {
      playing_ = false;
      asked_ = {loop.var, value};
      values[loop.var] = value;
      context.send(app::SeekTo{.on = true, .time = instant.time, .loop = loop.var, .values = values});
    }
    mark(context, "moment " + loop.name);
    tooltip(context, context.words.format("moment.loop_help", {{"loop", loop.name}, {"last", std::to_string(last)}}));
    ImGui::PopID();
    values[loop.var] = loop.value;
  }
  ImGui::SetCursorScreenPos({origin.x, origin.y + static_cast<float>(loop_rows(instant)) * context.px(kRow)});
}

// What the next access is.
void TimeBar::draw_next(const PanelContext& context, float width) {
  const app::Instant& instant = *context.view.instant;
  std::string text = context.words("moment.end");
  if (instant.next) {
    const locality::BufferAccess& buffer = context.view.access->buffers.at(static_cast<size_t>(instant.next->buffer));
    const std::string element = element_text(buffer, index_of(instant.next->element, buffer.shape));
    text = context.words.format(instant.is_write ? "moment.writes" : "moment.reads",
                                {{"block", instant.block}, {"element", element}, {"reference", instant.statement}});
    if (const auto number = static_cast<size_t>(instant.next->buffer); number < instant.lines.size()) {
      const int level = level_now(buffer, instant.lines[number], app::kLine, index_of(instant.next->element, buffer.shape));
      text += " · " + context.words.format("memory.now_in", {{"level", level > 0 ? instant.levels[static_cast<size_t>(level) - 1].name : std::string(context.words("memory.in_memory"))}});
    }
  }
  const TextStyle style = small_text(context, context.colour().text);
  put_text(*ImGui::GetWindowDrawList(), style, ImGui::GetCursorScreenPos(), fitted(style, text, width));
}

void TimeBar::draw(const PanelContext& context, float width) {
  follow(context);
  if (!context.view.instant) return;
  play_on(context);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {context.px(6), context.px(2)});
  for (const ImGuiCol grab : {ImGuiCol_SliderGrab, ImGuiCol_SliderGrabActive}) ImGui::PushStyleColor(grab, faded(context.colour().accent, 0.45f));   // the text shows through
  draw_next(context, width);
  ImGui::SetCursorScreenPos({origin.x, origin.y + context.px(kText)});
  draw_controls(context, width);
  ImGui::SetCursorScreenPos({origin.x, origin.y + context.px(kText + kRow)});
  draw_loops(context, width);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
}

}  // namespace loopglass::ui
