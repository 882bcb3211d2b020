#include "engine/measure/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/measure/kernel_role.h"

namespace loopglass::measure {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Op, const char*>, 5> kOps = {{{Op::Compile, "compile"},
                                                             {Op::Run, "run"},
                                                             {Op::Ab, "ab"},
                                                             {Op::Machine, "machine"},
                                                             {Op::Cancel, "cancel"}}};

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'; }

const char* name_of(Op op) {
  return std::find_if(kOps.begin(), kOps.end(), [&](const auto& entry) { return entry.first == op; })->second;
}

Error malformed(std::string_view line, std::string_view why) {
  return fail(DiagnosticKind::ProtocolError, fmt::format("not a line of the worker's protocol ({}): {:.200}", why, line),
              "the program and its worker are of different builds: reinstall both");
}

// The edge to the library that throws: what `read` throws becomes a Diagnostic.
template <class F>
auto parse_line(std::string_view line, F read) -> Result<decltype(read(std::declval<const Json&>()))> {
  try {
    return read(Json::parse(line));
  } catch (const std::exception& e) {
    return malformed(line, e.what());
  }
}

WireRequest request_from(const Json& json) {
  WireRequest request;
  request.id = json.at("id");
  const auto op = std::find_if(kOps.begin(), kOps.end(), [&](const auto& entry) { return json.at("op") == entry.second; });
  if (op == kOps.end()) throw std::invalid_argument("unknown op");
  request.op = op->first;
  if (request.op == Op::Cancel || request.op == Op::Machine) return request;
  request.module = json.at("module");
  request.function = json.at("function");
  request.reference = json.value("reference", "");
  request.against = json.value("against", "");
  request.inputs = json.value("inputs", std::vector<std::string>{});
  request.threads = json.value("threads", 1);
  request.budget_s = json.value("budget_s", 1.0);
  request.seed = json.value("seed", uint64_t{0});
  request.want_assembly = json.value("want_assembly", true);
  request.cold = json.value("cold", false);
  for (const Json& slot : json.value("kernels", Json::array())) request.kernels.push_back({role_from(slot.at("kernel")), slot.at("kept")});
  return request;
}

}  // namespace

std::string build_name() { return "loopglass " LOOPGLASS_VERSION; }

std::string encode(const Hello& hello) {
  Json json = {{"protocol", hello.protocol}, {"build", hello.build}};
  if (!hello.confinement.empty()) json["confinement"] = hello.confinement;
  if (!hello.identity.empty()) json["identity"] = hello.identity;
  return line_of(json);
}

std::string encode(const WireRequest& request) {
  Json json = {{"id", request.id}, {"op", name_of(request.op)}};
  if (request.op == Op::Cancel || request.op == Op::Machine) return line_of(json);
  json["module"] = request.module;
  json["function"] = request.function;
  if (!request.reference.empty()) json["reference"] = request.reference;
  if (!request.against.empty()) json["against"] = request.against;
  json["inputs"] = request.inputs;
  json["threads"] = request.threads;
  json["budget_s"] = request.budget_s;
  json["seed"] = request.seed;
  json["want_assembly"] = request.want_assembly;
  if (request.cold) json["cold"] = true;
  for (const KernelSlot& slot : request.kernels) json["kernels"].push_back({{"kernel", name_of(slot.role)}, {"kept", slot.is_kept}});
  return line_of(json);
}

Result<Hello> decode_hello(std::string_view line) {
  return parse_line(line, [](const Json& json) {
    return Hello{json.at("protocol"), json.at("build"), json.value("confinement", std::vector<std::string>{}), json.value("identity", "")};
  });
}

Result<WireRequest> decode_request(std::string_view line) { return parse_line(line, request_from); }

}  // namespace loopglass::measure
