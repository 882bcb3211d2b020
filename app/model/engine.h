// The engine thread: carries out commands in order, takes in what jobs and the worker have finished, and publishes a new View after each.
#pragma once

#include <atomic>
#include <deque>

#include "app/model/cache_levels.h"
#include "app/model/job_slot.h"
#include "app/model/journal.h"
#include "app/model/session.h"
#include "app/model/shelf.h"

namespace loopglass::app {

class Engine {
 public:
  Engine(SessionOptions options, std::function<void()> wake);
  ~Engine();

  void send(Command command);
  std::shared_ptr<const View> published() const { return published_.load(); }
  // Waits until a view with all these answers is published.
  void wait_for(const Answers& answers, std::chrono::milliseconds patience);
  bool settle(std::chrono::milliseconds timeout);

 private:
  using Task = std::function<void()>;
  void post(Task task);
  void run();
  // The next one to do; none: the thread is asked to end.
  std::optional<Task> next_task();
  bool is_settled() const;

  // One handler per command; each leaves view_ right for the new state.
  void handle(const Start& command);
  void handle(const OpenFile& command);
  void handle(const StartAnew& command);
  void handle(const EditText& command);
  void handle(const EndEdit& command);
  void handle(const ChooseModule& command);
  void handle(const ApplyStep& command);
  void handle(const InsertStep& command);
  void handle(const SwitchStep& command);
  void handle(const DeleteStep& command);
  void handle(const MoveStep& command);
  void handle(const ChangeStep& command);
  void handle(const RemoveDeadSteps& command);
  void handle(const PreviewStep& command);
  void handle(const ClearPreview& command);
  void handle(const Undo& command);
  void handle(const Redo& command);
  void handle(const GoTo& command);
  void handle(const SelectNode& command);
  void handle(const SeekTo& command);
  void handle(const ShowValues& command);
  void handle(const ShowTouchers& command);
  void handle(const CompareMemory& command);
  void handle(const SetRowPitch& command);
  void handle(const RunDuel& command);
  void handle(const SaveProject& command);
  void handle(const ExportAs& command);
  void handle(const MeasureAgain& command);
  void handle(const MeasureCold& command);

  // What is open: a file as it was read, and where its own history ends.
  struct Document {
    std::filesystem::path path;
    std::string text;
    size_t versions = 0;
    int cursor = 0;
  };
  void open(const std::filesystem::path& path);
  // Opens a file's history, or the work that is kept on it.
  void take_up(Document document, History fresh);
  // Puts the work on what is open on the shelf, where there is any. Error: FileError.
  Result<void> keep_work() const;
  void replace_history(History history);
  // The history without the root that this edit of the text has made so far, the cursor where the edit began.
  History before_edit() const;
  void forget_versions_from(int id);
  void edit(const std::function<Result<History>()>& change);
  // Goes to a version: its texts, its accesses, its time.
  void show(History history);
  std::shared_ptr<const Texts> texts_of(const Version& version);
  Result<std::string> machine_code_of(const Version& version, const std::string& format) const;
  void request_access(const Version& version);
  void request_preview_footprints();
  void request_misses(const Version& version);
  // What is told of the misses until those are there.
  void request_estimate(const Version& version);
  // What ShowValues asks for, of the current version.
  void request_values();
  // What ShowTouchers asks for, in the current version.
  void request_touchers();
  // The accesses and misses of the version that CompareMemory asks for, where they are not there yet.
  void request_compared();
  // The row pitches that there are buffers for in a function.
  std::map<std::string, int64_t> row_pitches_of(const ir::Function& function) const;
  // Looks up what seek_ asks for in the current version; false where there is nothing to look it up in.
  bool request_instant();
  void request_time(const Version& version, std::chrono::steady_clock::time_point gesture);
  void take_events();
  void take_event(const measure::Event& event);
  void notify(std::string key, std::vector<std::pair<std::string, std::string>> values, std::optional<Diagnostic> error = {});
  void clear_passing();
  void publish();

  struct Running {
    uint64_t time_key;
    std::chrono::steady_clock::time_point gesture;
    bool is_duel;
  };

  const SessionOptions options_;
  const std::function<void()> wake_;

  // Of the engine thread alone.
  View view_;
  std::map<int, std::shared_ptr<const Texts>> texts_;                      // by version id
  std::map<int, std::shared_ptr<const locality::Access>> accesses_;        // by version id
  std::optional<ElementQuantity> values_of_;                               // what is shown of each element
  std::optional<BufferElement> touchers_of_;                               // whose touchers are shown
  std::optional<SeekTo> seek_;                                             // the moment that is shown
  bool seek_is_of_another_ = false;                                        // it was asked of another version: what counts is seek_part_
  double seek_part_ = 0;                                                   // of all accesses that the moment last shown is
  std::shared_ptr<std::optional<Moments>> moments_;                        // of the current version; made and used by seek_job_ alone
  std::shared_ptr<locality::CacheHistory> history_of_caches_;              // of the current version; null: not there yet
  std::map<int, std::shared_ptr<const MemoryFigures>> figures_;            // by version id
  std::map<uint64_t, Running> running_;                                    // by request
  std::optional<uint64_t> current_request_;
  Quiet quiet_;                                                            // after each gesture
  std::optional<Journal> journal_;
  struct Typing {
    int from = -1;        // the version whose text is edited
    int root = -1;        // what is made of it so far, -1: nothing yet
    size_t versions = 0;  // in the history when that was made
  };
  std::optional<Typing> typing_;
  std::optional<Shelf> shelf_;
  std::optional<Document> document_;

  std::chrono::steady_clock::time_point published_at_;                     // the last view
  std::optional<std::chrono::steady_clock::time_point> due_;               // when the next one is: nothing has changed since where there is none
  std::chrono::steady_clock::time_point changed_at_;                       // where something has: the first of it, or the first that is awaited
  bool is_awaited_ = false;                                                // something of it is
  bool can_wait_ = false;                                                  // what the task that runs changes: nobody waits for it
  uint64_t seeks_begun_ = 0;                                               // SeekTo commands carried out: their moments come later

  std::atomic<std::shared_ptr<const View>> published_;
  std::atomic<uint64_t> newest_preview_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;                                        // woken once the lock is free (job_slot.h)
  std::deque<Task> tasks_;
  bool busy_ = false, is_ending_ = false;
  std::atomic<int> requests_under_way_{0};

  std::unique_ptr<measure::Client> client_;
  const std::vector<locality::CacheLevel> cache_levels_ = cache_levels(measure::read_machine());
  JobSlot misses_job_{JobSlot::Priority::Later, &quiet_};
  JobSlot estimate_job_{JobSlot::Priority::Later, &quiet_};
  JobSlot access_job_{JobSlot::Priority::Soon};
  JobSlot preview_job_{JobSlot::Priority::Soon};
  JobSlot touched_job_{JobSlot::Priority::Soon};
  JobSlot seek_job_{JobSlot::Priority::AtOnce};
  JobSlot values_job_{JobSlot::Priority::Soon};
  JobSlot touchers_job_{JobSlot::Priority::Soon};
  JobSlot compared_job_{JobSlot::Priority::Later, &quiet_};
  std::thread thread_;   // last: uses the rest
};

}  // namespace loopglass::app
