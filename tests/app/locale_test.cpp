// Every UI text exists in both languages, and every key that the code uses exists.
#include "app/ui/locale.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "app/model/export.h"
#include "engine/schedule/primitive.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

fs::path source_root() { return LOOPGLASS_SOURCE_DIR; }

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::json table(const char* language) { return nlohmann::json::parse(text_of(source_root() / "assets/locale" / (std::string(language) + ".json"))); }

std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> names;
  const std::regex pattern(R"(\{(\w+)\})");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) names.insert((*it)[1]);
  return names;
}

TEST(Locale, BothLanguagesHaveTheSameKeysAndPlaces) {
  const auto english = table("en"), chinese = table("zh");
  for (const auto& [key, text] : english.items()) {
    ASSERT_TRUE(chinese.contains(key)) << key << " has no Chinese text";
    const bool diagnostic = key.starts_with("diagnostic.") && key != "diagnostic.witness";  // each language says what it wants of it
    if (!diagnostic) {
      EXPECT_EQ(placeholders(text), placeholders(chinese[key])) << key;
    }
    EXPECT_FALSE(chinese[key].get<std::string>().empty()) << key;
  }
  for (const auto& [key, text] : chinese.items()) EXPECT_TRUE(english.contains(key)) << key << " has no English text";
}

// A string literal that looks like a key ("panel.tree") is one; a prefix that ends in a dot is completed at run time.
TEST(Locale, EveryKeyThatTheCodeUsesExists) {
  const auto english = table("en");
  const std::regex key(R"re("((?:panel|text|tree|form|memory|figures|roofline|report|model|time|history|title|menu|action|export|theme|language|chooser|palette|keys|story|notice|common|gesture)\.[a-z_.-]*[a-z_])")re");
  int used = 0;
  for (const char* folder : {"app/ui", "app/model", "app/report"})
    for (const auto& entry : fs::recursive_directory_iterator(source_root() / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string code = text_of(entry.path());
      for (std::sregex_iterator it(code.begin(), code.end(), key), end; it != end; ++it, ++used)
        EXPECT_TRUE(english.contains((*it)[1].str())) << entry.path().filename() << " uses " << (*it)[1];
    }
  EXPECT_GT(used, 80);
}

TEST(Locale, PrimitivesAndExportsAreDescribed) {
  const auto english = table("en");
  for (const auto* primitive : schedule::primitives()) {
    if (primitive->is_query) continue;
    const std::string prefix = std::string("primitive.") + primitive->name + ".";
    EXPECT_TRUE(english.contains(prefix + "summary")) << prefix;
    for (const auto& param : primitive->params) EXPECT_TRUE(english.contains(prefix + param.name)) << prefix << param.name;
  }
  for (const auto& format : app::export_formats()) {
    if (std::string_view(format.name) == "project") continue;
    EXPECT_TRUE(english.contains(std::string("export.") + format.name)) << format.name;
    EXPECT_TRUE(english.contains(std::string("notice.exported.") + format.name)) << format.name;
  }
}

TEST(Locale, SwitchesAtRunTimeAndFillsPlaces) {
  auto words = Locale::load(source_root() / "assets/locale");
  ASSERT_TRUE(words);
  EXPECT_STREQ((*words)("common.cancel"), "Cancel");
  EXPECT_EQ(words->format("tree.reads", {{"buffers", "A, B"}}), "reads A, B");
  words->set_language(Language::Chinese);
  EXPECT_STREQ((*words)("common.cancel"), "取消");
  EXPECT_STREQ((*words)("no.such.key"), "no.such.key");
}

TEST(Locale, EveryKindOfDiagnosticHasATextInEachLanguage) {
  const auto english = table("en");
#define LOOPGLASS_DIAGNOSTIC(name) EXPECT_TRUE(english.contains("diagnostic." #name)) << #name;
#include "engine/support/diagnostic_kinds.def"
#undef LOOPGLASS_DIAGNOSTIC
}

TEST(Locale, ADiagnosticIsShownAsRaisedInEnglishAndExplainedInChinese) {
  auto words = Locale::load(source_root() / "assets/locale");
  ASSERT_TRUE(words);
  Diagnostic raised{DiagnosticKind::ReversedDependence, "C would read Y before it is written", "Move it later."};
  raised.witness = Witness{"Y", {0, 3}, {{"i", 0}}, {{"i", 1}}};
  EXPECT_EQ(words->message(raised), raised.message);
  EXPECT_EQ(words->help(raised), "Move it later.");
  words->set_language(Language::Chinese);
  EXPECT_NE(words->message(raised).find("迭代 i=0 与 i=1 都访问 Y[0, 3]"), std::string::npos) << words->message(raised);
  EXPECT_EQ(words->help(raised), "C would read Y before it is written; Move it later.");
}

TEST(Locale, ASentenceOfTheCatalogueIsSaidInChinese) {
  auto words = Locale::load(source_root() / "assets/locale");
  ASSERT_TRUE(words);
  const Diagnostic raised{DiagnosticKind::NotInSameScope, "block \"C\" stands below loop \"j\" already", "choose a loop that is not above the block"};
  EXPECT_FALSE(words->translated(raised.message));
  words->set_language(Language::Chinese);
  EXPECT_EQ(words->message(raised), "块 \"C\" 已经在循环 \"j\" 之下");
  EXPECT_EQ(words->help(raised), "请选择不在块上方的循环");
  EXPECT_EQ(words->help({raised.kind, raised.message, "Not in the catalogue."}), "Not in the catalogue.");
  EXPECT_EQ(words->translated("merge needs the argument \"loops\": loops of the same extent, in the order in which their bodies will stand"), "merge 需要参数 \"loops\"：长度相同的循环，按循环体的先后次序");
}

TEST(Locale, AMissingFolderIsAnError) {
  const auto words = Locale::load(source_root() / "no-such-folder");
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().kind, DiagnosticKind::FileError);
}

TEST(Substitute, ReplacesNamesAndKeepsTheRest) {
  const std::vector<std::pair<std::string_view, std::string_view>> values{{"a", "1"}, {"b", "2"}};
  EXPECT_EQ(substitute("{a} and {b}{a}", values), "1 and 21");
  EXPECT_EQ(substitute("{c} {", values), "{c} {");
  EXPECT_EQ(substitute("", values), "");
}

}  // namespace
}  // namespace loopglass::ui
