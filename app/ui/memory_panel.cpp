#include "app/ui/memory_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "app/model/cache_levels.h"
#include "app/ui/element_card.h"
#include "app/ui/history_layout.h"
#include "app/ui/loop_tree_panel.h"
#include "app/ui/memory_figures.h"
#include "app/ui/mode_menu.h"
#include "app/ui/plane_menu.h"
#include "app/ui/quantities.h"
#include "app/ui/row_pitch_menu.h"
#include "app/ui/widgets.h"
#include "engine/ir/visitor.h"

namespace loopglass::ui {
namespace {

using app::kLine;

std::array<float, 3> components(ImU32 colour) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(colour);
  return {c.x, c.y, c.z};
}

std::string shape_text(const locality::BufferAccess& buffer) {
  std::string text;
  for (const int64_t extent : buffer.shape) text += (text.empty() ? "" : "×") + std::to_string(extent);
  return text.empty() ? "()" : text;
}

int64_t total_of(const locality::BufferAccess& buffer, HeatMode mode) {
  if (const int level = level_of(mode); level >= 0) return level < static_cast<int>(buffer.misses.size()) ? buffer.misses[static_cast<size_t>(level)].count : 0;
  return (mode == HeatMode::Writes ? 0 : buffer.reads) + (mode == HeatMode::Reads ? 0 : buffer.writes);
}

// Of a buffer; null where there are none. They live as long as all that the view holds of them.
std::shared_ptr<const locality::ElementBits> touched_elements(const app::View& view, const ir::Buffer& buffer) {
  const auto found = std::ranges::find(*view.touched, buffer, &locality::Touched::buffer);
  return found == view.touched->end() ? nullptr : std::shared_ptr<const locality::ElementBits>(view.touched, &found->elements);
}

bool shows_touched(const PanelContext& context) {
  return context.view.touched && context.state.selection && context.view.touched_loop == context.state.selection;
}

// Nothing that Escape closes lies over the panels.
bool is_escape_free(const PanelContext& context) {
  return !context.state.form && !context.state.palette_open && !context.state.editing && !context.state.placing_block && !ImGui::GetIO().WantTextInput && !ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopup);
}

// On a scale, where there is little room.
std::string scale_text(int64_t end) {
  constexpr int64_t kLong = 10'000'000;
  return end < kLong ? format_count(end) : format_rounded(static_cast<double>(end));
}

bool has_parallel_loop(const app::Version& version) {
  bool found = false;
  ir::for_each_stmt(ir::find_function(version.schedule.module(), version.source->function)->body, [&found](const ir::Stmt& s) {
    const auto* loop = ir::as<ir::For>(s);
    found = found || (loop && loop->for_kind == ir::ForKind::Parallel);
    return !found;
  });
  return found;
}

// "1 048 576 misses".
std::string total_text(const PanelContext& context, HeatMode mode, int64_t total) {
  const char* key = level_of(mode) >= 0 ? "memory.count.misses" : mode == HeatMode::Reads ? "memory.count.reads" : mode == HeatMode::Writes ? "memory.count.writes" : "memory.count.accesses";
  return context.words.format(key, {{"count", format_count(total)}});
}

}  // namespace

gl::HeatmapStyle MemoryPanel::style(const PanelContext& context, int64_t scale_end) const {
  gl::HeatmapStyle style;
  const bool is_scaled = context.state.heat_mode == HeatMode::Now || is_difference();   // already between 0 and 1
  style.high = is_scaled ? 1 : static_cast<float>(scale_end);
  style.logarithmic = context.state.logarithmic && !is_scaled;
  if (is_difference()) style.scale = image::ColourScale::Diverging;
  style.surface = components(context.colour().card);
  style.mark = components(context.theme.name == ThemeName::Dark ? IM_COL32_WHITE : context.colour().accent);
  return style;
}

PictureKey MemoryPanel::key_of(const PanelContext& context) const {
  const app::View& view = context.view;
  const HeatMode mode = context.state.heat_mode;
  PictureKey key{last_access_, nullptr, nullptr, mode, context.state.planes, context.state.pooling};
  const auto wanted = element_quantity(mode);
  if (wanted && view.values && view.values->quantity == *wanted && view.values->by_buffer.size() == last_access_->buffers.size() && view.access == last_access_) key.values = view.values;
  if (view.compared && view.access && is_comparable(mode) && view.compared != view.access && has_values(*view.compared, mode)) {
    key.compared = view.compared;
    key.is_logarithmic = context.state.logarithmic;
  }
  return key;
}

bool MemoryPanel::has_values_of(const PictureKey& key) const { return element_quantity(key.mode) ? key.values != nullptr : has_values(*key.access, key.mode); }

bool MemoryPanel::find_pictures(const PanelContext& context) {
  constexpr std::chrono::milliseconds kPatience(25);   // with what a person has just chosen, before it is said that it is computed
  constexpr std::chrono::milliseconds kShortPatience(12);  // with those of another version: most are there in time, and a frame without them would keep them waiting for longer
  const PictureKey key = key_of(context);
  const bool stand_in = set_ && set_->key.is_like(key);
  is_veiled_ = !has_values_of(key);
  std::shared_ptr<const PictureSet> made = is_veiled_ ? nullptr : maker_.get(key, stand_in ? kShortPatience : kPatience);
  if (made && set_ != made) {
    take(std::move(made), context.view.version() ? context.view.version()->id : -1);
  } else if (!stand_in) {
    set_.reset();
  }
  return set_ != nullptr;
}

void MemoryPanel::take(std::shared_ptr<const PictureSet> made, int version) {
  set_ = std::move(made);
  scale_end_ = set_->scale_end;
  scale_was_.reset();
  if (set_->key.compared) return last_scale_.reset();
  if (last_scale_ && last_scale_->mode == set_->key.mode) {
    if (last_scale_->version == version) scale_end_ = std::max(scale_end_, last_scale_->end);
    else if (last_scale_->end != scale_end_) scale_was_ = last_scale_->end;
  }
  last_scale_ = {set_->key.mode, version, scale_end_};
}

void MemoryPanel::follow_values(const PanelContext& context) {
  const auto wanted = element_quantity(context.state.heat_mode);
  if (wanted == asked_for_) return;
  asked_for_ = wanted;
  context.send(app::ShowValues{wanted});
}

void MemoryPanel::follow_moment(const PanelContext& context) {
  const bool wanted = context.state.heat_mode == HeatMode::Now;
  if (wanted == has_moment_) return;
  has_moment_ = wanted;
  bar_.stop();
  context.send(app::SeekTo{.on = wanted, .resume = true, .time = 0, .loop = nullptr, .values = {}});
}

void MemoryPanel::follow_touchers(const PanelContext& context, const locality::Access& access) {
  std::optional<app::BufferElement> wanted = context.state.pinned;
  if (hovered_) wanted = app::BufferElement{access.buffers[hovered_->first].buffer->name, hovered_->second};
  if (wanted == touchers_of_) return;
  touchers_of_ = wanted;
  context.send(app::ShowTouchers{std::move(wanted)});
}

void MemoryPanel::draw_contents(const PanelContext& context) {
  const HeatMode mode = context.state.heat_mode;
  if (mode == HeatMode::Now || mode == HeatMode::Figures) set_.reset(), is_veiled_ = false;
  if (mode == HeatMode::Figures) {
    context.state.pictured = last_access_;
    return draw_memory_figures(context, *last_access_);
  }
  const bool is_now = mode == HeatMode::Now;
  if (is_now && context.view.instant_error) return centred_note(context, context.words.message(*context.view.instant_error));
  if (element_quantity(mode) && context.view.values_error) return centred_note(context, context.words.message(*context.view.values_error));
  if (const auto& error = context.view.misses_error; error && !has_values(*last_access_, mode)) return centred_note(context, context.words.message(*error) + "\n" + context.words.help(*error));
  const bool is_there = is_now ? context.view.instant != nullptr : find_pictures(context);
  if (!is_there) return centred_note(context, context.words(has_values(*last_access_, mode) && !element_quantity(mode) ? "memory.computing" : "memory.simulating"));
  context.state.pictured = set_ ? set_->key.access : last_access_;
  draw_body(context, *context.state.pictured);
}

void MemoryPanel::draw_body(const PanelContext& context, const locality::Access& access) {
  const bool is_now = context.state.heat_mode == HeatMode::Now;
  const float margin = context.px(kPanelMargin), width = ImGui::GetWindowWidth() - 2 * margin;
  const float bar = is_now ? bar_.height(context) : strip_.height(context);
  draw_pictures(context, access, ImGui::GetContentRegionAvail().y - context.px(kLegendHeight) - bar);
  if (is_now) {
    const ImVec2 corner = ImGui::GetWindowPos();
    ImGui::SetCursorScreenPos({corner.x + margin, corner.y + ImGui::GetWindowHeight() - context.px(kLegendHeight) - bar});
    bar_.draw(context, width);
  } else {
    strip_.draw(context, access, {ImGui::GetWindowPos().x + margin, ImGui::GetWindowPos().y + ImGui::GetWindowHeight() - context.px(kLegendHeight) - bar}, width);
  }
  draw_legend(context, access, width);
}

void MemoryPanel::draw(const PanelContext& context) {
  if (begin_panel(context, "###memory", "panel.memory")) {
    draw_mode_choice(context);
    follow_moment(context);
    follow_values(context);
    if (context.view.access || context.view.access_error || !context.view.version()) last_access_ = context.view.access;
    if (last_access_ && !last_access_->buffers.empty())
      draw_contents(context);
    else if (context.view.access_error)
      centred_note(context, context.words.message(*context.view.access_error));
    else
      centred_note(context, context.words(context.view.version() ? "memory.computing" : "memory.empty"));
    if (is_escape_free(context) && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) context.state.pinned.reset();
    if (ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows) && !ImGui::GetIO().WantTextInput) handle_tree_keys(context);
  }
  end_panel();
}

void MemoryPanel::draw_pictures(const PanelContext& context, const locality::Access& access, float height) {
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
  placed_.clear();
  hovered_.reset();
  for (const auto& place : layout.pictures) draw_picture(context, access, place, {start.x + margin, start.y + context.px(8)});
  follow_touchers(context, access);
  if (is_veiled_) draw_veil(context, context.words("memory.simulating"));
  else draw_marked_element(context, access);
  ImGui::EndChild();
}

// The element under the mouse, or the pinned one: its line, its set, its numbers.
void MemoryPanel::draw_marked_element(const PanelContext& context, const locality::Access& access) {
  if (hovered_) return draw_set_mates(context, access, placed_, access.buffers[hovered_->first], hovered_->second);
  if (!context.state.pinned) return;
  for (const PlacedPicture& picture : placed_) {
    const locality::BufferAccess& buffer = access.buffers[picture.place.buffer];
    const std::vector<int64_t>& index = context.state.pinned->index;
    if (buffer.buffer->name != context.state.pinned->buffer || index.size() != buffer.shape.size()) continue;
    if (!std::ranges::equal(index, buffer.shape, std::less<>())) continue;   // of a program whose buffer was larger
    draw_set_mates(context, access, placed_, buffer, index);
    draw_pin(context, picture, index, element_card(context, access, source_of(access, picture.place.buffer), picture.place.buffer, index));
  }
}

PictureSource MemoryPanel::source_of(const locality::Access& access, size_t number) const {
  const locality::BufferAccess& buffer = access.buffers[number];
  if (!set_) return {&buffer, HeatMode::Accesses, nullptr, nullptr};   // a moment
  const PictureKey& key = set_->key;
  return {&buffer, key.mode, key.values ? &key.values->by_buffer.at(number) : nullptr, key.compared ? locality::counterpart(buffer, *key.compared) : nullptr};
}

// Until the caches have been simulated nothing is near.
std::shared_ptr<const gl::Pyramid> MemoryPanel::moment_values(const PanelContext& context, const locality::Access& access, const MemoryPicture& place) const {
  const app::Instant& instant = *context.view.instant;
  const auto nothing = [](int, int, std::span<float> to) { std::ranges::fill(to, 0.0f); };
  gl::PlaneSource source{static_cast<int>(place.columns), static_cast<int>(place.rows), nothing};
  if (place.buffer < instant.lines.size()) source = plane_nearness(access.buffers[place.buffer], instant.lines[place.buffer], kLine, place.plane, instant.levels.size());
  return std::make_shared<const gl::Pyramid>(std::move(source), context.state.pooling);
}

void MemoryPanel::update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown) {
  const bool is_now = context.state.heat_mode == HeatMode::Now;
  MomentKey moment{is_now ? context.view.instant : nullptr, place.plane, context.state.pooling};
  std::shared_ptr<const gl::Pyramid> values = !is_now ? set_->pictures.at(place.buffer) : shown.moment == moment ? shown.values : moment_values(context, access, place);
  if (values != shown.values) {
    shown.picture.set_values(values);
    shown.values = std::move(values);
    shown.touched.reset();
  }
  shown.moment = std::move(moment);
  if (is_now) return shown.picture.set_marks({});
  if (context.state.selection && (context.view.touched_is_to_come || context.view.access.get() != &access)) return;   // what was marked stays until then
  const void* touched = shows_touched(context) ? context.view.touched.get() : nullptr;
  if (touched == shown.touched) return;
  shown.touched = touched;
  const locality::BufferAccess& buffer = access.buffers[place.buffer];
  shown.picture.set_marks(touched ? plane_marks(buffer.shape, touched_elements(context.view, buffer.buffer), place.plane) : gl::MarkPlane{});
}

// " · 2 097 152": what is shown, of all elements; and what of the model is not as the program declares it.
std::string MemoryPanel::title_end(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place) const {
  const HeatMode mode = context.state.heat_mode;
  std::string end;
  if (const auto window = context.state.windows.find(buffer.buffer->name); window != context.state.windows.end()) {
    const auto [top, left] = element_under(place, window->second, 0, 0);
    const auto [bottom, right] = element_under(place, window->second, 0.9999f, 0.9999f);
    end = fmt::format(" [{}:{}, {}:{}]", top, bottom + 1, left, right + 1);
  }
  const locality::BufferAccess* before = is_difference() ? locality::counterpart(buffer, *set_->key.compared) : nullptr;
  const bool is_count = !is_time(mode) && mode != HeatMode::Now && !element_quantity(mode);
  if (before) {
    const int64_t more = total_of(buffer, mode) - total_of(*before, mode);
    end += " · " + format_difference(more);
  } else if (is_count) {
    end += " · " + total_text(context, mode, total_of(buffer, mode));
  }
  if (const auto pitch = context.view.row_pitch.find(buffer.buffer->name); pitch != context.view.row_pitch.end())
    end += " · " + context.words.format("memory.pitch_is", {{"bytes", format_count(pitch->second)}});
  return end;
}

void MemoryPanel::draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin) {
  const Palette& c = context.colour();
  const auto& buffer = access.buffers[place.buffer];
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float y = origin.y + place.title_y;
  const TextStyle name = mono_text(context, c.text), muted = small_text(context, c.text_muted);
  const float name_width = put_text(draw, name, {origin.x + place.rect.x, y}, buffer.buffer->name) + context.px(8);
  const std::string shape = shape_text(buffer), rest = title_end(context, buffer, place);
  const float room = place.controls.width - name_width;
  std::string title = shape + rest;
  if (const std::string typed = shape + " " + ir::to_string(buffer.buffer->dtype) + rest; !context.view.row_pitch.contains(buffer.buffer->name) && text_width(muted, typed) <= room) title = typed;
  put_text(draw, muted, {origin.x + place.rect.x + name_width, y + context.px(2)}, fitted(muted, title, room));

  Shown& shown = shown_[place.buffer];
  update(context, access, place, shown);
  const ImVec2 from{std::floor(origin.x + place.rect.x), std::floor(origin.y + place.rect.y)};
  const ImVec2 size{place.rect.width, place.rect.height};
  const std::string& buffer_name = buffer.buffer->name;
  const auto window = context.state.windows.find(buffer_name);
  const PlacedPicture& picture = placed_.emplace_back(place, from, window == context.state.windows.end() ? gl::PictureWindow{} : window->second);
  const int64_t end = !set_ ? 1 : context.state.own_scales ? set_->scale_ends.at(place.buffer) : scale_end_;
  const GLuint texture = shown.picture.texture(context.heatmaps, static_cast<int>(size.x), static_cast<int>(size.y), style(context, end), picture.window);
  ImGui::SetCursorScreenPos(from);
  ImGui::PushID(static_cast<int>(place.buffer));
  draw.AddImage(static_cast<ImTextureID>(texture), from, {from.x + size.x, from.y + size.y}, {0, 1}, {1, 0});
  const bool clicked = ImGui::InvisibleButton(buffer_name.c_str(), size);
  if (clicked && !was_dragged_) click_picture(context, buffer_name, picture);
  if (ImGui::IsItemActive()) was_dragged_ = ImGui::IsMouseDragging(ImGuiMouseButton_Left) || (was_dragged_ && !ImGui::IsItemActivated());
  handle_zoom(context, buffer_name, picture);
  draw_close_up(context, source_of(access, place.buffer), picture);
  if (context.state.heat_mode == HeatMode::Now) draw_next_access(context, buffer, picture);
  if (!is_veiled_ && ImGui::IsItemHovered()) draw_hover(context, access, picture);
  draw_picture_menu(context, access, buffer, picture);
  if (place.controls.height > 0) draw_plane_choice(context, buffer, place, origin);
  ImGui::PopID();
}

// Keeps an element's numbers, or no longer; selects a block that touches the buffer, unless what is selected has to do with it.
void MemoryPanel::click_picture(const PanelContext& context, const std::string& buffer, const PlacedPicture& picture) {
  app::BufferElement element{buffer, element_under_mouse(picture)};
  std::optional<app::BufferElement>& pinned = context.state.pinned;
  if (pinned == element) pinned.reset();
  else pinned = std::move(element);
  const std::vector<TouchingBlock> blocks = blocks_touching(context.view.version()->schedule.module(), buffer);
  if (blocks.empty() || (context.state.selection && has_block(*context.state.selection, blocks))) return;
  context.send(app::SelectNode{context.state.selection = blocks.front().path});
}

void MemoryPanel::draw_hover(const PanelContext& context, const locality::Access& access, const PlacedPicture& picture) {
  const std::vector<int64_t> index = element_under_mouse(picture);
  hovered_ = {picture.place.buffer, index};
  const std::string text = element_card(context, access, source_of(access, picture.place.buffer), picture.place.buffer, index);
  const size_t first_line = text.find('\n');
  tooltip_left_of(context, ImGui::GetWindowPos().x, text.substr(0, first_line), text.substr(first_line + 1) + "\n" + std::string(context.words("memory.click")));
}

// Right click: keeps an element's numbers, shows the whole picture again, moves the rows apart.
void MemoryPanel::draw_picture_menu(const PanelContext& context, const locality::Access& access, const locality::BufferAccess& buffer, const PlacedPicture& picture) {
  const std::string& name = buffer.buffer->name;
  if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) menu_element_ = element_under_mouse(picture);
  if (!begin_popup_menu(context, "##picture", true)) return;
  const app::BufferElement element{name, menu_element_};
  if (context.state.pinned != element && menu_element_.size() == buffer.shape.size() && ImGui::MenuItem(context.words.format("memory.pin", {{"element", ui::element_text(buffer, menu_element_)}}).c_str()))
    context.state.pinned = element;
  if (context.state.pinned && ImGui::MenuItem(context.words("memory.unpin"))) context.state.pinned.reset();
  for (const TouchingBlock& block : blocks_touching(context.view.version()->schedule.module(), name))
    if (ImGui::MenuItem(context.words.format("memory.select_block", {{"block", block.label}}).c_str(), nullptr, context.state.selection == block.path))
      context.send(app::SelectNode{context.state.selection = block.path});
  if (ImGui::MenuItem(context.words("memory.whole"), nullptr, false, !picture.window.is_whole())) context.state.windows.erase(name);
  draw_row_pitch_menu(context, access, buffer);
  ImGui::EndPopup();
}

std::string MemoryPanel::legend_title(const PanelContext& context) const {
  std::string title = context.words(unit_key(context.state.heat_mode));
  if (is_difference()) title = context.words.format("memory.difference", {{"what", title}, {"version", version_name(*context.view.history->at(context.view.compared_with), context.words)}});
  if (context.state.heat_mode == HeatMode::Thread && context.view.values)
    title += " · " + (has_parallel_loop(*context.view.version()) ? context.words.format("memory.threads", {{"count", std::to_string(context.view.values->threads)}}) : std::string(context.words("memory.one_thread")));
  if (!context.view.row_pitch.empty()) title += " · " + std::string(context.words("memory.model_only"));
  return title;
}

void MemoryPanel::draw_legend(const PanelContext& context, const locality::Access& access, float width) {
  if (context.state.heat_mode == HeatMode::Now) return legend_.draw_moment(context, style(context, 1), width);
  const double end = static_cast<double>(scale_end_);
  const auto middle = static_cast<int64_t>(context.state.logarithmic ? std::sqrt(1 + end) - 1 : end / 2);
  const bool is_difference = this->is_difference(), is_own = context.state.own_scales && !is_difference;
  const std::string largest = scale_text(scale_end_);
  legend_.draw(context,
               {.title = legend_title(context),
                .low = is_difference ? "−" + largest : "0",
                .middle = is_difference ? "0" : is_own || middle == 0 ? "" : scale_text(middle),
                .high = is_own ? std::string(context.words("memory.own_largest")) : (is_difference ? "+" : "") + largest,
                .total = context.view.access ? context.words.format("memory.total", {{"count", format_count(access.accesses)}}) : std::string(context.words("memory.computing")),
                .before = scale_was_ && !is_own ? context.words.format("memory.scale_was", {{"count", format_count(*scale_was_)}}) : std::string(),
                .style = style(context, scale_end_)},
               width);
}

}  // namespace loopglass::ui
