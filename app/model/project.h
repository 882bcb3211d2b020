// Projects: NAME.loopglass, versioned JSON that holds the source texts and the history tree.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "app/model/history.h"

namespace loopglass::app {

inline constexpr int kProjectFormat = 1;

nlohmann::json project_to_json(const History& history);
// Errors: FileError for JSON that is no project or of a newer version (says which), BadArgument for a step that does not replay.
Result<History> project_from_json(const nlohmann::json& project);

Result<void> save_project(const History& history, const std::filesystem::path& path);
Result<History> load_project(const std::filesystem::path& path);
Result<History> parse_project(std::string_view text);

// One version as an entry of a project's "versions": its parent and the instructions it adds, or the source of a root.
nlohmann::json version_to_json(const History& history, const Version& version);
// The history with the version that an entry tells of.
Result<History> with_version_from_json(const History& history, const nlohmann::json& entry);

}  // namespace loopglass::app
