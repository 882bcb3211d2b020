#include "app/model/session.h"

#include <atomic>

#include "app/model/engine.h"

namespace loopglass::app {

namespace {
constexpr std::chrono::milliseconds kAnswerPatience(8);
}

Session::Session(SessionOptions options, std::function<void()> wake)
    : engine_(std::make_unique<Engine>(std::move(options), std::move(wake))) {
  update();
}

Session::~Session() = default;

void Session::send(Command command) {
  sent_.versions += leads_to_version(command);
  sent_.moments += std::holds_alternative<SeekTo>(command);
  engine_->send(std::move(command));
}

bool Session::update() {
  engine_->wait_for(sent_, kAnswerPatience);
  const std::shared_ptr<const View> newest = engine_->published();
  if (newest == shown_) return false;
  shown_ = newest;
  return true;
}

bool Session::settle(std::chrono::milliseconds timeout) {
  const bool settled = engine_->settle(timeout);
  update();
  return settled;
}

}  // namespace loopglass::app
