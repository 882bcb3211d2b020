// The engine's commands on what is open: files, kept work, the text and its edits, saving.
#include <algorithm>

#include "app/model/beside.h"
#include "app/model/engine.h"
#include "app/model/files.h"
#include "app/model/project.h"
#include "app/model/source.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"

namespace loopglass::app {

namespace {

// Saves, reads the file back and replays it: "saved" is said of a file that holds the same history.
Result<void> save_and_read_back(const History& history, const std::filesystem::path& path) {
  TRY(save_project(history, path));
  TRY_ASSIGN(const History again, load_project(path));
  const auto same = [](const VersionPtr& a, const VersionPtr& b) {
    return a->parent == b->parent && ir::structural_equal(a->schedule.module(), b->schedule.module());
  };
  if (std::ranges::equal(history.versions(), again.versions(), same)) return {};
  return fail(DiagnosticKind::ExportDiffers, "the saved project, read back, holds another history", "this is a bug in Loopglass; export the schedule too");
}

}  // namespace

void Engine::handle(const Start& command) {
  if (!command.file.empty()) return handle(OpenFile{command.file});
  if (!options_.state_directory.empty()) {
    if (std::optional<History> left_behind = recover_journal(options_.state_directory)) {
      notify("notice.recovered", {{"count", std::to_string(left_behind->versions().size())}});
      const Source& source = *left_behind->at(0)->source;
      document_ = Document{source.path, source.text, open_source(History(), source.path, source.text).history.versions().size()};
      return replace_history(std::move(*left_behind));
    }
  }
  const std::optional<std::filesystem::path> last = shelf_ ? shelf_->last_file() : std::nullopt;
  handle(OpenFile{last.value_or(command.fallback)});
}

void Engine::handle(const OpenFile& command) {
  clear_passing();
  if (Result<void> kept = keep_work(); !kept) return notify("notice.open_failed", {{"path", command.path.string()}}, std::move(kept).error());
  open(command.path == "-" ? command.path : std::filesystem::absolute(command.path));   // the journal may be read in another folder
}

void Engine::handle(const StartAnew&) {
  clear_passing();
  if (!document_) return;
  if (shelf_) shelf_->drop(document_->path);
  open(document_->path);
}

void Engine::open(const std::filesystem::path& path) {
  Result<std::string> text = read_text_file(path);
  if (!text) return notify("notice.open_failed", {{"path", path.string()}}, std::move(text).error());
  if (path.extension() == ".loopglass") {
    Result<History> history = parse_project(*text);
    if (!history) return notify("notice.open_failed", {{"path", path.string()}}, std::move(history).error());
    return take_up({path, *text}, std::move(*history));
  }
  Opened opened = schedule::is_trace(*text)      ? open_trace(*view_.history, path.string(), *text)
                  : schedule::is_database(*text) ? open_database(*view_.history, path.string(), *text)
                                                 : open_source(History(), path.string(), *text);
  if (!opened.errors.empty()) {
    Diagnostic first = opened.errors.front();
    std::vector<std::pair<std::string, std::string>> where{{"path", path.string()}};
    if (!first.labels.empty() && first.labels[0].span) where.emplace_back("line", std::to_string(line_column_at(*text, first.labels[0].span->begin).line));
    if (path.extension() != ".py" && path.extension() != ".json")
      first.help = "open a Python file (.py) with TVMScript in it, a trace or a database of TVM's (.json), or a .loopglass project";
    notify("notice.open_failed", std::move(where), std::move(first));
    if (!view_.history->empty()) return;   // what was open stays
    view_.edited_text = *text;
    view_.text_errors = std::move(opened.errors);
    return;
  }
  if (opened.schedule_error) notify("notice.schedule_stopped", {}, std::move(opened.schedule_error));
  if (opened.is_branch) return replace_history(std::move(opened.history));
  take_up({path, *text}, std::move(opened.history));
}

void Engine::take_up(Document document, History fresh) {
  document.versions = fresh.versions().size();
  document.cursor = fresh.current()->id;
  std::optional<Shelf::Work> kept = shelf_ ? shelf_->find(document.path) : std::nullopt;
  document_ = std::move(document);
  if (!kept) return replace_history(std::move(fresh));
  if (kept->file_text == document_->text) {
    notify("notice.resumed", {});
    return replace_history(std::move(kept->history));
  }
  if (document_->path.extension() == ".loopglass") return replace_history(std::move(fresh));   // saved since, with what it holds
  notify("notice.file_changed", {});
  replace_history(open_source(kept->history, document_->path.string(), document_->text).history);
}

Result<void> Engine::keep_work() const {
  if (!shelf_ || !document_ || document_->path.empty() || document_->path == "-" || view_.history->empty()) return {};
  const History& history = *view_.history;
  if (history.versions().size() != document_->versions || history.current()->id != document_->cursor) return shelf_->keep(document_->path, {history, document_->text});
  shelf_->drop(document_->path);
  return {};
}

void Engine::replace_history(History history) {
  texts_.clear();
  accesses_.clear();
  figures_.clear();
  view_.traffic.clear();
  view_.row_pitch.clear();
  view_.compared_with = -1;
  view_.edited_text.clear();
  view_.text_errors.clear();
  view_.text_left_out.reset();
  view_.duel.reset();
  typing_.reset();
  if (journal_) journal_->start(history);
  show(std::move(history));
}

void Engine::handle(const EditText& command) {
  clear_passing();
  view_.edited_text = command.text;
  const Version* now = view_.version();
  if (!typing_ || (typing_->root >= 0 && !(now->id == typing_->root && view_.history->versions().size() == typing_->versions)))
    typing_ = Typing{now ? now->id : -1};   // a step was taken, or the cursor moved, since the last letter
  const History before = before_edit();
  Opened opened = open_source(before, now ? now->source->path : std::string(), command.text, {}, now ? now->source->function : std::string(), typing_->from);
  view_.text_errors = std::move(opened.errors);
  view_.text_left_out.reset();
  if (!view_.text_errors.empty()) return;
  Beside beside = read_beside(command.text);
  view_.text_errors = std::move(beside.errors);
  view_.text_left_out = beside.left_out;
  if (!view_.text_errors.empty()) return;
  const auto is_edited = [&](const Version& version) {
    return ir::structural_equal(opened.history.current()->schedule.module(), version.schedule.module());
  };
  if (now && is_edited(*now)) return;   // only the layout of the text changed
  const int kept = static_cast<int>(before.versions().size());
  if (typing_->root >= 0) forget_versions_from(kept);
  typing_->root = -1;
  if (now && is_edited(*before.current())) {   // all is as it was
    if (journal_) journal_->move_cursor(before.current()->id);
    return show(before);
  }
  if (opened.schedule_error) notify("notice.schedule_stopped", {}, std::move(opened.schedule_error));
  if (journal_) journal_->add_versions(opened.history, kept);
  typing_ = Typing{typing_->from, opened.history.current()->id, opened.history.versions().size()};
  show(std::move(opened.history));
}

History Engine::before_edit() const {
  if (typing_->root < 0 || typing_->from < 0) return *view_.history;
  return view_.history->first(typing_->root).at_cursor(typing_->from);
}

void Engine::forget_versions_from(int id) {
  texts_.erase(texts_.lower_bound(id), texts_.end());
  accesses_.erase(accesses_.lower_bound(id), accesses_.end());
  figures_.erase(figures_.lower_bound(id), figures_.end());
  view_.traffic.erase(view_.traffic.lower_bound(id), view_.traffic.end());
  if (view_.duel && std::max(view_.duel->first, view_.duel->second) >= id) view_.duel.reset();
  if (journal_) journal_->keep_first(id);
}

void Engine::handle(const EndEdit& command) {
  clear_passing();
  const std::optional<Typing> typing = std::exchange(typing_, std::nullopt);
  view_.edited_text.clear();
  view_.text_errors.clear();
  view_.text_left_out.reset();
  if (!command.discard || !typing || typing->from < 0 || typing->root < 0 || view_.version()->id != typing->root) return;
  if (journal_) journal_->move_cursor(typing->from);
  show(view_.history->at_cursor(typing->from));
}

void Engine::handle(const ChooseModule& command) {
  clear_passing();
  const Version* now = view_.version();
  if (!now) return;
  Opened opened = open_source(*view_.history, now->source->path, now->source->text, command.module, command.function);
  if (!opened.errors.empty()) return notify("notice.open_failed", {{"path", now->source->path}}, opened.errors.front());
  if (journal_) journal_->add_versions(opened.history, static_cast<int>(view_.history->versions().size()));
  show(std::move(opened.history));
}

void Engine::handle(const SaveProject& command) {
  if (Result<void> saved = save_and_read_back(*view_.history, command.path); !saved)
    return notify("notice.save_failed", {{"path", command.path.string()}}, std::move(saved).error());
  notify("notice.saved", {{"path", command.path.string()}});
}

}  // namespace loopglass::app
