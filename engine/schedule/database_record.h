// The lines of MetaSchedule's JSON database: programs ("workloads") and the schedules that were tuned for them.
//
//   [hash, the program: TVM's JSON graph in base64]                              a workload
//   [number of its workload's line, [trace, [seconds...], target, arguments]]    a tuning record
//
// TVM keeps them in two files (database_workload.json, database_tuning_record.json); here both kinds may stand in one text, one a line.
// (TVM: src/s_tir/meta_schedule/database)
#pragma once

#include <nlohmann/json.hpp>

#include "engine/schedule/schedule.h"

namespace loopglass::schedule {

struct TuningRecord {
  size_t workload = 0;
  nlohmann::json trace;             // [instructions, decisions]
  std::optional<double> seconds;    // the mean of the measured times
};

struct Database {
  std::vector<Result<ir::Module>> workloads;   // an error: a program of another kind (Relax), or damaged
  std::vector<TuningRecord> records;
};

// Whether a text can be such lines: a trace begins with "[[".
bool is_database(std::string_view text);
// Errors: BadArgument, with the number of the line.
Result<Database> read_database(std::string_view text);
// The fastest record for a program; the first one where no times are known. Without workload lines, all records are taken to be for it.
// Errors: BadArgument, where there is none, or it cannot be told which are for it.
Result<TuningRecord> record_for(const Database& database, const ir::Module& module);

// A schedule as the two lines that TVM's database loads. `seconds`: its measured time; TVM passes over records without one, so there
// has to be some number.
std::string database_lines(const Schedule& schedule, double seconds = 1.0);

}  // namespace loopglass::schedule
