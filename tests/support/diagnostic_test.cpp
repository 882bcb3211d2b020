#include "engine/support/diagnostic.h"

#include <gtest/gtest.h>

namespace loopglass {
namespace {

Diagnostic at(uint32_t begin, uint32_t end) { return {DiagnosticKind::SyntaxError, "wrong", "mend it", {{{}, SourceSpan{begin, end}, {}}}, {}, {}}; }

TEST(Diagnostic, PointsAtThePlace) {
  EXPECT_EQ(render(at(6, 9), "f.py", "a = 1\nbcd = 2\n"), "f.py:2:1: error: wrong\nbcd = 2\n^~~\n  mend it\n");
}

TEST(Diagnostic, CountsCodePoints) {
  EXPECT_EQ(render(at(9, 10), "f.py", "x = \"块\" y"), "f.py:1:8: error: wrong\nx = \"块\" y\n       ^\n  mend it\n");
}

TEST(Diagnostic, ShowsAPartOfALongLineWithoutWhatDisturbsATerminal) {
  const std::string text = std::string(1000, 'a') + "\x1b[31m\xff!" + std::string(1000, 'b');
  const std::string rendered = render(at(1000, 1900), "f.py", text);
  EXPECT_LT(rendered.size(), 500u);
  EXPECT_EQ(rendered.find('\x1b'), std::string::npos);
  EXPECT_NE(rendered.find("aaa?[31m?!bbb"), std::string::npos) << rendered;
}

TEST(Diagnostic, APlaceAtTheEndOfTheText) { EXPECT_NE(render(at(3, 3), "f.py", "abc").find("f.py:1:4: error"), std::string::npos); }

}  // namespace
}  // namespace loopglass
