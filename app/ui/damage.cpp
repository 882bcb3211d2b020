#include "app/ui/damage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace loopglass::ui {
namespace {

constexpr int kTile = 32;            // pixels a side
constexpr int kCostOfRectangle = 16 * kTile * kTile;   // pixels that cost as much as one rectangle more

int tiles_along(int pixels) { return (pixels + kTile - 1) / kTile; }

PixelRect united(const PixelRect& a, const PixelRect& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

int64_t cost(const PixelRect& r) { return int64_t{r.right - r.left} * (r.bottom - r.top) + kCostOfRectangle; }

// The other way: a rectangle of which imgui_impl_opengl3 makes these pixels, whatever is lost in rounding.
ImVec4 clip_rect_of(const PixelRect& pixels, const ImDrawData& frame) {
  const ImVec2 off = frame.DisplayPos, scale = frame.FramebufferScale;
  const auto across = [&](int x, float more) { return (static_cast<float>(x) + more) / scale.x + off.x; };
  const auto down = [&](int y, float less) { return (static_cast<float>(y) - less) / scale.y + off.y; };
  return {across(pixels.left, 0.0625f), down(pixels.top, 0.5f), across(pixels.right, 0.25f), down(pixels.bottom, 0.25f)};
}

uint64_t mixed(uint64_t a, uint64_t b) { return (std::rotl(a, 23) ^ b) * 0x9E3779B97F4A7C15u; }

uint64_t hash_of(const ImDrawVert& vertex) {
  uint64_t words[2];
  std::memcpy(words, &vertex, sizeof words);   // place, place in the texture
  return mixed(mixed(words[0], words[1]), vertex.col);
}

// Textures of Dear ImGui's own may not have a name yet.
uint64_t name_of(const ImTextureRef& texture) { return texture._TexData ? ~static_cast<uint64_t>(texture._TexData->UniqueID) : static_cast<uint64_t>(texture._TexID); }

// Rounded down and up: floor() and ceil() are calls on the plainest of this architecture's CPUs, and take most of the time here.
constexpr float kFarthest = 1 << 20;
int low(float x) {
  const float near = std::clamp(x, -kFarthest, kFarthest);
  const int whole = static_cast<int>(near);
  return whole - (static_cast<float>(whole) > near);
}
int high(float x) { return -low(-x); }

// Two triangles with a side in common, as Dear ImGui draws letters and rectangles, or a triangle, whose last corner comes twice.
struct Shape {
  std::array<const ImDrawVert*, 4> corners;
  const ImDrawIdx* indices;
  int index_count;
};

// The pixels that a shape may cover, within `limit`.
PixelRect covered(const Shape& shape, const ImDrawData& frame, const PixelRect& limit) {
  const auto& c = shape.corners;
  const ImVec2 off = frame.DisplayPos, scale = frame.FramebufferScale;
  const float left = std::min(std::min(c[0]->pos.x, c[1]->pos.x), std::min(c[2]->pos.x, c[3]->pos.x));
  const float right = std::max(std::max(c[0]->pos.x, c[1]->pos.x), std::max(c[2]->pos.x, c[3]->pos.x));
  const float top = std::min(std::min(c[0]->pos.y, c[1]->pos.y), std::min(c[2]->pos.y, c[3]->pos.y));
  const float bottom = std::max(std::max(c[0]->pos.y, c[1]->pos.y), std::max(c[2]->pos.y, c[3]->pos.y));
  return intersection({low((left - off.x) * scale.x), low((top - off.y) * scale.y), high((right - off.x) * scale.x), high((bottom - off.y) * scale.y)}, limit);
}

// Calls `f(shape)` for all that a command draws.
template <class F>
void for_each_shape(const ImDrawList& list, const ImDrawCmd& command, F f) {
  const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
  const ImDrawIdx* const end = list.IdxBuffer.Data + command.IdxOffset + command.ElemCount;
  for (const ImDrawIdx* i = list.IdxBuffer.Data + command.IdxOffset; i + 3 <= end;) {
    const bool is_quad = i + 6 <= end && i[3] == i[0] && i[4] == i[2];
    const Shape shape{{vertices + i[0], vertices + i[1], vertices + i[2], vertices + i[is_quad ? 5 : 2]}, i, is_quad ? 6 : 3};
    f(shape);
    i += shape.index_count;
  }
}

// What covers each tile, in order.
std::vector<uint64_t> hash_tiles(const ImDrawData& frame, int across, int down) {
  std::vector<uint64_t> tiles(static_cast<size_t>(across) * static_cast<size_t>(down));
  const auto cover = [&](const PixelRect& at, uint64_t hash) {
    if (at.is_empty()) return;
    for (int y = at.top / kTile; y <= (at.bottom - 1) / kTile; ++y)
      for (int x = at.left / kTile; x <= (at.right - 1) / kTile; ++x) {
        uint64_t& tile = tiles[static_cast<size_t>(y) * static_cast<size_t>(across) + static_cast<size_t>(x)];
        tile = mixed(tile, hash);
      }
  };
  for (const ImDrawList* list : frame.CmdLists) {
    for (const ImDrawCmd& command : list->CmdBuffer) {
      const PixelRect limit = pixels_of(command, frame);
      const uint64_t around = mixed(mixed(name_of(command.TexRef), static_cast<uint64_t>(limit.left) << 32 | static_cast<uint32_t>(limit.top)),
                                    static_cast<uint64_t>(limit.right) << 32 | static_cast<uint32_t>(limit.bottom));
      if (command.UserCallback) cover(limit, mixed(around, reinterpret_cast<uint64_t>(command.UserCallbackData)));
      for_each_shape(*list, command, [&](const Shape& shape) {
        const PixelRect at = covered(shape, frame, limit);
        if (at.is_empty()) return;
        uint64_t hash = around;
        for (const ImDrawVert* corner : shape.corners) hash = mixed(hash, hash_of(*corner));
        cover(at, hash);
      });
    }
  }
  return tiles;
}

// Joins rectangles until they are disjoint and no two would cost less as one.
void join(std::vector<PixelRect>& rectangles) {
  const auto should_join = [](const PixelRect& a, const PixelRect& b) { return !intersection(a, b).is_empty() || cost(united(a, b)) <= cost(a) + cost(b); };
  for (size_t i = 0; i < rectangles.size(); ++i) {
    for (size_t j = i + 1; j < rectangles.size();) {
      if (!should_join(rectangles[i], rectangles[j])) {
        ++j;
        continue;
      }
      rectangles[i] = united(rectangles[i], rectangles[j]);
      rectangles[j] = rectangles.back();
      rectangles.pop_back();
      j = i + 1;
    }
  }
}

// As join() may have made one that an earlier one would now join.
void join_all(std::vector<PixelRect>& rectangles) {
  for (size_t before = rectangles.size() + 1; rectangles.size() < before;) {
    before = rectangles.size();
    join(rectangles);
  }
}

}  // namespace

PixelRect intersection(const PixelRect& a, const PixelRect& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

PixelRect pixels_of(const ImDrawData& frame) {
  return {0, 0, static_cast<int>(frame.DisplaySize.x * frame.FramebufferScale.x), static_cast<int>(frame.DisplaySize.y * frame.FramebufferScale.y)};
}

// What imgui_impl_opengl3 makes of its rectangle.
PixelRect pixels_of(const ImDrawCmd& command, const ImDrawData& frame) {
  const ImVec2 off = frame.DisplayPos, scale = frame.FramebufferScale;
  const ImVec2 low{(command.ClipRect.x - off.x) * scale.x, (command.ClipRect.y - off.y) * scale.y};
  const ImVec2 high{(command.ClipRect.z - off.x) * scale.x, (command.ClipRect.w - off.y) * scale.y};
  if (high.x <= low.x || high.y <= low.y) return {};
  const PixelRect all = pixels_of(frame);
  const int height = all.bottom;
  const int left = static_cast<int>(low.x), bottom = height - static_cast<int>(static_cast<float>(height) - high.y);
  return intersection({left, bottom - static_cast<int>(high.y - low.y), left + static_cast<int>(high.x - low.x), bottom}, all);
}

std::vector<PixelRect> Damage::next(const ImDrawData& frame, ImU32 ground) {
  const PixelRect all = pixels_of(frame);
  const int width = all.right, height = all.bottom, across = tiles_along(width), down = tiles_along(height);
  std::vector<uint64_t> tiles = hash_tiles(frame, across, down);
  std::swap(tiles_, tiles);
  const bool is_new = width != width_ || height != height_ || ground != ground_;
  width_ = width;
  height_ = height;
  ground_ = ground;
  if (is_new) return {all};
  std::vector<PixelRect> rectangles;
  for (int y = 0; y < down; ++y) {
    const auto differs = [&](int x) {
      const size_t tile = static_cast<size_t>(y) * static_cast<size_t>(across) + static_cast<size_t>(x);
      return x < across && tiles[tile] != tiles_[tile];
    };
    for (int x = 0; x < across; ++x) {
      const int from = x;
      while (differs(x)) ++x;
      if (x > from) rectangles.push_back({from * kTile, y * kTile, std::min(x * kTile, width), std::min((y + 1) * kTile, height)});
    }
  }
  join_all(rectangles);
  return rectangles;
}

void clip_to(ImDrawData& frame, const std::vector<PixelRect>& rectangles) {
  for (ImDrawList* list : frame.CmdLists) {
    ImVector<ImDrawCmd> commands;
    ImVector<ImDrawIdx> indices;
    for (const ImDrawCmd& command : list->CmdBuffer) {
      const PixelRect limit = pixels_of(command, frame);
      for (const PixelRect& rectangle : rectangles) {
        const PixelRect part = intersection(limit, rectangle);
        if (part.is_empty()) continue;
        ImDrawCmd inside = command;
        inside.ClipRect = clip_rect_of(part, frame);
        inside.IdxOffset = static_cast<unsigned>(indices.Size);
        for_each_shape(*list, command, [&](const Shape& shape) {
          if (covered(shape, frame, part).is_empty()) return;
          for (int i = 0; i < shape.index_count; ++i) indices.push_back(shape.indices[i]);
        });
        inside.ElemCount = static_cast<unsigned>(indices.Size) - inside.IdxOffset;
        if (inside.ElemCount > 0 || inside.UserCallback) commands.push_back(inside);
      }
    }
    list->CmdBuffer.swap(commands);
    list->IdxBuffer.swap(indices);
  }
}

}  // namespace loopglass::ui
