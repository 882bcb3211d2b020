#include "app/ui/sentences.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>

namespace loopglass::ui {
namespace {

// Of the CJK ideographs U+4E00 to U+9FFF, three bytes each.
bool is_ideograph(std::string_view character) {
  return character.size() == 3 && character[0] >= '\xE4' && character[0] <= '\xE9' && (character[1] & 0xC0) == 0x80 && (character[2] & 0xC0) == 0x80;
}
bool starts_with_ideograph(std::string_view text) { return is_ideograph(text.substr(0, 3)); }
bool ends_with_ideograph(std::string_view text) { return text.size() >= 3 && is_ideograph(text.substr(text.size() - 3)); }
bool is_graphic(char c) { return std::isgraph(static_cast<unsigned char>(c)); }

// A space stands where an ideograph and a word of another script meet.
void append(std::string& out, std::string_view text) {
  if (!out.empty() && !text.empty() &&
      ((ends_with_ideograph(out) && is_graphic(text.front())) || (is_graphic(out.back()) && starts_with_ideograph(text))))
    out += ' ';
  out += text;
}

// 12 of "{12} …"; nothing where the text starts otherwise.
std::optional<size_t> leading_place(std::string_view text) {
  const size_t close = text.find('}');
  size_t number = 0;
  if (!text.starts_with('{') || close == text.npos) return std::nullopt;
  const char* const end = text.data() + close;
  const auto read = std::from_chars(text.data() + 1, end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace

Sentences::Sentences(const Catalogue& catalogue) {
  for (const auto& [english, translation] : catalogue)
    if (Pattern pattern = compile(english, translation); pattern.length > 0) patterns_.push_back(std::move(pattern));
  std::ranges::stable_sort(patterns_, std::ranges::greater{}, &Pattern::length);
}

Sentences::Pattern Sentences::compile(std::string_view english, std::string_view translation) {
  Pattern pattern{{}, english.size(), {}};
  for (size_t place = english.find("{}"); place != english.npos; place = english.find("{}")) {
    pattern.literals.emplace_back(english.substr(0, place));
    pattern.length -= 2;
    english.remove_prefix(place + 2);
  }
  pattern.literals.emplace_back(english);
  while (!translation.empty()) {
    const std::optional<size_t> place = leading_place(translation);
    const bool is_place = place && *place + 1 < pattern.literals.size();
    const size_t end = is_place ? translation.find('}') + 1 : std::min(translation.find('{', 1), translation.size());
    if (is_place)
      pattern.translation.emplace_back(*place);
    else
      pattern.translation.emplace_back(std::string(translation.substr(0, end)));
    translation.remove_prefix(end);
  }
  return pattern;
}

std::optional<std::string> Sentences::translate(std::string_view sentence) const {
  for (const Pattern& pattern : patterns_) {
    const std::string &first = pattern.literals.front(), &last = pattern.literals.back();
    if (sentence.size() < pattern.length || !sentence.starts_with(first) || !sentence.ends_with(last)) continue;
    std::vector<std::string_view> taken(pattern.literals.size() - 1);
    if (match(pattern, 0, sentence.substr(first.size()), taken)) return fill(pattern, taken);
  }
  return std::nullopt;
}

// The quote that stands on both sides of a `{}`; 0: none does.
char Sentences::quote_around(const Pattern& pattern, size_t place) {
  const std::string &before = pattern.literals[place], &after = pattern.literals[place + 1];
  const bool is_quoted = !before.empty() && !after.empty() && before.back() == after.front() && std::string_view("\"'`").contains(after.front());
  return is_quoted ? after.front() : 0;
}

// Whether `rest` is what the `{}` from `place` on and the literals after them make; each `{}` takes as little as it can.
bool Sentences::match(const Pattern& pattern, size_t place, std::string_view rest, std::vector<std::string_view>& taken) {
  if (place == taken.size()) return rest.empty();
  const std::string& next = pattern.literals[place + 1];
  const char quote = quote_around(pattern, place);
  for (size_t end = rest.find(next, 1); end != rest.npos; end = rest.find(next, end + 1)) {
    taken[place] = rest.substr(0, end);
    if (quote && taken[place].contains(quote)) return false;
    if (match(pattern, place + 1, rest.substr(end + next.size()), taken)) return true;
  }
  return false;
}

std::string Sentences::fill(const Pattern& pattern, const std::vector<std::string_view>& taken) const {
  std::vector<std::string> values;
  for (size_t place = 0; place < taken.size(); ++place) {
    const bool is_name = quote_around(pattern, place) != 0;
    values.push_back((is_name ? std::nullopt : translate(taken[place])).value_or(std::string(taken[place])));
  }
  std::string out;
  for (const auto& part : pattern.translation) {
    const size_t* place = std::get_if<size_t>(&part);
    append(out, place ? values[*place] : std::get<std::string>(part));
  }
  return out;
}

}  // namespace loopglass::ui
