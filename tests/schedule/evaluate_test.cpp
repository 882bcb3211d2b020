// The Python that schedule statements are written in, computed as Python computes it.
#include "engine/schedule/evaluate.h"

#include <gtest/gtest.h>

#include "engine/schedule/check_arguments.h"
#include "tests/schedule/programs.h"

namespace loopglass::tests {
namespace {

using schedule::Names;
using schedule::Value;

Result<Value> no_calls(const script::PyCall& call, const SourceSpan& span) {
  return fail(DiagnosticKind::UnsupportedSyntax, "call of " + call.method, {}, {Label{{}, span, {}}});
}

// Runs assignments and gives the value of `x`, or the first error.
std::string value_of_x(const std::string& statements) {
  Names names;
  for (const script::PyStatement& statement : script_of(statements + "\nsch.show()").statements) {
    if (!statement.targets) continue;
    const Result<Value> value = schedule::evaluate(*statement.value, names, no_calls);
    if (!value) return std::string("error: ") + to_string(value.error().kind);
    const Result<void> done = schedule::assign(*statement.targets, *value, names);
    if (!done) return std::string("error: ") + to_string(done.error().kind);
  }
  return schedule::to_python(names.at("x"));
}

struct Computed { const char *statements, *value; };
class Evaluate : public testing::TestWithParam<Computed> {};

TEST_P(Evaluate, AsPythonDoes) { EXPECT_EQ(value_of_x(GetParam().statements), GetParam().value) << GetParam().statements; }

INSTANTIATE_TEST_SUITE_P(Values, Evaluate, testing::Values(
    Computed{"x = 2 + 3 * 4", "14"}, Computed{"x = -7 // 2", "-4"}, Computed{"x = -7 % 3", "2"}, Computed{"x = 7 % -3", "-2"},
    Computed{"x = 2 ** 10", "1024"}, Computed{"x = 1 ** 100", "1"}, Computed{"x = (-1) ** 101", "-1"}, Computed{"x = 0 ** 70", "0"},
    Computed{"x = [1, 2] + [3]", "[1, 2, 3]"}, Computed{"x = len([1, 2, 3])", "3"}, Computed{"x = list((1, 2))", "[1, 2]"},
    Computed{"x = (1, 2, 3)[-1]", "3"}, Computed{"x = [1, 2, 3, 4][1:3]", "[2, 3]"}, Computed{"x = [1, 2, 3, 4][::-1]", "[4, 3, 2, 1]"},
    Computed{"x = [1, 2, 3, 4][-3:-1]", "[2, 3]"}, Computed{"x = [1, 2, 3, 4][::3]", "[1, 4]"}, Computed{"x = [1, 2, 3][5:]", "[]"},
    Computed{"x = [1, 2, 3, 4][3:0:-2]", "[4, 2]"}, Computed{"x = [*[1, 2], 3, *[4]]", "[1, 2, 3, 4]"}, Computed{"x = None", "None"},
    Computed{"x = True", "True"}, Computed{"x = not True", "False"}, Computed{"x = 1.5", "1.5"}, Computed{"x = \"a\"", "\"a\""},
    Computed{"x = {\"b\": [1], \"a\": 2}", "{\"a\": 2, \"b\": [1]}"}, Computed{"a, *b, c = [1, 2, 3, 4]\nx = b", "[2, 3]"},
    Computed{"a, *b, c = [1, 2]\nx = b", "[]"}, Computed{"*a, b = [1, 2, 3]\nx = a", "[1, 2]"}, Computed{"(a, b), c = [[1, 2], 3]\nx = [c, b, a]", "[3, 2, 1]"},
    Computed{"T = 4\nx = [None, T * 2]", "[None, 8]"}));

INSTANTIATE_TEST_SUITE_P(Errors, Evaluate, testing::Values(
    Computed{"x = 1 // 0", "error: BadArgument"}, Computed{"x = 1 % 0", "error: BadArgument"}, Computed{"x = 2 ** -1", "error: BadArgument"},
    Computed{"x = 2 ** 64", "error: BadArgument"}, Computed{"x = 9223372036854775807 + 1", "error: BadArgument"},
    Computed{"x = [1, 2][2]", "error: BadArgument"}, Computed{"x = [1, 2][-3]", "error: BadArgument"}, Computed{"x = 3[0]", "error: BadArgument"},
    Computed{"x = [1][\"a\"]", "error: BadArgument"}, Computed{"x = [1][::0]", "error: BadArgument"}, 
    Computed{"x = 1 + \"a\"", "error: UnsupportedSyntax"}, Computed{"a, b = [1, 2, 3]\nx = a", "error: BadArgument"},
    Computed{"a, b, *c = [1]\nx = a", "error: BadArgument"}, Computed{"a, b = 1\nx = a", "error: BadArgument"},
    Computed{"x = len(3)", "error: BadArgument"}, Computed{"x = {1: 2}", "error: BadArgument"}, Computed{"x = [*3]", "error: BadArgument"}));

}  // namespace
}  // namespace loopglass::tests
