// What the panels show: values only, made by the engine thread and the jobs, taken over by the window once a frame.
#pragma once

#include "app/model/element_values.h"
#include "app/model/history.h"
#include "app/model/instant.h"
#include "app/model/memory_figures.h"
#include "app/model/step.h"
#include "app/model/touchers.h"
#include "engine/emit/emit.h"
#include "engine/locality/access.h"
#include "engine/measure/client.h"
#include "engine/script/printer.h"

namespace loopglass::app {

// The texts of one version.
struct Texts {
  script::Printed script;        // in the file's own dialect, reads / writes folded
  script::Printed other_dialect; // the same in the other dialect
  std::string whole;             // in the file's own dialect with reads and writes: what editing starts from
  emit::LinkedText numpy;
  emit::LinkedText c;
};

// What the worker has said of one program (by structural hash); fields fill as events come.
struct Measurement {
  enum class State { Waiting, Running, Done, Failed };
  State state = State::Waiting;
  std::optional<measure::Compiled> compiled;
  std::optional<measure::Verified> verified;
  std::optional<measure::Timed> timed;
  std::optional<Diagnostic> error;
  bool is_of_optimised_code() const { return timed && compiled && compiled->code == "optimised"; }
  double first_time_ms = 0;      // from the gesture to the first verified time (0: not measured yet)
};

// A step that is hovered and not yet committed: the program as it would become, or why not.
struct Preview {
  StepRequest request;
  std::optional<Diagnostic> refusal;
  VersionPtr version;                       // null where refused
  std::shared_ptr<const Texts> texts;       // null where refused
  std::shared_ptr<const std::vector<locality::LoopFootprint>> loops;   // what their iterations touch; null where refused, and while computing
};

// Whether a primitive can be applied to the selected node, with its default arguments.
struct Move {
  const schedule::PrimitiveSpec* primitive = nullptr;
  std::optional<Diagnostic> refusal;        // absent: legal
};

// An A/B run between two versions.
struct Duel {
  int first = -1, second = -1;
  std::optional<measure::Comparison> result;   // ratio = time(first) / time(second)
  std::optional<Diagnostic> error;
};

// An export, import or save that ended: what to tell.
struct Notice {
  std::string key;                          // UI text key: "notice.exported"
  std::vector<std::pair<std::string, std::string>> values;
  std::optional<Diagnostic> error;
  uint64_t serial = 0;                      // grows with each notice
};

// How many of the commands that were sent have their answer in a view: of those that lead to another version, and of SeekTo.
struct Answers {
  uint64_t versions = 0, moments = 0;
};

struct View {
  std::shared_ptr<const History> history;               // never null; empty before the first file
  std::shared_ptr<const Texts> texts;                   // of the cursor's version
  std::shared_ptr<const Texts> parent_texts;            // of its parent (for the diff of the last step); null for a root
  std::shared_ptr<const locality::Access> access;       // null while computing
  std::shared_ptr<const MemoryFigures> figures;         // null until the caches have been simulated
  std::shared_ptr<const EstimatedMisses> estimate;      // of a large function, while there are no exact misses; else null
  std::optional<Diagnostic> misses_error;               // why the caches cannot be simulated
  std::map<int, Traffic> traffic;                       // by version id: of those whose caches have been simulated
  std::optional<Diagnostic> access_error;
  std::shared_ptr<const Instant> instant;               // what SeekTo asked for; null: nothing, or still computing
  std::optional<Diagnostic> instant_error;
  std::shared_ptr<const ElementValues> values;          // what ShowValues asked for; null: nothing, or still computing
  std::optional<Diagnostic> values_error;
  std::shared_ptr<const Touchers> touchers;             // of what ShowTouchers asked for; null: nothing, or still computing
  int compared_with = -1;                               // the version that CompareMemory asked for
  std::shared_ptr<const locality::Access> compared;     // its accesses, with misses once they are there; null: still computing
  std::map<std::string, int64_t> row_pitch;             // in the model of memory, bytes by buffer
  std::shared_ptr<const std::vector<locality::Touched>> touched;   // by one iteration of the selected loop
  std::optional<ir::NodePath> touched_loop;
  bool touched_is_to_come = false;                      // after a step, and after a loop was selected
  std::map<uint64_t, std::shared_ptr<const Measurement>> measurements;   // by time_key()
  bool cold = false;                                    // with empty caches before each call
  std::optional<Preview> preview;
  std::optional<Diagnostic> refusal;                    // of the last step that was refused, until the next command
  std::optional<StepRequest> refused_request;
  std::string insert_before;                            // the primitive before which the refused step would apply; empty: none
  std::vector<Move> moves;                              // for `moves_of`
  std::optional<ir::NodePath> moves_of;
  std::string edited_text;                              // what was typed last and has been read
  std::vector<Diagnostic> text_errors;                  // of it, spans into it
  std::optional<SourceSpan> text_left_out;              // of it: from here on it is no part of the program, and not kept
  std::optional<Duel> duel;
  std::optional<Notice> notice;
  uint64_t serial = 0;                                  // grows with every change
  Answers answers;

  const Version* version() const { return history && !history->empty() ? history->current().get() : nullptr; }
  // Warm and cold times of one program are kept apart.
  uint64_t time_key(const Version& version) const { return cold ? ~version.hash : version.hash; }
  // The measurement of a version, or null.
  const Measurement* measurement(const Version& version) const {
    const auto it = measurements.find(time_key(version));
    return it == measurements.end() ? nullptr : it->second.get();
  }
};

}  // namespace loopglass::app
