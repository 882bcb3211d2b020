// Texts as HTML and SVG take them.
#pragma once

#include <string>
#include <string_view>

#include "app/ui/locale.h"

namespace loopglass::report {

// & < > " ' as entities; control characters, which XML does not have, as U+FFFD; the thin spaces in numbers as such that do not break.
std::string escaped(std::string_view text);
// "data:image/png;base64,..."
std::string data_address(std::string_view type, std::string_view bytes);

// The same words in both languages.
struct Languages {
  const ui::Locale& english;
  const ui::Locale& chinese;

  // `f` gives plain text in a language. Both stand in the page, in a span each; the page shows the one that its reader chose.
  template <class F>
  std::string each(F&& f) const {
    const std::string en = f(english), zh = f(chinese);
    if (en == zh) return escaped(en);
    return "<span lang=\"en\">" + escaped(en) + "</span><span lang=\"zh\">" + escaped(zh) + "</span>";
  }
  std::string operator()(std::string_view key) const {
    return each([&](const ui::Locale& words) { return std::string(words(key)); });
  }
  std::string format(std::string_view key, ui::Locale::Values values) const {
    return each([&](const ui::Locale& words) { return words.format(key, values); });
  }
};

}  // namespace loopglass::report
