#include "engine/support/interruption.h"

#include <algorithm>
#include <thread>

namespace loopglass {

namespace {
constexpr std::chrono::milliseconds kLook(2);   // between looks at whether to stop
}

void Quiet::keep(std::chrono::milliseconds time, Clock::time_point now) {
  const bool continues = now < end_.load() + kTurn;
  if (!continues) begin_ = now;
  end_ = std::max(end_.load(), std::min(now + time, begin_.load() + kLongest));
}

std::optional<Quiet::Clock::time_point> Quiet::end(Clock::time_point now) const {
  const Clock::time_point end = end_.load();
  return now < end ? std::optional(end) : std::nullopt;
}

void Interruption::rest() const {
  while (!token_.stop_requested()) {
    const auto now = Quiet::Clock::now();
    const auto end = quiet_->end(now);
    if (!end) return;
    std::this_thread::sleep_until(std::min(*end, now + kLook));
  }
}

}  // namespace loopglass
