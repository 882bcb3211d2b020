// The program behind the window: owns the engine thread, the jobs and the worker's client. The window sends commands and takes over views.
#pragma once

#include <functional>

#include "app/model/command.h"
#include "app/model/view.h"

namespace loopglass::app {

struct SessionOptions {
  std::filesystem::path worker;             // loopglass-worker; empty: nothing is measured (layout tests)
  std::filesystem::path state_directory;    // for the journal; empty: none is kept
  std::filesystem::path kernel_directory;   // of compiled kernels; empty: none are kept
  double budget_s = 0.5;                    // of one measurement
  int threads = 1;
  bool cold = false;                        // times with empty caches before each call
  // Makes what is_drawn (export.h); null: nothing can. Called from the engine's thread.
  std::function<Result<std::string>(const View&, const ExportAs&)> draw;
};

class Engine;

class Session {
 public:
  // `wake` is called from other threads whenever a new view is ready (glfwPostEmptyEvent).
  Session(SessionOptions options, std::function<void()> wake);
  ~Session();

  void send(Command command);
  // Takes over the newest view; true where it changed since the last call. Where a step is under way, waits for the program that it makes, and where a moment
  // is looked up, for that, for half a frame at most: to draw the one before once more would take longer.
  bool update();
  // A command that leads to another version has been sent, and the view is still of the one before.
  bool awaits_version() const { return shown_->answers.versions < sent_.versions; }
  // A moment has been asked for, and the view is still of the one before.
  bool awaits_moment() const { return shown_->answers.moments < sent_.moments; }
  const View& view() const { return *shown_; }
  // Waits until every command sent is carried out and every job has ended (tests, --tour); false on time-out.
  bool settle(std::chrono::milliseconds timeout);

 private:
  std::shared_ptr<const View> shown_;
  Answers sent_;   // what all commands lead to
  std::unique_ptr<Engine> engine_;
};

}  // namespace loopglass::app
