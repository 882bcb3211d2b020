// Whole sentences in another language, found by the pattern of the English one: so the engine speaks English alone, in its own names and numbers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace loopglass::ui {

// A catalogue such as {"{} stands below {} already": "{0} 已经在{1} 之下", "loop \"{}\"": "循环 \"{0}\""}. A `{}` takes the shortest text, but some,
// that lets the rest match; of several patterns that match, the one with the most letters of its own counts. What a `{}` takes is translated too
// where it is a sentence of the catalogue, unless quotes stand around the `{}`: then it is a name, which holds no such quote.
class Sentences {
 public:
  using Catalogue = std::map<std::string, std::string, std::less<>>;

  Sentences() = default;
  explicit Sentences(const Catalogue& catalogue);

  // Nothing where no pattern matches.
  std::optional<std::string> translate(std::string_view sentence) const;

 private:
  struct Pattern {
    std::vector<std::string> literals;                          // what stands around the `{}`: one more than there are of them
    size_t length;                                              // of the literals together
    std::vector<std::variant<std::string, size_t>> translation;   // its texts and its `{0}`, `{1}` …
  };

  std::vector<Pattern> patterns_;   // the longest first

  static Pattern compile(std::string_view english, std::string_view translation);
  static char quote_around(const Pattern& pattern, size_t place);
  static bool match(const Pattern& pattern, size_t place, std::string_view rest, std::vector<std::string_view>& taken);
  std::string fill(const Pattern& pattern, const std::vector<std::string_view>& taken) const;
};

}  // namespace loopglass::ui
