// When each line is touched for the first time.
#pragma once

#include "engine/locality/line_range.h"
#include "engine/locality/walker.h"

namespace loopglass::locality {

class FirstTouches : public RunSink {
 public:
  FirstTouches(const Layout& layout, const LineRange& lines, int64_t line);
  void run(const Run& run) override;
  // By line, from LineRange::first on: the time, -1 where there is none.
  std::vector<int64_t> take();

 private:
  const Layout& layout_;
  int64_t first_line_, line_;
  std::vector<int64_t> times_;
};

}  // namespace loopglass::locality
