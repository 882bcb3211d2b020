// A short deterministic run of what the fuzzer does at length: damaged programs give errors or programs, and a program
// that is given comes back from its own text.
#include <filesystem>
#include <random>

#include "tests/script/case_file.h"
#include "tests/script/round_trip.h"

namespace loopglass::script {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> texts{read_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py")};
  for (const CaseFile& c : read_cases("printing")) texts.push_back(c.input);
  for (const CaseFile& c : read_cases("errors")) texts.push_back(c.input);
  return texts;
}

std::string damaged(std::string text, const std::string& other, std::mt19937& random) {
  const auto at = [&](const std::string& s) { return s.empty() ? 0 : random() % s.size(); };
  for (int n = 1 + static_cast<int>(random() % 2); n > 0; --n) {
    const size_t place = at(text), length = random() % 20;
    const size_t line = text.rfind('\n', place) + 1, line_end = text.find('\n', place);
    switch (random() % 9) {
      case 5: text.erase(line, line_end - line); break;
      case 6: text.insert(line, text.substr(line, line_end - line + 1)); break;
      case 7:
      case 8: {
        const size_t digit = text.find_first_of("0123456789", place);
        if (digit != std::string::npos) text[digit] = static_cast<char>('0' + random() % 10);
        break;
      }
      case 0: text.erase(place, length); break;
      case 1: text.insert(place, other.substr(at(other), length)); break;
      case 2: if (!text.empty()) text[place] = static_cast<char>(random()); break;
      case 3: text.insert(place, text.substr(at(text), random() % 200)); break;
      default: {
        constexpr std::string_view kPieces[] = {"(", ")", "[", "]", "\n", "    ", ":", "T.", "\"", "'''", "-1", "0", "9999999999999999999", "*", "if ", "for ", "\t", "#", "\\", ","};
        text.insert(place, kPieces[random() % std::size(kPieces)]);
      }
    }
  }
  return text;
}

}  // namespace

TEST(Damage, NeverCrashesAndKeepsWhatItAccepts) {
  const std::vector<std::string> texts = corpus();
  std::mt19937 random(20261123);
  int programs = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = damaged(texts[random() % texts.size()], texts[random() % texts.size()], random);
    const ParsedFile file = parse_file(text);
    for (const Diagnostic& error : file.errors) EXPECT_FALSE(render(error, "x.py", text).empty());
    for (const ParsedModule& parsed : file.modules) {
      if (!parsed.module) continue;
      ++programs;
      const Printed printed = print(parsed.module);
      const Result<ir::Module> again = parse_module(printed.text);
      ASSERT_TRUE(again) << again.error().message << "\n" << printed.text << "\nof\n" << text;
      EXPECT_TRUE(ir::structural_equal(parsed.module, *again)) << printed.text;
    }
  }
  EXPECT_GT(programs, 100);  // else the damage is too great to test anything
}

}  // namespace loopglass::script
