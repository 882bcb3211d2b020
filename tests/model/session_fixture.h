// A session without a window, whose views are looked at once it has settled.
#pragma once

#include <gtest/gtest.h>

#include "app/model/session.h"
#include "tests/model/program.h"

namespace loopglass::app {

inline const char* const kFile = LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py";

inline schedule::Value split_by(int64_t factor) { return {schedule::ValueList{{}, {factor}}}; }

class SessionTest : public ::testing::Test {
 protected:
  void start(SessionOptions options = {}) { session_ = std::make_unique<Session>(std::move(options), nullptr); }
  const View& after(Command command) {
    session_->send(std::move(command));
    EXPECT_TRUE(session_->settle(std::chrono::seconds(30)));
    return session_->view();
  }
  const ir::Module& module() const { return session_->view().version()->schedule.module(); }
  StepRequest split_j(int64_t factor) const { return {schedule::find_primitive("split"), {loop_named(module(), "j"), split_by(factor)}}; }
  std::unique_ptr<Session> session_;
};

}  // namespace loopglass::app
