// The events of the protocol, to JSON and back.
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/measure/kernel_role.h"
#include "engine/measure/protocol.h"

namespace loopglass::measure {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double number_from(const Json& json) {
  if (!json.is_string()) return json.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  return json == "inf" ? infinity : json == "-inf" ? -infinity : std::numeric_limits<double>::quiet_NaN();
}

Json to_json(const TimeEstimate& time) {
  return {{"min", time.min},         {"median", time.median}, {"ci95", {time.ci95_low, time.ci95_high}},
          {"samples", time.samples}, {"total_s", time.total_s}};
}

TimeEstimate time_from(const Json& json) {
  return {json.at("min"), json.at("median"), json.at("ci95").at(0), json.at("ci95").at(1), json.at("samples"), json.at("total_s")};
}

Json to_json(const Comparison& comparison) {
  return {{"time_ms", to_json(comparison.other)},
          {"ratio", {{"median", comparison.ratio_median}, {"ci95", {comparison.ratio_low, comparison.ratio_high}}}},
          {"verdict", to_string(comparison.verdict)}};
}

Comparison comparison_from(const Json& json) {
  const Json& ratio = json.at("ratio");
  const auto verdict = verdict_from_string(json.at("verdict").get<std::string>());
  if (!verdict) throw std::invalid_argument("unknown verdict");
  return {time_from(json.at("time_ms")), ratio.at("median"), ratio.at("ci95").at(0), ratio.at("ci95").at(1), *verdict};
}

Json to_json(const Compiled& compiled) {
  Json lines = Json::array();
  for (const auto& [line, path] : compiled.assembly_lines) lines.push_back({line, ir::to_string(path)});
  return {{"event", "compiled"},       {"lower_ms", compiled.lower_ms}, {"compile_ms", compiled.compile_ms},
          {"target", compiled.target}, {"code", compiled.code},         {"assembly", compiled.assembly},
          {"assembly_lines", lines},   {"llvm_ir", compiled.llvm_ir}, {"cached", compiled.cached}};
}

Compiled compiled_from(const Json& json) {
  Compiled compiled{json.at("lower_ms"), json.at("compile_ms"), json.at("target"), json.at("code"), json.at("assembly"), {}, json.at("llvm_ir"), json.value("cached", false)};
  for (const Json& line : json.at("assembly_lines"))
    if (auto path = ir::parse_node_path(line.at(1).get<std::string>())) compiled.assembly_lines.emplace_back(line.at(0), *path);
  return compiled;
}

Json to_json(const Verified& verified) {
  Json json = {{"event", "verified"}, {"ok", verified.ok}, {"max_rel_error", number(verified.max_rel_error)}};
  if (const auto& wrong = verified.first_wrong)
    json["first_wrong"] = {
        {"buffer", wrong->buffer}, {"index", wrong->index}, {"got", number(wrong->got)}, {"expected", number(wrong->expected)}};
  return json;
}

Verified verified_from(const Json& json) {
  Verified verified{json.at("ok"), number_from(json.at("max_rel_error")), {}};
  if (const auto wrong = json.find("first_wrong"); wrong != json.end())
    verified.first_wrong = FirstWrong{wrong->at("buffer"), wrong->at("index"), number_from(wrong->at("got")), number_from(wrong->at("expected"))};
  return verified;
}

Json to_json(const Profile& profile) {
  Json statements = Json::array();
  for (const auto& [path, samples] : profile.statements) statements.push_back({ir::to_string(path), samples});
  return {{"samples", profile.samples}, {"statements", statements}};
}

Profile profile_from(const Json& json) {
  Profile profile{json.at("samples"), {}};
  for (const Json& statement : json.at("statements"))
    if (auto path = ir::parse_node_path(statement.at(0).get<std::string>())) profile.statements.emplace_back(*std::move(path), statement.at(1));
  return profile;
}

Json to_json(const Conditions& conditions) {
  return {{"cold", conditions.cold},
          {"outliers", {{"count", conditions.outliers.count}, {"ms", conditions.outliers.ms}}},
          {"checks", conditions.checks},
          {"slowest_check", number(conditions.slowest_check)},
          {"drifted", conditions.drifted},
          {"waiting", conditions.waiting},
          {"stolen", conditions.stolen}};
}

Conditions conditions_from(const Json& json) {
  const Json& outliers = json.at("outliers");
  return {json.at("cold"), {outliers.at("count"), outliers.at("ms")}, json.at("checks"), number_from(json.at("slowest_check")), json.at("drifted"),
          json.at("waiting"), json.at("stolen")};
}

Json to_json(const Timed& timed) {
  Json json = {{"event", timed.final ? "done" : "time"},
               {"time_ms", to_json(timed.time)},
               {"flops", timed.flops},
               {"bytes_min", timed.bytes_min},
               {"conditions", to_json(timed.conditions)},
               {"counters", timed.counters}};
  if (timed.against) json["against"] = to_json(*timed.against);
  if (timed.profile) json["profile"] = to_json(*timed.profile);
  return json;
}

Timed timed_from(const Json& json) {
  Timed timed{time_from(json.at("time_ms")), json.at("flops"), json.at("bytes_min"), {}, json.at("event") == "done", {}, conditions_from(json.at("conditions")), json.at("counters")};
  if (const auto profile = json.find("profile"); profile != json.end()) timed.profile = profile_from(*profile);
  if (const auto against = json.find("against"); against != json.end()) timed.against = comparison_from(*against);
  return timed;
}

Json iteration(const std::vector<std::pair<std::string, int64_t>>& values) {
  Json json = Json::array();
  for (const auto& [name, value] : values) json.push_back({name, value});
  return json;
}

std::vector<std::pair<std::string, int64_t>> iteration_from(const Json& json) {
  std::vector<std::pair<std::string, int64_t>> values;
  for (const Json& value : json) values.emplace_back(value.at(0), value.at(1));
  return values;
}

Json to_json(const Label& label) {
  Json json = {{"node", label.node}, {"text", label.text}};
  if (label.span) json["span"] = {label.span->begin, label.span->end};
  return json;
}

Label label_from(const Json& json) {
  Label label{json.at("node"), {}, json.at("text")};
  if (const auto span = json.find("span"); span != json.end()) label.span = SourceSpan{span->at(0), span->at(1)};
  return label;
}

Json to_json(const Diagnostic& diagnostic) {
  Json labels = Json::array(), values = Json::array();
  for (const Label& label : diagnostic.labels) labels.push_back(to_json(label));
  for (const auto& [name, value] : diagnostic.values) values.push_back({name, value});
  Json json = {{"event", "error"},   {"kind", to_string(diagnostic.kind)}, {"message", diagnostic.message}, {"help", diagnostic.help},
               {"labels", labels}, {"values", values}};
  if (const auto& witness = diagnostic.witness)
    json["witness"] = {{"buffer", witness->buffer},
                       {"index", witness->index},
                       {"first", iteration(witness->first)},
                       {"second", iteration(witness->second)}};
  return json;
}

DiagnosticKind kind_from(const std::string& name) {
#define LOOPGLASS_DIAGNOSTIC(kind) \
  if (name == #kind) return DiagnosticKind::kind;
#include "engine/support/diagnostic_kinds.def"
#undef LOOPGLASS_DIAGNOSTIC
  throw std::invalid_argument("unknown kind of diagnostic");
}

Diagnostic diagnostic_from(const Json& json) {
  Diagnostic diagnostic{kind_from(json.at("kind")), json.at("message"), json.at("help"), {}, {}, {}};
  for (const Json& label : json.at("labels")) diagnostic.labels.push_back(label_from(label));
  for (const Json& value : json.at("values")) diagnostic.values.emplace_back(value.at(0), value.at(1));
  if (const auto witness = json.find("witness"); witness != json.end())
    diagnostic.witness = Witness{witness->at("buffer"), witness->at("index"), iteration_from(witness->at("first")),
                                 iteration_from(witness->at("second"))};
  return diagnostic;
}

std::string line_of(uint64_t id, const Json& body) {
  Json json = {{"id", id}};
  json.update(body);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

WireEvent event_from(const Json& json) {
  const std::string event = json.at("event");
  const uint64_t id = json.at("id");
  if (event == "compiled") return {id, compiled_from(json), false, {}};
  if (event == "verified") return {id, verified_from(json), false, {}};
  if (event == "time") return {id, timed_from(json), false, {}};
  if (event == "done" && json.contains("time_ms")) return {id, timed_from(json), true, {}};
  if (event == "done" || event == "machine") return {id, std::nullopt, true, {}};
  if (event == "kernel") return {id, std::nullopt, false, KernelNews{role_from(json.at("kernel")), json.at("whole")}};
  if (event == "error") return {id, diagnostic_from(json), true, {}};
  throw std::invalid_argument("unknown event");
}

}  // namespace

std::string encode(const Event& event) {
  return line_of(event.request, std::visit([](const auto& what) { return to_json(what); }, event.what));
}

std::string encode_done(uint64_t id) { return line_of(id, {{"event", "done"}}); }

std::string encode(uint64_t id, const KernelNews& news) {
  return line_of(id, {{"event", "kernel"}, {"kernel", name_of(news.role)}, {"whole", news.is_whole}});
}

std::string encode(uint64_t id, const Machine& machine) {
  return line_of(id, {{"event", "machine"}, {"machine", to_json(machine)}});
}

Result<WireEvent> decode_event(std::string_view line) {
  try {
    return event_from(Json::parse(line));
  } catch (const std::exception& e) {
    return fail(DiagnosticKind::ProtocolError, fmt::format("the worker said what is no event ({}): {:.200}", e.what(), line),
                "the program and its worker are of different builds: reinstall both");
  }
}

}  // namespace loopglass::measure
