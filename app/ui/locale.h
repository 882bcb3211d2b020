// Every word that the window shows, by key, in the language of the moment (assets/locale/LANGUAGE.json: flat keys, `{name}` is replaced), and the
// engine's sentences in it (LANGUAGE_sentences.json, see sentences.h).
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/ui/sentences.h"
#include "engine/support/result.h"

namespace loopglass::ui {

enum class Language { English, Chinese };
const char* to_string(Language language);   // "en", "zh"
// From LC_ALL, LC_MESSAGES or LANG as the system gives them; English where they name neither.
Language language_of_environment();

class Locale {
 public:
  using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Reads both languages. Errors: FileError, SyntaxError.
  static Result<Locale> load(const std::filesystem::path& locale_folder);

  Language language() const { return language_; }
  void set_language(Language language) { language_ = language; }

  // The text as C string, alive as long as this. A key that does not exist gives the key itself.
  const char* operator()(std::string_view key) const;
  bool has(std::string_view key) const;
  // With `{name}` replaced by its value.
  std::string format(std::string_view key, Values values) const;
  // A sentence of the engine in the language of the moment; nothing in English, and where the catalogue does not know it.
  std::optional<std::string> translated(std::string_view sentence) const;
  // A diagnostic in the language of the moment: its sentence. Where the catalogue does not know it, its kind's text (`diagnostic.<Kind>`, where
  // `{message}` is the message as it was raised and other names are its values) with its witness; as it was raised where there is no such text.
  std::string message(const Diagnostic& diagnostic) const;
  // What to do; after the message as it was raised, where message() says less.
  std::string help(const Diagnostic& diagnostic) const;

 private:
  using Table = std::map<std::string, std::string, std::less<>>;
  const Table& table() const { return language_ == Language::English ? english_ : chinese_; }
  Language language_ = Language::English;
  Table english_, chinese_;
  Sentences chinese_sentences_;
};

// `{name}` in a template replaced by the value of that name; what has no value stays.
std::string substitute(std::string_view text, std::span<const std::pair<std::string_view, std::string_view>> values);

}  // namespace loopglass::ui
