// Every kind of diagnostic is raised by the engine and expected by a test.
#include <gtest/gtest.h>

#include "engine/support/diagnostic.h"
#include "tests/policy/source_tree.h"

namespace loopglass::policy {
namespace {

const char* const kKinds[] = {
#define LOOPGLASS_DIAGNOSTIC(name) #name,
#include "engine/support/diagnostic_kinds.def"
#undef LOOPGLASS_DIAGNOSTIC
};

std::string all_text(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
  std::string text;
  for (const std::string& folder : folders)
    for (const std::string& file : files_below(folder, endings)) text += text_of(file);
  return text;
}

// True where the name stands as a word of its own.
bool mentions(const std::string& text, const std::string& name) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

TEST(Diagnostics, EveryKindIsRaised) {
  const std::string sources = all_text({"engine", "app"}, {".h", ".cpp"});
  for (const char* kind : kKinds) EXPECT_TRUE(mentions(sources, kind)) << kind << " is never raised";
}

TEST(Diagnostics, EveryKindIsExpectedByATest) {
  const std::string tests = all_text({"tests"}, {".cpp", ".h", ".tir", ".txt", ".json", ".py"});
  for (const char* kind : kKinds) EXPECT_TRUE(mentions(tests, kind)) << "no test expects " << kind;
}

}  // namespace
}  // namespace loopglass::policy
