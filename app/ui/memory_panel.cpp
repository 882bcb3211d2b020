#include "app/ui/memory_panel.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "app/ui/loop_tree_panel.h"
#include "app/ui/memory_figures.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kLegendHeight = 52;
const int64_t kLine = locality::CacheOptions{}.line;   // bytes

std::array<float, 3> components(ImU32 colour) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(colour);
  return {c.x, c.y, c.z};
}

std::string shape_text(const locality::BufferAccess& buffer) {
  std::string text;
  for (const int64_t extent : buffer.shape) text += (text.empty() ? "" : "×") + std::to_string(extent);
  return text.empty() ? "()" : text;
}

const char* unit_key(HeatMode mode) {
  switch (mode) {
    case HeatMode::Reads: return "memory.unit.reads";
    case HeatMode::Writes: return "memory.unit.writes";
    case HeatMode::FirstTouch: return "memory.unit.first";
    case HeatMode::Misses1:
    case HeatMode::Misses2: return "memory.unit.misses";
    case HeatMode::LastTouch: return "memory.unit.last";
    case HeatMode::Now: return "memory.unit.now";
    case HeatMode::Accesses:
    case HeatMode::Figures: break;
  }
  return "memory.unit.accesses";
}

int64_t total_of(const locality::BufferAccess& buffer, HeatMode mode) {
  if (const int level = level_of(mode); level >= 0) return level < static_cast<int>(buffer.misses.size()) ? buffer.misses[static_cast<size_t>(level)].count : 0;
  return (mode == HeatMode::Writes ? 0 : buffer.reads) + (mode == HeatMode::Reads ? 0 : buffer.writes);
}

const std::vector<int64_t>* touched_elements(const app::View& view, const ViewState& state, const ir::Buffer& buffer) {
  if (!view.touched || !state.selection || view.touched_loop != state.selection) return nullptr;
  const auto found = std::ranges::find(*view.touched, buffer, &locality::Touched::buffer);
  return found == view.touched->end() ? nullptr : &found->elements;
}

// The modes that there are on this machine, with their names.
std::vector<std::pair<HeatMode, std::string>> modes_of(const PanelContext& context) {
  const Locale& words = context.words;
  std::vector<std::pair<HeatMode, std::string>> modes{
      {HeatMode::Accesses, words("memory.mode.accesses")}, {HeatMode::Reads, words("memory.mode.reads")},     {HeatMode::Writes, words("memory.mode.writes")},
      {HeatMode::FirstTouch, words("memory.mode.first")},  {HeatMode::LastTouch, words("memory.mode.last")}};
  const HeatMode misses[] = {HeatMode::Misses1, HeatMode::Misses2};
  for (size_t level = 0; level < std::min<size_t>(context.caches.size(), 2); ++level)
    modes.emplace_back(misses[level], words.format("memory.mode.misses", {{"level", context.caches[level].name}}));
  modes.emplace_back(HeatMode::Now, words("memory.mode.now"));
  modes.emplace_back(HeatMode::Figures, words("memory.mode.figures"));
  return modes;
}

bool has_tab(HeatMode mode) { return mode == HeatMode::Accesses || mode == HeatMode::FirstTouch || mode == HeatMode::Misses1 || mode == HeatMode::Now || mode == HeatMode::Figures; }

bool shows_touched(const PanelContext& context) {
  return context.view.touched && context.state.selection && context.view.touched_loop == context.state.selection;
}

// Where an element is at the moment that is shown; empty where none is.
std::string now_in(const PanelContext& context, const locality::BufferAccess& buffer, size_t number, const std::vector<int64_t>& index) {
  const app::Instant* instant = context.state.heat_mode == HeatMode::Now ? context.view.instant.get() : nullptr;
  if (!instant || number >= instant->lines.size()) return {};
  const int level = level_now(buffer, instant->lines[number], kLine, index);
  return context.words.format("memory.now_in", {{"level", level > 0 ? instant->levels[static_cast<size_t>(level) - 1].name : std::string(context.words("memory.in_memory"))}}) + "\n";
}

}  // namespace

gl::HeatmapStyle MemoryPanel::style(const PanelContext& context) const {
  gl::HeatmapStyle style;
  const bool is_now = context.state.heat_mode == HeatMode::Now;
  style.high = is_now ? 1 : static_cast<float>(scale_end_);
  style.logarithmic = context.state.logarithmic && !is_now;
  style.surface = components(context.colour().card);
  style.mark = components(context.theme.name == ThemeName::Dark ? IM_COL32_WHITE : context.colour().accent);
  return style;
}

void MemoryPanel::choose_mode(const PanelContext& context) {
  const auto modes = modes_of(context);
  std::vector<HeatMode> on_tabs;
  std::vector<const char*> labels;
  for (const auto& [mode, name] : modes)
    if (has_tab(mode)) {
      on_tabs.push_back(mode);
      labels.push_back(name.c_str());
    }
  HeatMode& shown = context.state.heat_mode;
  const int chosen = has_tab(shown) ? static_cast<int>(std::ranges::find(on_tabs, shown) - on_tabs.begin()) : -1;
  const int now = panel_header(context, context.words("panel.memory"), labels, chosen);
  if (now != chosen && now >= 0) shown = on_tabs[static_cast<size_t>(now)];
  draw_mode_menu(context, has_tab(shown));
}

void MemoryPanel::draw_mode_menu(const PanelContext& context, bool is_on_tab) {
  const auto modes = modes_of(context);
  HeatMode& shown = context.state.heat_mode;
  std::string label = context.words("memory.more");
  if (const auto current = std::ranges::find(modes, shown, &std::pair<HeatMode, std::string>::first); !is_on_tab && current != modes.end()) label = current->second;
  const ImVec2 below = ImGui::GetCursorScreenPos();
  const TextStyle style = ui_text(context, context.colour().text);
  ImGui::SetCursorScreenPos({ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - text_width(style, label) - context.px(kPanelMargin),
                             ImGui::GetWindowPos().y + (context.px(kHeaderHeight) - style.size) / 2});
  if (link(context, label.c_str())) ImGui::OpenPopup("##modes");
  if (begin_popup_menu(context, "##modes")) {
    for (const auto& [mode, name] : modes)
      if (ImGui::MenuItem(name.c_str(), nullptr, mode == shown)) shown = mode;
    ImGui::EndPopup();
  }
  ImGui::SetCursorScreenPos(below);
}

void MemoryPanel::follow_moment(const PanelContext& context) {
  const bool wanted = context.state.heat_mode == HeatMode::Now;
  if (wanted == has_moment_) return;
  has_moment_ = wanted;
  bar_.stop();
  context.send(app::SeekTo{.on = wanted, .time = 0, .loop = nullptr, .values = {}});
}

void MemoryPanel::draw_contents(const PanelContext& context, const locality::Access& access) {
  if (context.state.heat_mode == HeatMode::Figures) return draw_memory_figures(context, access);
  const bool is_now = context.state.heat_mode == HeatMode::Now;
  if (is_now && context.view.instant_error) return centred_note(context, context.words.message(*context.view.instant_error));
  if (is_now ? !context.view.instant : !has_values(access, context.state.heat_mode)) return centred_note(context, context.words("memory.simulating"));
  const float margin = context.px(kPanelMargin), width = ImGui::GetWindowWidth() - 2 * margin;
  const float bar = is_now ? bar_.height(context) : 0;
  draw_pictures(context, access, ImGui::GetContentRegionAvail().y - context.px(kLegendHeight) - bar);
  if (is_now) {
    const ImVec2 corner = ImGui::GetWindowPos();
    ImGui::SetCursorScreenPos({corner.x + margin, corner.y + ImGui::GetWindowHeight() - context.px(kLegendHeight) - bar});
    bar_.draw(context, width);
  }
  draw_legend(context, access, width);
}

void MemoryPanel::draw(const PanelContext& context) {
  if (begin_panel(context, "###memory", "panel.memory")) {
    choose_mode(context);
    follow_moment(context);
    if (context.view.access || context.view.access_error || !context.view.version()) last_access_ = context.view.access;
    if (last_access_ && !last_access_->buffers.empty())
      draw_contents(context, *last_access_);
    else if (context.view.access_error)
      centred_note(context, context.words.message(*context.view.access_error));
    else
      centred_note(context, context.words(context.view.version() ? "memory.computing" : "memory.empty"));
    if (ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows) && !ImGui::GetIO().WantTextInput) handle_tree_keys(context);
  }
  end_panel();
}

void MemoryPanel::draw_pictures(const PanelContext& context, const locality::Access& access, float height) {
  const bool has_scale = context.state.heat_mode != HeatMode::Now;
  if (has_scale && (scaled_for_ != &access || scaled_mode_ != context.state.heat_mode)) {
    scaled_for_ = &access;
    scaled_mode_ = context.state.heat_mode;
    scale_end_ = largest_value(access, scaled_mode_);
  }
  ImGui::BeginChild("##pictures", {0, height});
  const float margin = context.px(kPanelMargin);
  MemoryMetrics metrics;
  metrics.width = ImGui::GetWindowWidth() - 2 * margin;
  metrics.height = height - context.px(10);
  metrics.gap = context.px(16);
  metrics.title = context.px(24);
  metrics.control = context.px(26);
  metrics.smallest = context.px(110);
  metrics.largest = context.px(420);
  const MemoryLayout layout = layout_memory(access, context.state.planes, metrics);
  const ImVec2 start = ImGui::GetCursorScreenPos();
  ImGui::Dummy({1, layout.height});
  shown_.resize(access.buffers.size());
  for (const auto& place : layout.pictures) draw_picture(context, access, place, {start.x + margin, start.y + context.px(8)});
  ImGui::EndChild();
}

void MemoryPanel::update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown) {
  const auto& buffer = access.buffers[place.buffer];
  const bool same_plane = shown.plane.across == place.plane.across && shown.plane.down == place.plane.down && shown.plane.at == place.plane.at;
  const app::Instant* instant = context.state.heat_mode == HeatMode::Now ? context.view.instant.get() : nullptr;
  const bool has_caches = instant && place.buffer < instant->lines.size();   // else they are still simulated: the counts stand in
  const void* source = has_caches ? static_cast<const void*>(instant) : &access;
  if (shown.source != source || shown.mode != context.state.heat_mode || !same_plane) {
    shown.picture.set_values(has_caches ? plane_nearness(buffer, instant->lines[place.buffer], kLine, place.plane, instant->levels.size())
                                        : plane_values(buffer, instant ? HeatMode::Accesses : context.state.heat_mode, place.plane));
    shown.source = source;
    shown.mode = context.state.heat_mode;
    shown.plane = place.plane;
    shown.touched.reset();
  }
  if (instant) return shown.picture.set_marks({});
  if (context.state.selection && (context.view.touched_is_to_come || !context.view.access)) return;   // what was marked stays until then
  const void* touched = shows_touched(context) ? context.view.touched.get() : nullptr;
  if (touched == shown.touched) return;
  shown.touched = touched;
  static const std::vector<int64_t> kNone;
  const std::vector<int64_t>* elements = touched ? touched_elements(context.view, context.state, buffer.buffer) : nullptr;
  shown.picture.set_marks(touched ? plane_marks(buffer.shape, elements ? *elements : kNone, place.plane) : gl::HeatmapPlane{});
}

void MemoryPanel::draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin) {
  const Palette& c = context.colour();
  const auto& buffer = access.buffers[place.buffer];
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = origin.y + place.title_y;
  const TextStyle name = mono_text(context, c.text), muted = small_text(context, c.text_muted);
  const float name_width = put_text(draw, name, {origin.x + place.rect.x, y}, buffer.buffer->name) + context.px(8);
  std::string title = shape_text(buffer) + " " + ir::to_string(buffer.buffer->dtype);
  if (!is_time(context.state.heat_mode) && context.state.heat_mode != HeatMode::Now) title += " · " + format_count(total_of(buffer, context.state.heat_mode));
  const float room = place.controls.width - name_width;
  put_text(draw, muted, {origin.x + place.rect.x + name_width, y + context.px(2)}, fitted(muted, title, room));

  Shown& shown = shown_[place.buffer];
  update(context, access, place, shown);
  const ImVec2 from{std::floor(origin.x + place.rect.x), std::floor(origin.y + place.rect.y)};
  const ImVec2 size{place.rect.width, place.rect.height};
  const GLuint texture = shown.picture.texture(context.heatmaps, static_cast<int>(size.x), static_cast<int>(size.y), style(context));
  ImGui::SetCursorScreenPos(from);
  ImGui::PushID(static_cast<int>(place.buffer));
  draw.AddImage(static_cast<ImTextureID>(texture), from, {from.x + size.x, from.y + size.y}, {0, 1}, {1, 0});
  if (ImGui::InvisibleButton(buffer.buffer->name.c_str(), size))
    if (const auto block = next_block_touching(context.view.version()->schedule.module(), buffer.buffer->name, context.state.selection))
      context.send(app::SelectNode{context.state.selection = block});
  if (context.state.heat_mode == HeatMode::Now) draw_next_access(context, buffer, place, from);
  if (ImGui::IsItemHovered()) draw_hover(context, buffer, place, from);
  if (place.controls.height > 0) draw_axes(context, buffer, place, origin);
  ImGui::PopID();
}

// A frame around the element that is touched next, at least as large as can be seen.
void MemoryPanel::draw_next_access(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 from) {
  const auto& next = context.view.instant->next;
  if (!next || static_cast<size_t>(next->buffer) != place.buffer) return;
  const auto at = place_of(place.plane, index_of(next->element, buffer.shape));
  if (!at) return;
  const auto [row, column] = *at;
  const float cell_x = place.rect.width / static_cast<float>(place.columns), cell_y = place.rect.height / static_cast<float>(place.rows);
  const float half_x = std::max(cell_x / 2, context.px(3)), half_y = std::max(cell_y / 2, context.px(3));
  const ImVec2 middle{from.x + (static_cast<float>(column) + 0.5f) * cell_x, from.y + (static_cast<float>(row) + 0.5f) * cell_y};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 low{middle.x - half_x, middle.y - half_y}, high{middle.x + half_x, middle.y + half_y};
  const float line = context.px(1.5f);
  draw.AddRect({low.x - line, low.y - line}, {high.x + line, high.y + line}, IM_COL32_BLACK, 0.0f, line);
  draw.AddRect(low, high, context.view.instant->is_write ? context.colour().bad : IM_COL32_WHITE, 0.0f, line);
}

void MemoryPanel::draw_hover(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 from) {
  const ImVec2 mouse = ImGui::GetMousePos();
  const auto column = std::clamp<int64_t>(static_cast<int64_t>((mouse.x - from.x) / place.rect.width * static_cast<float>(place.columns)), 0, place.columns - 1);
  const auto row = std::clamp<int64_t>(static_cast<int64_t>((mouse.y - from.y) / place.rect.height * static_cast<float>(place.rows)), 0, place.rows - 1);
  const std::vector<int64_t> index = index_at(place.plane, row, column);
  const int64_t flat = flat_index(index, buffer.shape);
  const std::string element = element_text(buffer, index);
  const std::string reads = format_count(std::max<int64_t>(value_of(buffer, HeatMode::Reads, flat), 0)), writes = format_count(std::max<int64_t>(value_of(buffer, HeatMode::Writes, flat), 0));
  const int64_t first = value_of(buffer, HeatMode::FirstTouch, flat);
  const std::string touch = first < 0 ? std::string(context.words("memory.never"))
                                      : context.words.format("memory.first_at", {{"ordinal", format_count(first)}});
  std::string misses = now_in(context, buffer, place.buffer, index);
  for (const locality::BufferMisses& level : buffer.misses)
    misses += context.words.format("memory.line_misses", {{"level", level.level}, {"count", format_count(level.of_elements.at(static_cast<size_t>(flat)))}}) + "\n";
  tooltip(context, element, context.words.format("memory.element", {{"reads", reads}, {"writes", writes}}) + "\n" + touch + "\n" + misses +
                           context.words.format("memory.click", {{"buffer", buffer.buffer->name}}));
}

void MemoryPanel::draw_axes(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin) {
  PlaneChoice plane = place.plane;
  bool changed = false;
  float y = origin.y + place.controls.y;
  const float width = std::min(place.controls.width, context.px(220));
  ImGui::SetCursorScreenPos({origin.x + place.controls.x, y});
  if (ImGui::SmallButton(context.words.format("memory.axes", {{"down", std::to_string(plane.down)}, {"across", std::to_string(plane.across)}}).c_str()))
    ImGui::OpenPopup("##axes");
  if (begin_popup_menu(context, "##axes")) {
    const int rank = static_cast<int>(buffer.shape.size());
    for (int down = 0; down < rank; ++down)
      for (int across = 0; across < rank; ++across) {
        if (across == down) continue;
        const std::string label = context.words.format("memory.axes", {{"down", std::to_string(down)}, {"across", std::to_string(across)}});
        if (ImGui::MenuItem(label.c_str(), nullptr, plane.down == down && plane.across == across)) {
          plane.down = down;
          plane.across = across;
          changed = true;
        }
      }
    ImGui::EndPopup();
  }
  for (int d = 0; d < static_cast<int>(buffer.shape.size()); ++d) {
    if (d == plane.across || d == plane.down) continue;
    y += context.px(26);
    ImGui::SetCursorScreenPos({origin.x + place.controls.x, y});
    ImGui::SetNextItemWidth(width);
    int at = static_cast<int>(plane.at[static_cast<size_t>(d)]);
    const std::string label = context.words.format("memory.axis_at", {{"axis", std::to_string(d)}}) + " %d";
    ImGui::PushID(d);
    if (ImGui::SliderInt("##axis", &at, 0, static_cast<int>(buffer.shape[static_cast<size_t>(d)]) - 1, label.c_str())) {
      plane.at[static_cast<size_t>(d)] = at;
      changed = true;
    }
    ImGui::PopID();
  }
  if (changed) context.state.planes[buffer.buffer->name] = plane;
}

// The whole scale, from left to right.
GLuint MemoryPanel::ramp(const PanelContext& context, float width, float height) {
  if (!legend_ready_) {
    gl::HeatmapPlane values{256, 1, std::vector<float>(256)};
    for (size_t i = 0; i < values.values.size(); ++i) values.values[i] = static_cast<float>(i) / 255;
    legend_.set_values(std::move(values));
    legend_ready_ = true;
  }
  gl::HeatmapStyle linear = style(context);
  linear.high = 1;
  linear.logarithmic = false;
  return legend_.texture(context.heatmaps, static_cast<int>(width), static_cast<int>(height), linear);
}

// A swatch for each level with the lines that it holds, and one for memory.
void MemoryPanel::draw_levels_legend(const PanelContext& context, ImVec2 origin, float width) {
  const app::Instant& instant = *context.view.instant;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, context.colour().text_muted);
  const size_t levels = instant.levels.size();
  float x = origin.x;
  const float side = context.px(11), y = origin.y + context.px(19);
  for (size_t level = 0; level <= levels; ++level) {
    const bool is_memory = level == levels;
    const float near = nearness(is_memory ? 0 : static_cast<int>(level) + 1, levels);
    const std::string label = is_memory ? std::string(context.words("memory.in_memory"))
                                        : context.words.format("memory.in_level", {{"level", instant.levels[level].name}, {"count", format_count(instant.levels[level].held)}});
    if (x + side + text_width(muted, label) > origin.x + width) break;
    const float at = std::clamp(near, 0.01f, 0.99f);
    draw.AddImage(static_cast<ImTextureID>(ramp(context, context.px(210), context.px(9))), {x, y}, {x + side, y + side}, {at, 0}, {at, 1});
    x += side + context.px(5);
    x += put_text(draw, muted, {x, y - context.px(2)}, label) + context.px(14);
  }
}

void MemoryPanel::draw_legend(const PanelContext& context, const locality::Access& access, float width) {
  const Palette& c = context.colour();
  const ImVec2 origin{ImGui::GetWindowPos().x + context.px(kPanelMargin), ImGui::GetWindowPos().y + ImGui::GetWindowHeight() - context.px(kLegendHeight - 4)};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  const float bar = std::min(width * 0.5f, context.px(210)), height = context.px(9);
  if (context.state.heat_mode == HeatMode::Now) {
    const bool is_ready = !context.view.instant->levels.empty();
    put_text(draw, muted, origin, fitted(muted, context.words(is_ready ? "memory.unit.now" : context.caches.empty() ? "memory.no_caches" : "memory.simulating"), width));
    return is_ready ? draw_levels_legend(context, origin, width) : void();
  }
  put_text(draw, muted, origin, fitted(muted, context.words(unit_key(context.state.heat_mode)), width - context.px(110)));
  const ImVec2 from{origin.x, origin.y + context.px(17)}, to{origin.x + bar, origin.y + context.px(17) + height};
  draw.AddImage(static_cast<ImTextureID>(ramp(context, bar, height)), from, to, {0, 1}, {1, 0});
  const double end = static_cast<double>(scale_end_);
  const auto middle = static_cast<int64_t>(context.state.logarithmic ? std::sqrt(1 + end) - 1 : end / 2);
  const std::string last = format_count(scale_end_), mid = format_count(middle);
  const float y = to.y + context.px(2);
  put_text(draw, muted, {from.x, y}, "0");
  put_text(draw, muted, {from.x + bar / 2 - text_width(muted, mid) / 2, y}, mid);
  put_text(draw, muted, {to.x - text_width(muted, last), y}, last);
  ImGui::SetCursorScreenPos({to.x + context.px(14), from.y - context.px(6)});
  if (link(context, context.words(context.state.logarithmic ? "memory.logarithmic" : "memory.linear"))) context.state.logarithmic = !context.state.logarithmic;
  tooltip(context, context.words("memory.scale_help"));
  const std::string total = context.view.access ? context.words.format("memory.total", {{"count", format_count(access.accesses)}}) : std::string(context.words("memory.computing"));
  const float total_x = origin.x + width - text_width(muted, total);
  if (total_x > to.x + context.px(80)) put_text(draw, muted, {total_x, from.y - context.px(2)}, total);
}

}  // namespace loopglass::ui
