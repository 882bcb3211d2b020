#include "engine/schedule/database_record.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "engine/script/json_graph.h"
#include "engine/support/base64.h"

namespace loopglass::schedule {
namespace {

using nlohmann::json;

Error malformed(int line, const std::string& what) {
  return fail(DiagnosticKind::BadArgument, fmt::format("line {} is no line of a MetaSchedule database: {}", line, what),
              "a workload is [hash, graph], a tuning record is [workload, [trace, seconds, target, arguments]]");
}

// TVM writes the graph's length before it: 8 bytes, the lowest first.
Result<ir::Module> read_workload(const std::string& encoded) {
  const auto bytes = from_base64(encoded);
  if (!bytes || bytes->size() < 8) return fail(DiagnosticKind::BadArgument, "the program of a workload is no base64");
  return script::module_from_json_graph(bytes->substr(8));
}

std::string with_length(const std::string& graph) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(graph.size() >> (8 * i) & 255);
  return bytes + graph;
}

std::optional<double> mean(const json& seconds) {
  if (!seconds.is_array() || seconds.empty()) return std::nullopt;
  double sum = 0;
  for (const json& one : seconds) {
    if (!one.is_number()) return std::nullopt;
    sum += one.get<double>();
  }
  return sum / static_cast<double>(seconds.size());
}

Result<void> add_line(Database& database, const json& line, int number) {
  if (!line.is_array() || line.size() != 2) return malformed(number, "it is no list of two");
  if (line[0].is_string() && line[1].is_string()) {
    database.workloads.push_back(read_workload(line[1].get_ref<const std::string&>()));
    return {};
  }
  if (!line[0].is_number_unsigned()) return malformed(number, "it begins neither with a hash nor with the number of a workload");
  const json& record = line[1];
  if (!record.is_array() || record.size() != 4) return malformed(number, "its record is no list of four");
  database.records.push_back({line[0].get<size_t>(), record[0], mean(record[1])});
  return {};
}

Error no_record(const Database& database, const ir::Module& module) {
  std::string why = "the file has none at all";
  for (const Result<ir::Module>& workload : database.workloads)
    why = workload ? fmt::format("the program of its first workload differs: {}", ir::first_difference(*workload, module)) : workload.error().message;
  return fail(DiagnosticKind::BadArgument, fmt::format("there is no tuning record for this program: {}", why),
              "open the database's own program, or give the records alone");
}

json shape_of(const ir::Buffer& buffer) {
  json shape = json::array();
  for (const ir::Expr& extent : buffer->shape) {
    const auto n = ir::as_int(extent);
    if (!n) return {};
    shape.push_back(*n);
  }
  return shape;
}

// What TVM measures with: nothing where a parameter is no buffer of constant shape.
json arguments_of(const ir::Module& module) {
  ir::Function function = ir::find_function(module, "main");
  if (!function && module->functions.size() == 1) function = module->functions.front().function;
  if (!function) return {};
  json arguments = json::array();
  for (const ir::Param& param : function->params) {
    const json shape = param.buffer ? shape_of(param.buffer) : json();
    if (shape.is_null()) return {};
    arguments.push_back(json::array({"TENSOR", ir::to_string(param.buffer->dtype), shape}));
  }
  return arguments;
}

}  // namespace

bool is_database(std::string_view text) {
  const size_t open = text.find_first_not_of(" \t\r\n");
  if (open == std::string_view::npos || text[open] != '[') return false;
  const size_t first = text.find_first_not_of(" \t\r\n", open + 1);
  return first != std::string_view::npos && (text[first] == '"' || (text[first] >= '0' && text[first] <= '9'));
}

Result<Database> read_database(std::string_view text) {
  Database database;
  if (const json whole = json::parse(text, nullptr, false); !whole.is_discarded()) {   // one value, over several lines perhaps
    TRY(add_line(database, whole, 1));
    return database;
  }
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const json parsed = json::parse(line, nullptr, false);
    if (parsed.is_discarded()) return malformed(number, "it is no JSON");
    TRY(add_line(database, parsed, number));
  }
  return database;
}

Result<TuningRecord> record_for(const Database& database, const ir::Module& module) {
  const TuningRecord* best = nullptr;
  for (const TuningRecord& record : database.records) {
    if (!database.workloads.empty()) {
      const bool is_known = record.workload < database.workloads.size() && database.workloads[record.workload];
      if (!is_known || !ir::structural_equal(*database.workloads[record.workload], module)) continue;
    } else if (record.workload != database.records.front().workload) {
      return fail(DiagnosticKind::BadArgument, "the records are for several programs, and the file does not say which is this one",
                  "put the database's workload lines before them");
    }
    if (!best || (record.seconds && (!best->seconds || *record.seconds < *best->seconds))) best = &record;
  }
  if (!best) return no_record(database, module);
  return *best;
}

std::string database_lines(const Schedule& schedule, double seconds) {
  const ir::Module& module = schedule.original();
  const std::string graph = script::module_to_json_graph(module);
  const json workload{std::to_string(ir::structural_hash(module)), to_base64(with_length(graph))};
  const json target{{"keys", {"cpu"}}, {"kind", "llvm"}, {"tag", ""}};
  const json record = json::array({trace_to_json(schedule.trace()), json::array({seconds}), target, arguments_of(module)});
  return workload.dump() + "\n" + json::array({0, record}).dump() + "\n";
}

}  // namespace loopglass::schedule
