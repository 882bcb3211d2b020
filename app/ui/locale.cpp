#include "app/ui/locale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace loopglass::ui {
namespace {

Result<std::map<std::string, std::string, std::less<>>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return fail(DiagnosticKind::FileError, path.string() + " cannot be read", "The assets folder belongs beside the program.");
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, std::string, std::less<>> table;
  if (!json.is_object()) return fail(DiagnosticKind::SyntaxError, path.string() + " is not a JSON object");
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return fail(DiagnosticKind::SyntaxError, fmt::format("{}: \"{}\" is not a string", path.string(), key));
    table.emplace(key, value.get<std::string>());
  }
  return table;
}

std::string iteration_text(const std::vector<std::pair<std::string, int64_t>>& iteration) {
  std::string text;
  for (const auto& [variable, value] : iteration) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", variable, value);
  return text;
}

}  // namespace

const char* to_string(Language language) { return language == Language::English ? "en" : "zh"; }

Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value && *value) return std::string_view(value).starts_with("zh") ? Language::Chinese : Language::English;
  }
  return Language::English;
}

Result<Locale> Locale::load(const std::filesystem::path& locale_folder) {
  Locale locale;
  TRY_ASSIGN(locale.english_, read_table(locale_folder / "en.json"));
  TRY_ASSIGN(locale.chinese_, read_table(locale_folder / "zh.json"));
  TRY_ASSIGN(Table sentences, read_table(locale_folder / "zh_sentences.json"));
  // Diagnostics say of a parameter what the form says.
  for (const auto& [key, text] : locale.english_)
    if (const auto found = locale.chinese_.find(key); key.starts_with("primitive.") && found != locale.chinese_.end()) sentences.emplace(text, found->second);
  locale.chinese_sentences_ = Sentences(sentences);
  return locale;
}

const char* Locale::operator()(std::string_view key) const {
  const auto found = table().find(key);
  return found == table().end() ? key.data() : found->second.c_str();
}

bool Locale::has(std::string_view key) const { return table().contains(key); }

std::string Locale::format(std::string_view key, Values values) const {
  return substitute((*this)(key), std::span(values.begin(), values.size()));
}

std::optional<std::string> Locale::translated(std::string_view sentence) const {
  return language_ == Language::Chinese ? chinese_sentences_.translate(sentence) : std::nullopt;
}

std::string Locale::message(const Diagnostic& diagnostic) const {
  if (std::optional<std::string> sentence = translated(diagnostic.message)) return *std::move(sentence);
  const std::string key = fmt::format("diagnostic.{}", to_string(diagnostic.kind));
  if (!has(key)) return diagnostic.message;
  std::vector<std::pair<std::string_view, std::string_view>> values(diagnostic.values.begin(), diagnostic.values.end());
  values.emplace_back("message", diagnostic.message);
  std::string text = substitute((*this)(key), values);
  if (diagnostic.witness && text.find(diagnostic.message) == std::string::npos) {
    const Witness& w = *diagnostic.witness;
    text += format("diagnostic.witness", {{"first", iteration_text(w.first)},
                                          {"second", iteration_text(w.second)},
                                          {"element", fmt::format("{}[{}]", w.buffer, fmt::join(w.index, ", "))}});
  }
  return text;
}

std::string Locale::help(const Diagnostic& diagnostic) const {
  const std::string help = translated(diagnostic.help).value_or(diagnostic.help);
  if (translated(diagnostic.message) || message(diagnostic).find(diagnostic.message) != std::string::npos) return help;
  return help.empty() ? diagnostic.message : diagnostic.message + "; " + help;
}

std::string substitute(std::string_view text, std::span<const std::pair<std::string_view, std::string_view>> values) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('{');
    const size_t close = open == text.npos ? text.npos : text.find('}', open);
    out += text.substr(0, open);
    if (close == text.npos) return open == text.npos ? out : out + std::string(text.substr(open));
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto found = std::ranges::find(values, name, [](const auto& value) { return value.first; });
    out += found == values.end() ? text.substr(open, close - open + 1) : found->second;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace loopglass::ui
