// Literals as TVM's printer writes them in Python.
#pragma once

#include <string>
#include <string_view>

namespace loopglass::script {

// 0.0, 10000000000.0, 0.10000000000000001, "inf" (with quotes): integral values with one decimal, others with 17 digits.
void append_float(std::string& out, double value);
// "text" in double quotes; what is not printable ASCII is escaped byte by byte.
void append_string(std::string& out, std::string_view text);

}  // namespace loopglass::script
