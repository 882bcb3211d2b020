#include "app/ui/memory_picture.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "app/model/cache_levels.h"
#include "app/ui/quantities.h"
#include "app/ui/set_strip.h"
#include "app/ui/widgets.h"
#include "engine/locality/cache_model.h"

namespace loopglass::ui {
namespace {

using app::kLine;
constexpr float kNarrowestPin = 180, kWidestPin = 360;   // pixels
constexpr size_t kMostMates = 4096;                    // lines of a buffer that are marked

constexpr ImU32 kMate = IM_COL32(235, 20, 130, 255);   // told from all colours of the scales

// A block of elements on the screen, cut off at the picture's edges; nothing where it is not seen.
std::optional<std::pair<ImVec2, ImVec2>> on_screen(const PlacedPicture& picture, const ElementBlock& block) {
  const Rect& rect = picture.place.rect;
  const Rect low = place_on_picture(picture.place, picture.window, block.top, block.left), high = place_on_picture(picture.place, picture.window, block.bottom - 1, block.right - 1);
  const auto clipped = [](float x) { return std::clamp(x, 0.0f, 1.0f); };
  const float left = clipped(low.x), top = clipped(low.y), right = clipped(high.right()), bottom = clipped(high.bottom());
  if (left >= right || top >= bottom) return std::nullopt;
  return std::pair(ImVec2{picture.from.x + left * rect.width, picture.from.y + top * rect.height}, ImVec2{picture.from.x + right * rect.width, picture.from.y + bottom * rect.height});
}

// Small ones are made as large as can be seen.
void outline(ImDrawList& draw, std::pair<ImVec2, ImVec2> box, ImU32 colour, float line) {
  auto& [low, high] = box;
  const float more_x = std::max(3 * line - (high.x - low.x), 0.0f) / 2, more_y = std::max(3 * line - (high.y - low.y), 0.0f) / 2;
  draw.AddRect({low.x - more_x - line, low.y - more_y - line}, {high.x + more_x + line, high.y + more_y + line}, IM_COL32(0, 0, 0, 160), 0, line);
  draw.AddRect({low.x - more_x, low.y - more_y}, {high.x + more_x, high.y + more_y}, colour, 0, line);
}

// A small line is filled, a large one keeps its numbers.
void draw_mate(const PanelContext& context, ImDrawList& draw, std::pair<ImVec2, ImVec2> box) {
  const ImVec2 low = box.first, high{std::max(box.second.x, low.x + 1), std::max(box.second.y, low.y + 1)};
  if (high.y - low.y > context.px(8)) return outline(draw, {low, high}, kMate, context.px(1.5f));
  draw.AddRectFilled(low, high, kMate);
}

// The rows and columns that are seen.
ElementBlock seen(const PlacedPicture& picture) {
  const auto [top, left] = element_under(picture.place, picture.window, 0, 0);
  const auto [bottom, right] = element_under(picture.place, picture.window, 0.9999f, 0.9999f);
  return {top, left, bottom + 1, right + 1};
}

float room_beside(const PlacedPicture& picture, float pad) {
  const float window = ImGui::GetWindowPos().x;
  return std::max(window + ImGui::GetWindowWidth() - pad - (picture.from.x + picture.place.rect.width + pad), picture.from.x - pad - window);
}

// Of a card about the element at `corner`: beside its picture where there is room for it, so that it is the neighbour that is covered, else right below.
ImVec2 place_of_pin(const PlacedPicture& picture, ImVec2 corner, ImVec2 size, float pad) {
  const ImVec2 window = ImGui::GetWindowPos(), end{window.x + ImGui::GetWindowWidth() - pad, window.y + ImGui::GetWindowHeight() - pad};
  const float right = picture.from.x + picture.place.rect.width + pad, left = picture.from.x - pad - size.x;
  const float beside = std::max(std::min(corner.y - size.y / 2, end.y - size.y), window.y);
  if (right + size.x <= end.x) return {right, beside};
  if (left >= window.x) return {left, beside};
  return {std::min(corner.x + pad, end.x - size.x), corner.y + pad};
}

// A light figure on dark colours, a dark one on light ones: on both, with a shadow.
void put_number(ImDrawList& draw, const TextStyle& style, ImVec2 at, const std::string& text) {
  put_text(draw, {style.font, style.size, IM_COL32(0, 0, 0, 200)}, {at.x + 1, at.y + 1}, text);
  put_text(draw, {style.font, style.size, IM_COL32_WHITE}, at, text);
}

}  // namespace

std::string value_text(const PictureSource& source, int64_t flat) {
  if (source.before) {
    const auto difference = difference_of(*source.buffer, *source.before, source.mode, flat);
    return difference ? format_difference(*difference) : "–";
  }
  const int64_t value = value_of(*source.buffer, source.mode, flat, source.computed);
  return value < 0 ? "–" : format_count(value);
}

std::vector<int64_t> element_under_mouse(const PlacedPicture& picture) {
  const ImVec2 mouse = ImGui::GetMousePos();
  const auto [row, column] = element_under(picture.place, picture.window, (mouse.x - picture.from.x) / picture.place.rect.width, (mouse.y - picture.from.y) / picture.place.rect.height);
  return index_at(picture.place.plane, row, column);
}

void handle_zoom(const PanelContext& context, const std::string& buffer, const PlacedPicture& picture) {
  constexpr float kStep = 0.8f;   // of what is seen, for a notch of the wheel
  const ImGuiIO& io = ImGui::GetIO();
  const Rect& rect = picture.place.rect;
  gl::PictureWindow window = picture.window;
  if (ImGui::IsItemHovered()) {
    ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
    if (io.MouseWheel != 0)
      window = zoomed(window, std::pow(kStep, io.MouseWheel), (io.MousePos.x - picture.from.x) / rect.width, (io.MousePos.y - picture.from.y) / rect.height, picture.place.rows, picture.place.columns);
  }
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left)) window = moved(window, -io.MouseDelta.x / rect.width, -io.MouseDelta.y / rect.height);
  if (window == picture.window) return;
  if (window.is_whole()) context.state.windows.erase(buffer);
  else context.state.windows[buffer] = window;
}

void draw_close_up(const PanelContext& context, const PictureSource& source, const PlacedPicture& picture) {
  const Rect cell = place_on_picture(picture.place, picture.window, 0, 0);
  const float width = cell.width * picture.place.rect.width, height = cell.height * picture.place.rect.height;
  if (width < context.px(6) || height < context.px(6)) return;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = small_text(context, IM_COL32_WHITE);
  const ElementBlock block = seen(picture);
  for (int64_t row = block.top; row < block.bottom; ++row) {
    for (int64_t column = block.left; column < block.right; ++column) {
      const std::vector<int64_t> index = index_at(picture.place.plane, row, column);
      const auto box = on_screen(picture, {row, column, row + 1, column + 1});
      if (!box) continue;
      const auto& [low, high] = *box;
      const bool begins_line = address_of(*source.buffer, index) % kLine < source.buffer->buffer->dtype.bytes();
      if (begins_line) draw.AddLine(low, {low.x, high.y}, IM_COL32(255, 255, 255, 170), context.px(1));
      const std::string text = value_text(source, flat_index(index, source.buffer->shape));
      const float wide = text_width(style, text);
      if (wide + context.px(4) > width || style.size > height || high.x - low.x < width * 0.9f || high.y - low.y < height * 0.9f) continue;
      put_number(draw, style, {(low.x + high.x - wide) / 2, (low.y + high.y - style.size) / 2}, text);
    }
  }
}

void draw_set_mates(const PanelContext& context, const locality::Access& access, const std::vector<PlacedPicture>& pictures, const locality::BufferAccess& buffer,
                    const std::vector<int64_t>& index) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const int64_t number = address_of(buffer, index) / kLine;
  const measure::Cache* cache = nearest_cache(context.caches);
  for (const PlacedPicture& picture : pictures) {
    const locality::BufferAccess& other = access.buffers[picture.place.buffer];
    for (const int64_t mate : cache ? lines_of_set(other, number, sets_of(*cache, kLine), kLine, kMostMates) : std::vector<int64_t>())
      for (const ElementBlock& block : blocks_of_line(other, picture.place.plane, mate, kLine))
        if (const auto box = mate == number ? std::nullopt : on_screen(picture, block)) draw_mate(context, draw, *box);
    if (&other != &buffer) continue;
    for (const ElementBlock& block : blocks_of_line(buffer, picture.place.plane, number, kLine))
      if (const auto box = on_screen(picture, block)) outline(draw, *box, IM_COL32_WHITE, context.px(1));
  }
}

std::string set_text(const PanelContext& context, const locality::BufferAccess& buffer, const std::vector<int64_t>& index) {
  const measure::Cache* cache = nearest_cache(context.caches);
  if (!cache) return {};
  const int64_t sets = sets_of(*cache, kLine), set = address_of(buffer, index) / kLine % sets;
  return context.words.format("memory.set", {{"level", cache->name}, {"set", format_count(set)}, {"sets", format_count(sets)}, {"ways", std::to_string(cache->ways)}});
}

void draw_pin(const PanelContext& context, const PlacedPicture& picture, const std::vector<int64_t>& index, const std::string& text) {
  const auto at = place_of(picture.place.plane, index);
  if (!at) return;
  const Rect cell = place_on_picture(picture.place, picture.window, at->first, at->second);
  const ImVec2 corner{picture.from.x + std::clamp(cell.right(), 0.0f, 1.0f) * picture.place.rect.width, picture.from.y + std::clamp(cell.bottom(), 0.0f, 1.0f) * picture.place.rect.height};
  const float pad = context.px(6), room = room_beside(picture, pad) - 2 * pad, widest = std::min(context.px(kWidestPin), ImGui::GetWindowWidth() - 4 * pad);
  const float wrap = room < context.px(kNarrowestPin) ? widest : std::min(widest, room);
  const ImVec2 text_size = ImGui::CalcTextSize(text.c_str(), nullptr, false, wrap);
  const ImVec2 low = place_of_pin(picture, corner, {text_size.x + 2 * pad, text_size.y + 2 * pad}, pad), high{low.x + text_size.x + 2 * pad, low.y + text_size.y + 2 * pad};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddLine(corner, {std::clamp(corner.x, low.x, high.x), std::clamp(corner.y, low.y, high.y)}, context.colour().text, context.px(1));
  draw.AddRectFilled(low, high, context.colour().card, context.px(5));
  draw.AddRect(low, high, context.colour().line_strong, context.px(5));
  draw.AddText(nullptr, 0, {low.x + pad, low.y + pad}, context.colour().text, text.c_str(), nullptr, wrap);
}

void draw_next_access(const PanelContext& context, const locality::BufferAccess& buffer, const PlacedPicture& picture) {
  const auto& next = context.view.instant->next;
  if (!next || static_cast<size_t>(next->buffer) != picture.place.buffer) return;
  const auto at = place_of(picture.place.plane, index_of(next->element, buffer.shape));
  if (!at) return;
  const Rect cell = place_on_picture(picture.place, picture.window, at->first, at->second), &rect = picture.place.rect;
  if (cell.right() <= 0 || cell.x >= 1 || cell.bottom() <= 0 || cell.y >= 1) return;
  const float half_x = std::max(cell.width * rect.width / 2, context.px(3)), half_y = std::max(cell.height * rect.height / 2, context.px(3));
  const ImVec2 middle{picture.from.x + (cell.x + cell.width / 2) * rect.width, picture.from.y + (cell.y + cell.height / 2) * rect.height};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 low{middle.x - half_x, middle.y - half_y}, high{middle.x + half_x, middle.y + half_y};
  const float line = context.px(1.5f);
  draw.AddRect({low.x - line, low.y - line}, {high.x + line, high.y + line}, IM_COL32_BLACK, 0.0f, line);
  draw.AddRect(low, high, context.view.instant->is_write ? context.colour().bad : IM_COL32_WHITE, 0.0f, line);
}

}  // namespace loopglass::ui
