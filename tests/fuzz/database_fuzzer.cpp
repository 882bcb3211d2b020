// Any bytes as the lines of a MetaSchedule database: an error or its programs and records, never a crash.
#include "engine/schedule/database_record.h"
#include "engine/schedule/replay.h"
#include "engine/script/json_graph.h"
#include "engine/script/printer.h"

using namespace loopglass;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const Result<ir::Module> module = script::module_from_json_graph(text)) (void)script::print(*module);
  const Result<schedule::Database> database = schedule::read_database(text);
  if (!database) return 0;
  for (const schedule::TuningRecord& record : database->records)
    if (record.workload < database->workloads.size() && database->workloads[record.workload]) (void)schedule::replay(record.trace, *database->workloads[record.workload]);
  return 0;
}
