// Sentences by their patterns, and that every refusal and error of the test cases is said in Chinese with its names and numbers.
#include "app/ui/sentences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "app/ui/locale.h"
#include "engine/script/parser.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

fs::path source_root() { return LOOPGLASS_SOURCE_DIR; }

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> failing_cases(const char* folder, const char* extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source_root() / "tests/cases" / folder))
    if (entry.path().extension() == extension && entry.path().filename().string().starts_with("fail_")) files.push_back(entry.path());
  return files;
}

std::vector<std::string> all(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) found.push_back(it->str());
  return found;
}

TEST(Sentences, ATextTakesAsLittleAsItCan) {
  const Sentences sentences({{"{} has {} parts", "{0}: {1}"}, {"{} of {} parts", "{1}/{0}"}});
  EXPECT_EQ(sentences.translate("a has 3 parts"), "a: 3");
  EXPECT_EQ(sentences.translate("a has b has 3 parts"), "a: b has 3");
  EXPECT_EQ(sentences.translate("1 of 2 of 3 parts"), "2 of 3/1");
  EXPECT_EQ(sentences.translate(" has 3 parts"), std::nullopt);
  EXPECT_EQ(sentences.translate("a has 3 parts."), std::nullopt);
}

TEST(Sentences, ThePatternWithMoreLettersCounts) {
  const Sentences sentences({{"{} is {}", "general {0} {1}"}, {"{} is no loop", "special {0}"}, {"{}", "anything"}});
  EXPECT_EQ(sentences.translate("i is no loop"), "special i");
  EXPECT_EQ(sentences.translate("i is a loop"), "general i a loop");
  EXPECT_EQ(sentences.translate("i"), std::nullopt);
}

TEST(Sentences, WhatATextTakesIsTranslatedAndANameIsNot) {
  const Sentences sentences({{"loop \"{}\"", "L \"{0}\""}, {"{} and {}", "{0} & {1}"}, {"no loop", "nothing"}, {"{}: {}", "{1}, {0}"}});
  EXPECT_EQ(sentences.translate("loop \"i\" and loop \"j\""), "L \"i\" & L \"j\"");
  EXPECT_EQ(sentences.translate("loop \"no loop\": no loop"), "nothing, L \"no loop\"");
}

TEST(Sentences, ASpaceStandsBetweenTwoScripts) {
  const Sentences sentences({{"{} is {}", "轴{0}是{1}，{{2}"}, {"a loop", "循环"}});
  EXPECT_EQ(sentences.translate("vi is [0]"), "轴 vi 是 [0]，{{2}");
  EXPECT_EQ(sentences.translate("vi is a loop"), "轴 vi 是循环，{{2}");
}

// The parser keeps the last of two values of one key.
TEST(ChineseSentences, EachPatternStandsOnceAndItsTranslationHasItsPlaces) {
  std::set<std::string> seen;
  const auto count = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      EXPECT_TRUE(seen.insert(value.get<std::string>()).second) << value << " stands twice";
    }
    return true;
  };
  const auto catalogue = nlohmann::json::parse(text_of(source_root() / "assets/locale/zh_sentences.json"), count);
  for (const auto& [english, translation] : catalogue.items()) {
    const std::string chinese = translation;
    std::set<std::string> wanted;
    for (size_t place = 0; place < all(english, R"(\{\})").size(); ++place) wanted.insert("{" + std::to_string(place) + "}");
    const auto places = all(chinese, R"(\{\d*\})");
    EXPECT_EQ(std::set(places.begin(), places.end()), wanted) << english;
    EXPECT_FALSE(all(english, "[A-Za-z]").empty()) << english << " is no sentence";
    EXPECT_TRUE(std::ranges::any_of(chinese, [](char c) { return static_cast<unsigned char>(c) >= 0xE4; })) << english << " is not translated";
  }
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// With "x0", "x1" … in a pattern's places, no other pattern has more letters of the sentence.
TEST(ChineseSentences, EachPatternIsTheOneForItsOwnSentence) {
  const auto catalogue = nlohmann::json::parse(text_of(source_root() / "assets/locale/zh_sentences.json"));
  const Sentences sentences(catalogue.get<Sentences::Catalogue>());
  for (const auto& [english, translation] : catalogue.items()) {
    std::string sentence = english, chinese = translation;
    for (int number = 0; sentence.contains("{}"); ++number) {
      const std::string value = "x" + std::to_string(number);
      sentence.replace(sentence.find("{}"), 2, value);
      chinese = std::regex_replace(chinese, std::regex("\\{" + std::to_string(number) + "\\}"), value);
    }
    const std::optional<std::string> said = sentences.translate(sentence);
    ASSERT_TRUE(said) << english;
    EXPECT_EQ(without_spaces(*said), without_spaces(chinese)) << english;
  }
}

// Says all that the English says, and leaves no English but names and code.
void expect_chinese(const Locale& words, const std::string& english) {
  const std::optional<std::string> chinese = words.translated(english);
  ASSERT_TRUE(chinese) << "zh_sentences.json has no pattern for: " << english;
  for (const std::string& name : all(english, R"("[^"]*")")) EXPECT_TRUE(chinese->contains(name)) << name << " is missing in: " << *chinese;
  const char* const number = R"(\d+(\.\d+)?)";
  const auto numbers = all(*chinese, number);
  for (const std::string& n : all(english, number)) EXPECT_NE(std::ranges::find(numbers, n), numbers.end()) << n << " is missing in: " << *chinese;
  const std::string unquoted = std::regex_replace(*chinese, std::regex(R"("[^"]*"|'[^']*'|`[^`]*`)"), "");
  for (const char* word : {" the ", " of ", " is ", " are ", " has ", " it ", " that ", " which ", " been ", " cannot ", " with ", " from "})
    EXPECT_FALSE(unquoted.contains(word)) << "\"" << word << "\" is left in: " << *chinese;
  EXPECT_TRUE(all(unquoted, R"(\b[a-z]{2,}( [a-z]{2,}){2,})").empty()) << "English is left in: " << *chinese;
}

Result<Locale> chinese_words() {
  TRY_ASSIGN(Locale words, Locale::load(source_root() / "assets/locale"));
  words.set_language(Language::Chinese);
  return words;
}

TEST(ChineseSentences, EveryRefusalOfAScheduleCaseIsSaid) {
  const auto words = chinese_words();
  ASSERT_TRUE(words);
  int said = 0;
  for (const fs::path& file : failing_cases("schedule", ".tir")) {
    SCOPED_TRACE(file.string());
    const std::string text = text_of(file), marker = "\n# expect:\n";
    std::istringstream expected(text.substr(text.find(marker) + marker.size()));
    std::string line;
    for (bool is_first = true; std::getline(expected, line); is_first = false) {
      if (!is_first && !line.starts_with("help: ")) continue;
      expect_chinese(*words, line.substr(line.find(": ") + 2));
      ++said;
    }
  }
  EXPECT_GT(said, 500);
}

TEST(ChineseSentences, EveryErrorOfAScriptCaseIsSaid) {
  const auto words = chinese_words();
  ASSERT_TRUE(words);
  int said = 0;
  for (const fs::path& file : failing_cases("script", ".py")) {
    SCOPED_TRACE(file.string());
    const std::string text = text_of(file);
    for (const Diagnostic& error : script::parse_file(text.substr(0, text.find("# ---- expected ----"))).errors) {
      expect_chinese(*words, error.message);
      if (!error.help.empty()) expect_chinese(*words, error.help);
      ++said;
    }
  }
  EXPECT_GT(said, 70);
}

}  // namespace
}  // namespace loopglass::ui
