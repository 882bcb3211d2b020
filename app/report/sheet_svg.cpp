#include <fmt/format.h>

#include "app/image/png.h"
#include "app/report/html_text.h"
#include "app/report/sheet.h"

namespace loopglass::report {
namespace {

std::string hex(image::Colour colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]); }

std::string element(const Box& box) {
  return fmt::format("<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" fill=\"{}\"/>\n", box.x, box.y, box.width, box.height,
                     box.hatched ? "url(#hatch)" : hex(box.colour));
}

std::string element(const Text& text) {
  const char* anchor = text.anchor == Text::Anchor::Start ? "start" : text.anchor == Text::Anchor::Middle ? "middle" : "end";
  const char* kind = text.lettering == image::Lettering::Mono ? " class=\"mono\"" : text.lettering == image::Lettering::Bold ? " font-weight=\"600\"" : "";
  return fmt::format("<text x=\"{:g}\" y=\"{:g}\" font-size=\"{:g}\" text-anchor=\"{}\" fill=\"{}\"{}>{}</text>\n", text.x, text.baseline, text.size, anchor,
                     hex(text.colour), kind, escaped(text.text));
}

std::string element(const Picture& picture) {
  return fmt::format("<image x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\" preserveAspectRatio=\"none\" href=\"{}\"><title>{}</title></image>\n", picture.x,
                     picture.y, picture.width, picture.height, data_address("image/png", image::png_of(picture.cells)), escaped(picture.name));
}

constexpr const char* kHead = R"svg(<style>
text {{ font-family: Inter, "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; white-space: pre; }}
.mono {{ font-family: "JetBrains Mono", "SF Mono", Consolas, "Noto Sans Mono CJK SC", monospace; }}
image {{ image-rendering: pixelated; }}
</style>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/><rect width="1" height="6" fill="#b4bbca"/></pattern></defs>
<rect width="{0:g}" height="{1:g}" fill="#ffffff"/>
)svg";

}  // namespace

std::string svg_of(const Sheet& sheet) {
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" viewBox=\"0 0 {0:g} {1:g}\">\n<title>{2}</title>\n", sheet.width,
                                sheet.height, escaped(sheet.title));
  svg += fmt::format(kHead, sheet.width, sheet.height);
  for (const auto& item : sheet.items) svg += std::visit([](const auto& one) { return element(one); }, item);
  return svg + "</svg>\n";
}

}  // namespace loopglass::report
