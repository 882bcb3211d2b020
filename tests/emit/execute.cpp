#include "tests/emit/execute.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace loopglass::emit {

namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

// Gives what the command said where it failed.
std::string shell(const std::string& command, const fs::path& log) {
  const int status = std::system(fmt::format("{} > '{}' 2>&1", command, log.string()).c_str());
  return status == 0 ? "" : fmt::format("{} gave {}:\n{}", command, status, slurp(log));
}

std::string numpy_dtype(ir::DataType type) { return type.is_bool() ? "bool" : ir::to_string(type); }

// A Python that has NumPy: the one first in PATH, or the system's; empty where neither has.
const std::string& python() {
  static const std::string found = [] {
    for (const std::string candidate : {"python3", "/usr/bin/python3"})
      if (std::system((candidate + " -c 'import numpy' > /dev/null 2>&1").c_str()) == 0) return candidate;
    return std::string();
  }();
  return found;
}

}  // namespace

bool have_numpy() { return !python().empty(); }

std::string run_numpy(const std::string& text, std::vector<Call>& calls, const fs::path& folder) {
  fs::create_directories(folder);
  write(folder / "loops.py", text);
  std::string driver = "import numpy as np\nfrom loops import *\n";
  for (size_t c = 0; c < calls.size(); ++c) {
    std::string names;
    for (size_t a = 0; a < calls[c].arguments.size(); ++a) {
      const interp::Tensor& tensor = calls[c].arguments[a];
      const std::string file = fmt::format("{}_{}.bin", c, a);
      write(folder / file, {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()});
      driver += fmt::format("a{} = np.fromfile('{}', dtype='{}').reshape(({}{}))\n", a, file, numpy_dtype(tensor.dtype), fmt::join(tensor.shape, ", "),
                            tensor.shape.empty() ? "" : ",");
      names += fmt::format("{}a{}{}", a ? ", " : "", a, calls[c].is_scalar[a] ? "[()]" : "");
    }
    driver += fmt::format("lnumpy_{}({})\n", calls[c].function, names);
    for (size_t a = 0; a < calls[c].arguments.size(); ++a) driver += fmt::format("a{}.tofile('{}_{}.bin')\n", a, c, a);
  }
  write(folder / "driver.py", driver);
  if (std::string said = shell(fmt::format("cd '{}' && {} -W error::SyntaxWarning driver.py", folder.string(), python()), folder / "log"); !said.empty()) return said;
  for (size_t c = 0; c < calls.size(); ++c)
    for (size_t a = 0; a < calls[c].arguments.size(); ++a) {
      const std::string bytes = slurp(folder / fmt::format("{}_{}.bin", c, a));
      std::vector<std::byte>& out = calls[c].arguments[a].bytes;
      if (bytes.size() != out.size()) return fmt::format("argument {} of {} came back with {} bytes", a, calls[c].function, bytes.size());
      std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), out.begin());
    }
  return {};
}

std::string run_c(const std::string& text, std::vector<Call>& calls, const fs::path& folder) {
  fs::create_directories(folder);
  std::string program = text;
  for (size_t c = 0; c < calls.size(); ++c) {
    std::string arguments;
    for (size_t a = 0; a < calls[c].arguments.size(); ++a) {
      const ir::DataType type = calls[c].arguments[a].dtype;
      const std::string name = type.is_bool() ? "bool" : type.is_float() ? (type.bits == 32 ? "float" : "double") : ir::to_string(type) + "_t";
      arguments += fmt::format("{}{}arguments[{}]", a ? ", " : "", calls[c].is_scalar[a] ? "*(" + name + "*)" : "", a);
    }
    program += fmt::format("void call_{}(void** arguments);\nvoid call_{}(void** arguments) {{ (void)arguments; {}({}); }}\n", c, c, calls[c].function, arguments);
  }
  write(folder / "loops.c", program);
  const std::string library = (folder / "loops.so").string();
  if (std::string said = shell(fmt::format("cc -std=c99 -Wall -Werror -O1 -shared -fPIC -o '{}' '{}' -lm", library, (folder / "loops.c").string()), folder / "log"); !said.empty())
    return said;
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return dlerror();
  for (size_t c = 0; c < calls.size(); ++c) {
    auto* call = reinterpret_cast<void (*)(void**)>(dlsym(handle, fmt::format("call_{}", c).c_str()));
    std::vector<void*> pointers;
    for (interp::Tensor& tensor : calls[c].arguments) pointers.push_back(tensor.bytes.data());
    call(pointers.data());
  }
  dlclose(handle);
  return {};
}

std::string difference(const std::vector<interp::Tensor>& wanted, const std::vector<interp::Tensor>& got, double tolerance) {
  for (size_t a = 0; a < wanted.size(); ++a)
    for (int64_t e = 0; e < wanted[a].size(); ++e) {
      if (!wanted[a].dtype.is_float()) {
        if (wanted[a].int_at(e) != got[a].int_at(e)) return fmt::format("argument {}, element {}: {}, expected {}", a, e, got[a].int_at(e), wanted[a].int_at(e));
        continue;
      }
      const double x = wanted[a].at(e), y = got[a].at(e);
      const bool same = x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= tolerance * std::max({std::fabs(x), std::fabs(y), 1.0});
      if (!same) return fmt::format("argument {}, element {}: {}, expected {}", a, e, y, x);
    }
  return {};
}

}  // namespace loopglass::emit
