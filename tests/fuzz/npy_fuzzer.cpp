// Any bytes as an .npy file: an error or a tensor, never a crash.
#include <sys/mman.h>
#include <unistd.h>

#include "engine/measure/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int file = memfd_create("npy", 0);
  if (write(file, data, size) == static_cast<ssize_t>(size) && lseek(file, 0, SEEK_SET) == 0) (void)loopglass::measure::read_npy(file, "fuzz.npy");
  close(file);
  return 0;
}
