// What the window asks of the engine thread: values, carried out in order.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>

#include "app/model/element_values.h"
#include "app/model/pictures.h"
#include "app/model/step.h"
#include "app/model/touchers.h"

namespace loopglass::app {

// The first command: opens `file`; where it is empty, what a killed window left behind, else the file that was worked on last, else `fallback`.
struct Start { std::filesystem::path file, fallback; };
struct OpenFile { std::filesystem::path path; };                 // Python with TVMScript, or a .loopglass project; with the work kept on it
struct StartAnew {};                                             // the file that is open as it stands on the disk; the work on it is forgotten
struct EditText { std::string text; };                           // a new root of the history where it parses and differs; one for all until EndEdit
struct EndEdit { bool discard = false; };                        // discard: goes back to where the edit began
struct ChooseModule { std::string module, function; };
struct ApplyStep { StepRequest request; std::chrono::steady_clock::time_point gesture = std::chrono::steady_clock::now(); };
struct InsertStep { StepRequest request; std::string before; };   // into the branch, before the last use of that primitive
// Edits of the steps that made a version; each gives a new branch (history_edit.h).
struct SwitchStep { int version; bool on; };
struct DeleteStep { int version; };
struct MoveStep { int version; int by; };
struct ChangeStep { int version; std::map<size_t, schedule::Value> values; };
struct RemoveDeadSteps {};
struct PreviewStep { StepRequest request; };                     // newest wins
struct ClearPreview {};
struct Undo {};
struct Redo {};
struct GoTo { int version; };
struct SelectNode { std::optional<ir::NodePath> path; };         // asks for its legal moves and what one iteration of it touches
// The memory at a moment (View::instant): a time, or the first access with loops at these values. It stays with the program as steps change it, at the
// same part of its time, until it is switched off. The newest wins.
struct SeekTo {
  bool on = true;
  bool resume = false;                                           // where it was when it was switched off, whatever else is said
  int64_t time = 0;
  const ir::VarNode* loop = nullptr;                             // not null: `values` count, of this loop and those around it
  std::map<const ir::VarNode*, int64_t> values;
};
// What View::values shows of each element, of whatever version is on the screen; nothing: no more.
struct ShowValues { std::optional<ElementQuantity> quantity; };
// Whose touchers View::touchers holds, in whatever version is on the screen; nothing: no one's.
struct ShowTouchers { std::optional<BufferElement> element; };
// The version that the memory on the screen is compared with (View::compared); -1: none.
struct CompareMemory { int version = -1; };
// Bytes from one row to the next by buffer, in the model of memory alone (what is timed keeps its own); 0: as it is declared. Buffers that are not named keep theirs.
struct SetRowPitch { std::map<std::string, int64_t> bytes; };
struct RunDuel { int first, second; };
struct SaveProject { std::filesystem::path path; };
struct ExportAs { std::string format; std::filesystem::path path; PictureChoice pictures; };   // formats as the command line names them
struct MeasureAgain {};
struct MeasureCold { bool on; };                                 // with empty caches before each call: times of its own

using Command = std::variant<Start, OpenFile, StartAnew, EditText, EndEdit, ChooseModule, ApplyStep, InsertStep, SwitchStep, DeleteStep, MoveStep, ChangeStep,
                             RemoveDeadSteps, PreviewStep, ClearPreview, Undo, Redo, GoTo, SelectNode, SeekTo, ShowValues, ShowTouchers, CompareMemory, SetRowPitch, RunDuel,
                             SaveProject, ExportAs, MeasureAgain, MeasureCold>;

template <class... T>
bool is_one_of(const Command& command) {
  return (std::holds_alternative<T>(command) || ...);
}

// Whether another version of the program may be on the screen after it.
inline bool leads_to_version(const Command& command) {
  return is_one_of<ApplyStep, InsertStep, SwitchStep, DeleteStep, MoveStep, ChangeStep, RemoveDeadSteps, Undo, Redo, GoTo>(command);
}

}  // namespace loopglass::app
