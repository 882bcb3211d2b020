#include "app/report/memory_sheet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/image/colour_scale.h"
#include "app/image/letters.h"
#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

using Anchor = Text::Anchor;
using image::Lettering;

constexpr float kMargin = 28, kGap = 32, kTitle = 42;   // around all, between pictures, above each
constexpr float kHead = 132;                            // title, unit, legend
constexpr float kNarrowest = 620;
constexpr image::Colour kMuted{84, 92, 110, 255};

// Its own part of the sheet for each: pictures in rows of three, of two where there are four.
class Builder {
 public:
  Builder(const locality::Access& access, const Quantity& quantity, const app::PictureChoice& choice, int scale, const ui::Locale& words)
      : access_(access), quantity_(quantity), choice_(choice), words_(words), cells_(kSide * scale), scale_(scale_of(access, quantity, choice.logarithmic)) {}

  Sheet build(const std::string& program, const std::vector<locality::CacheLevel>& levels) {
    sheet_.title = program + " · " + name_of(quantity_, access_, words_);
    const size_t count = access_.buffers.size(), columns = count == 4 ? 2 : std::min<size_t>(count, 3);
    float y = kHead;
    for (size_t first = 0; first < count; first += columns) {
      float height = 0;
      for (size_t i = first; i < std::min(first + columns, count); ++i) height = std::max(height, picture(access_.buffers[i], kMargin + static_cast<float>(i - first) * (kSide + kGap), y));
      y += height + kGap;
    }
    sheet_.width = std::max(kNarrowest, 2 * kMargin + static_cast<float>(columns) * kSide + static_cast<float>(columns - 1) * kGap);
    sheet_.height = y - kGap + kMargin;
    head(levels);
    return std::move(sheet_);
  }

 private:
  void text(float x, float baseline, std::string words, float size, Lettering lettering = Lettering::Text, image::Colour colour = kMuted, Anchor anchor = Anchor::Start) {
    sheet_.items.emplace_back(Text{x, baseline, std::move(words), lettering, size, colour, anchor});
  }

  void head(const std::vector<locality::CacheLevel>& levels) {
    text(kMargin, 42, sheet_.title, 19, Lettering::Bold, Text{}.colour);
    const bool is_moment = quantity_.kind == Quantity::Kind::Moment;
    const std::string total = words_.format("memory.total", {{"count", ui::format_count(access_.accesses)}});
    text(kMargin, 63, unit_of(quantity_, words_) + (is_moment ? "" : " · " + total), 12.5f);
    if (is_moment || quantity_.kind == Quantity::Kind::Misses) text(kMargin, 80, words_.format("report.model_short", {{"levels", levels_text(levels, words_)}}), 12.5f);
    if (is_moment) moment_legend(91);
    else legend(91);
  }

  void moment_legend(float y) {
    constexpr float kSide = 11, kSize = 11.5f;
    image::Letters letters;
    const std::vector<std::string> names = value_names(quantity_, words_);
    float x = kMargin;
    for (size_t i = 0; i < names.size(); ++i) {
      const double part = static_cast<double>(names.size() - 1 - i) / static_cast<double>(names.size() - 1);
      sheet_.items.emplace_back(Box{x, y, kSide, kSide, image::colour_at(scale_.colours, part)});
      text(x + kSide + 6, y + 10, names[i], kSize);
      x += kSide + 26 + letters.width(names[i], Lettering::Text, kSize);
    }
  }

  void legend(float y) {
    constexpr int kSteps = 128;
    constexpr float kWidth = 256, kHeight = 10;
    image::Indexed ramp{kSteps, 1, {}, {}};
    for (int i = 0; i < kSteps; ++i) {
      ramp.pixels.push_back(static_cast<uint8_t>(i));
      ramp.colours.push_back(image::colour_at(scale_.colours, static_cast<double>(i) / (kSteps - 1)));
    }
    sheet_.items.emplace_back(Picture{kMargin, y, kWidth, kHeight, std::move(ramp), words_("report.scale")});
    const float below = y + kHeight + 13;
    const ScaleTexts texts = texts_of(scale_);
    text(kMargin, below, texts.low, 11.5f);
    text(kMargin + kWidth / 2, below, texts.middle, 11.5f, Lettering::Text, kMuted, Anchor::Middle);
    text(kMargin + kWidth, below, texts.high, 11.5f, Lettering::Text, kMuted, Anchor::End);
    text(kMargin + kWidth + 14, y + 9, words_(scale_.logarithmic ? "report.scale_log" : "report.scale_linear"), 11.5f);
    if (!has_untouched_) return;
    sheet_.items.emplace_back(Box{kMargin + kWidth + 14, y + 14, 20, 11, {}, true});
    text(kMargin + kWidth + 40, below, words_("memory.never"), 11.5f);
  }

  // Gives how high it is, with its title.
  float picture(const locality::BufferAccess& buffer, float x, float y) {
    const auto plane = choice_.planes.find(buffer.buffer->name);
    Heatmap map = heatmap_of(buffer, quantity_, plane == choice_.planes.end() ? app::PlaneChoice() : plane->second, scale_, cells_);
    has_untouched_ = has_untouched_ || map.has_untouched;
    text(x, y + 14, buffer.buffer->name, 14, Lettering::Mono, Text{}.colour);
    text(x, y + 31, caption_of(buffer, map, quantity_, words_), 11.5f);
    const Size size = drawn_size(map.cells, cells_);
    const float per = static_cast<float>(kSide) / static_cast<float>(cells_), width = static_cast<float>(size.width) * per, height = static_cast<float>(size.height) * per;
    if (map.has_untouched) sheet_.items.emplace_back(Box{x, y + kTitle, width, height, {}, true});
    sheet_.items.emplace_back(Picture{x, y + kTitle, width, height, std::move(map.cells), buffer.buffer->name});
    return kTitle + height;
  }

  const locality::Access& access_;
  Quantity quantity_;
  const app::PictureChoice& choice_;
  const ui::Locale& words_;
  int cells_;
  Scale scale_;
  bool has_untouched_ = false;
  Sheet sheet_;
};

// Its spaces as such that a line does not break at.
std::string unbroken(std::string text) {
  for (size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at)) text.replace(at, 1, "\u00a0");
  return text;
}

}  // namespace

Sheet memory_sheet(const locality::Access& access, const std::string& program, const std::vector<locality::CacheLevel>& levels, const Quantity& quantity,
                   const app::PictureChoice& choice, int scale, const ui::Locale& words) {
  return Builder(access, quantity, choice, scale, words).build(program, levels);
}

std::string levels_text(const std::vector<locality::CacheLevel>& levels, const ui::Locale& words) {
  std::string text;
  for (const locality::CacheLevel& level : levels)
    text += (text.empty() ? "" : " · ") + words.format("report.level", {{"level", level.name}, {"bytes", ui::format_bytes(level.bytes)}, {"ways", std::to_string(level.ways)}});
  return text;
}

std::string caption_of(const locality::BufferAccess& buffer, const Heatmap& map, const Quantity& quantity, const ui::Locale& words) {
  std::vector<std::string> pieces{(buffer.shape.empty() ? "()" : fmt::format("{}", fmt::join(buffer.shape, "×"))) + " " + ir::to_string(buffer.buffer->dtype)};
  if (const auto total = total_of(buffer, quantity)) {
    const auto number = [&](int64_t n) { return quantity.before ? ui::format_difference(n) : ui::format_count(n); };
    pieces.push_back(number(*total));
    if (map.range)
      pieces.push_back(map.range->first == map.range->second ? words.format("report.each", {{"count", number(map.range->second)}})
                                                             : words.format("report.between", {{"least", number(map.range->first)}, {"most", number(map.range->second)}}));
  }
  if (!map.slice.empty()) pieces.push_back(map.slice);
  if (map.down * map.across > 1) pieces.push_back(words.format("report.pooled", {{"down", std::to_string(map.down)}, {"across", std::to_string(map.across)}}));
  std::string text;
  for (const std::string& piece : pieces) text += (text.empty() ? "" : " · ") + unbroken(piece);
  return text;
}

}  // namespace loopglass::report
