#include "app/model/project.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "app/model/source.h"
#include "engine/schedule/replay.h"

namespace loopglass::app {

using nlohmann::json;

namespace {

Error not_a_project(std::string why) {
  return fail(DiagnosticKind::FileError, "this is no Loopglass project: " + why, "open the Python file it was made from, or a saved .loopglass file");
}

json source_to_json(const Source& source) {
  return {{"path", source.path}, {"text", source.text}, {"module", source.module}, {"function", source.function}};
}

Result<History> with_root(const History& history, const json& entry) {
  const json& source = entry.at("source");
  const int edited_from = entry.value("edited_from", -1);
  if (edited_from < -1 || edited_from >= static_cast<int>(history.versions().size())) return not_a_project(fmt::format("no version {}", edited_from));
  Opened opened = open_source(history, source.value("path", ""), source.value("text", ""), source.value("module", ""), source.value("function", ""),
                              edited_from);
  if (!opened.errors.empty()) return std::unexpected(opened.errors.front());
  // The file's own schedule is in the project as versions of its own, as far as it was kept.
  const int root = opened.history.current()->id;
  History only_root = history.with_version(*opened.history.at(root), -1);
  return only_root;
}

json skipped_to_json(const Version& version) {
  const Skipped& skipped = *version.skipped;
  json entry{{"instructions", schedule::trace_to_json({skipped.instructions})[0]}, {"step", version.step}};
  if (skipped.reason) entry["reason"] = skipped.reason->message;
  return entry;
}

// Below a version that holds the queries of a skipped step (or below its parent): the step as it stands in the history.
Result<History> with_skipped(const History& history, int parent, schedule::Schedule after_queries, const json& entry) {
  TRY_ASSIGN(std::vector<schedule::Instruction> instructions, schedule::read_unapplied(entry.at("instructions")));
  if (instructions.empty()) return not_a_project("a skipped step is empty");
  Version version = *history.at(parent);
  version.primitive = instructions.back().primitive;
  version.schedule = std::move(after_queries);
  version.step = entry.at("step");
  version.forwarding = {};
  version.warnings.clear();
  version.skipped = Skipped{std::move(instructions), std::nullopt};
  if (entry.contains("reason")) version.skipped->reason = Diagnostic{DiagnosticKind::StaleReference, entry.at("reason"), {}, {}, {}, {}};
  return history.with_version(std::move(version), parent);
}

}  // namespace

json version_to_json(const History& history, const Version& version) {
  if (version.parent < 0) {
    json root{{"source", source_to_json(*version.source)}};
    if (version.edited_from >= 0) root["edited_from"] = version.edited_from;
    return root;
  }
  const size_t before = history.at(version.parent)->schedule.trace().instructions.size();
  json added = json::array(), decisions = json::array();
  const json all = schedule::trace_to_json(version.schedule.trace());
  for (size_t i = before; i < all[0].size(); ++i) added.push_back(all[0][i]);
  for (const json& decision : all[1])
    if (decision[0] >= before) decisions.push_back({decision[0].get<size_t>() - before, decision[1]});
  json entry{{"parent", version.parent}, {"instructions", added}};
  if (!decisions.empty()) entry["decisions"] = decisions;
  if (!version.warnings.empty()) entry["trusted"] = true;
  if (version.skipped) entry["skipped"] = skipped_to_json(version);
  return entry;
}

Result<History> with_version_from_json(const History& history, const json& entry) {
  try {
    if (entry.contains("source")) return with_root(history, entry);
    const int parent = entry.at("parent");
    if (parent < 0 || parent >= static_cast<int>(history.versions().size())) return not_a_project(fmt::format("no version {}", parent));
    const json trace = json::array({entry.at("instructions"), entry.value("decisions", json::array())});
    schedule::Replayed replayed = schedule::replay_onto(history.at(parent)->schedule, trace, entry.value("trusted", false));
    if (replayed.error) return std::unexpected(std::move(*replayed.error));
    if (entry.contains("skipped")) return with_skipped(history, parent, std::move(replayed.schedule), entry.at("skipped"));
    schedule::Trace added;
    const auto& all = replayed.schedule.trace().instructions;
    added.instructions.assign(all.begin() + history.at(parent)->schedule.trace().instructions.size(), all.end());
    return with_trace(history, parent, added).first;
  } catch (const json::exception& e) {
    return not_a_project(e.what());
  }
}

json project_to_json(const History& history) {
  json versions = json::array();
  for (const VersionPtr& version : history.versions()) versions.push_back(version_to_json(history, *version));
  return {{"loopglass", kProjectFormat}, {"versions", versions}, {"cursor", history.empty() ? 0 : history.current()->id}};
}

Result<History> project_from_json(const json& project) {
  try {
    if (!project.is_object() || !project.contains("loopglass")) return not_a_project("it has no \"loopglass\" version");
    const int format = project.at("loopglass");
    if (format > kProjectFormat)
      return fail(DiagnosticKind::FileError,
                  fmt::format("this project is of version {}, this program reads up to version {}", format, kProjectFormat),
                  "open it with a newer Loopglass");
    History history;
    for (const json& entry : project.at("versions")) {
      TRY_ASSIGN(history, with_version_from_json(history, entry));
    }
    const int cursor = project.at("cursor");
    if (cursor < 0 || cursor >= static_cast<int>(history.versions().size())) return not_a_project("its cursor is outside its versions");
    return history.at_cursor(cursor);
  } catch (const json::exception& e) {
    return not_a_project(e.what());
  }
}

Result<void> save_project(const History& history, const std::filesystem::path& path) {
  return write_file(path, project_to_json(history).dump(1) + "\n");
}

Result<History> load_project(const std::filesystem::path& path) {
  TRY_ASSIGN(const std::string text, read_text_file(path.string()));
  return parse_project(text);
}

Result<History> parse_project(std::string_view text) {
  const json project = json::parse(text, nullptr, false);
  if (project.is_discarded()) return not_a_project("it is not JSON");
  return project_from_json(project);
}

}  // namespace loopglass::app
