// Any bytes as a project: an error or a history, never a crash.
#include "app/model/project.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)loopglass::app::parse_project({reinterpret_cast<const char*>(data), size});
  return 0;
}
