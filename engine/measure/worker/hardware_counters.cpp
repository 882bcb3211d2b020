#include "engine/measure/worker/hardware_counters.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/measure/perf_counters.h"

namespace loopglass::measure {

HardwareCounters::HardwareCounters() {
  for (const PerfCounter& counter : perf_counters())
    if (FileDescriptor file = open_counter(counter)) open_.push_back({counter.name, std::move(file)});
}

std::vector<std::pair<std::string, double>> HardwareCounters::count(const std::function<void()>& work) const {
  for (const Open& counter : open_) ::ioctl(counter.file.get(), PERF_EVENT_IOC_RESET, 0);
  for (const Open& counter : open_) ::ioctl(counter.file.get(), PERF_EVENT_IOC_ENABLE, 0);
  work();
  for (const Open& counter : open_) ::ioctl(counter.file.get(), PERF_EVENT_IOC_DISABLE, 0);
  std::vector<std::pair<std::string, double>> counted;
  for (const Open& counter : open_) {
    CounterReading reading;
    if (::read(counter.file.get(), &reading, sizeof reading) == sizeof reading && reading.running > 0) counted.emplace_back(counter.name, scaled(reading));
  }
  return counted;
}

}  // namespace loopglass::measure
