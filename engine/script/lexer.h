// Python's lexical rules: names, numbers, strings, operators, logical lines and indentation.
#pragma once

#include <string_view>

#include "engine/script/token.h"

namespace loopglass::script {

// Never fails: what cannot be read is an error in the list, and reading goes on after it. Lines may end in \n, \r\n or
// \r; a byte order mark is skipped; a tab goes to the next multiple of 8 columns, as in Python.
TokenList tokenize(std::string_view text);

// The tokens of a part of the text, with the offsets of the whole: a quoted expression inside a string.
// Requires: the part is one line.
TokenList tokenize(std::string_view text, SourceSpan part);

}  // namespace loopglass::script
