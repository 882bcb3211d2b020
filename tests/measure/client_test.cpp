// The client against a worker that does as its requests' functions are named (scripted_worker.cpp).
#include "engine/measure/client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <thread>

namespace loopglass::measure {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const fs::path kWorker = LOOPGLASS_SCRIPTED_WORKER;

ir::Module module_with(const std::string& function) {
  const ir::Var i = ir::make_var("i");
  const ir::Buffer a = ir::make_buffer({.name = "A", .dtype = ir::kFloat32, .shape = {ir::make_int(8)}});
  auto f = std::make_shared<ir::PrimFunc>();
  f->params = {{ir::make_var("a", ir::kHandle), a}};
  f->body = ir::make_for(i, ir::make_int(0), ir::make_int(8), ir::ForKind::Serial, ir::make_store(a, ir::make_float(1), {i}));
  return ir::make_module({.functions = {{function, f}}});
}

Request request_of(const std::string& function) {
  Request request;
  request.module = module_with(function);
  request.function = function;
  return request;
}

// Every event of the requests until each has ended, in order.
using Log = std::map<uint64_t, std::vector<Event>>;
bool ended(const std::vector<Event>& events, bool compile_only) {
  if (events.empty()) return false;
  const auto& last = events.back().what;
  const auto* timed = std::get_if<Timed>(&last);
  return std::holds_alternative<Diagnostic>(last) || (timed && timed->final) || (compile_only && std::holds_alternative<Compiled>(last));
}

Log wait_for(Client& client, const std::vector<uint64_t>& ids, bool compile_only = false) {
  Log log;
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  const auto all_ended = [&] { return std::all_of(ids.begin(), ids.end(), [&](uint64_t id) { return ended(log[id], compile_only); }); };
  while (!all_ended() && std::chrono::steady_clock::now() < give_up)
    for (Event& event : client.wait(1s)) log[event.request].push_back(std::move(event));
  EXPECT_TRUE(all_ended());
  return log;
}

std::vector<Event> run(Client& client, Request request) {
  const bool compile_only = request.compile_only;
  const uint64_t id = client.submit(std::move(request));
  return wait_for(client, {id}, compile_only)[id];
}

DiagnosticKind kind_of(const Event& event) { return std::get<Diagnostic>(event.what).kind; }
const Timed& time_of(const std::vector<Event>& events) { return std::get<Timed>(events.back().what); }

TEST(Client, GivesTheEventsInOrder) {
  Client client(kWorker);
  const auto events = run(client, request_of("fine"));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(std::get<Compiled>(events[0].what).target, "none");
  EXPECT_TRUE(std::get<Verified>(events[1].what).ok);
  EXPECT_TRUE(time_of(events).final);
  EXPECT_EQ(client.confinement(), std::vector<std::string>{"scripted"});
}

TEST(Client, CompilesAlone) {
  Client client(kWorker);
  Request request = request_of("fine");
  request.compile_only = true;
  const auto events = run(client, request);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_NE(std::get<Compiled>(events[0].what).assembly.find("def fine"), std::string::npos) << "the program came as TVMScript";
  EXPECT_EQ(run(client, request_of("fine")).size(), 3u) << "and it is at an end";
}

TEST(Client, AsksForAnInterleavedRunWhereThereIsSomethingToCompareWith) {
  Client client(kWorker);
  Request request = request_of("fine");
  EXPECT_FALSE(time_of(run(client, request)).against);
  request.against = module_with("another_name");
  EXPECT_TRUE(time_of(run(client, request)).against) << "its only function is meant";
}

TEST(Client, SendsInputsAsOpenFiles) {
  const fs::path folder = fs::path(testing::TempDir()) / ("loopglass_client_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a") << '\1';
  std::ofstream(folder / "b") << '\2';
  Client client(kWorker);
  Request request = request_of("fine");
  request.inputs = {{"A", folder / "a"}, {"B", folder / "b"}};
  EXPECT_EQ(time_of(run(client, request)).flops, 1002);
  EXPECT_EQ(time_of(run(client, request)).flops, 1002) << "each request has its own";
  request.inputs.emplace_back("C", folder / "missing.npy");
  const auto events = run(client, request);
  EXPECT_EQ(kind_of(events.back()), DiagnosticKind::FileError);
  EXPECT_NE(std::get<Diagnostic>(events.back().what).message.find("missing.npy"), std::string::npos);
  request.inputs = {{"A", folder}};
  EXPECT_EQ(kind_of(run(client, request).back()), DiagnosticKind::FileError) << "a folder is no input";
  fs::remove_all(folder);
}

TEST(Client, AWorkerThatCrashesIsReportedAndReplaced) {
  Client client(kWorker);
  const int64_t first = time_of(run(client, request_of("fine"))).bytes_min;   // the scripted worker puts its process id here
  const auto events = run(client, request_of("crash"));
  EXPECT_EQ(kind_of(events.back()), DiagnosticKind::KernelCrash);
  const std::string& message = std::get<Diagnostic>(events.back().what).message;
  EXPECT_NE(message.find("crash was run: segmentation fault"), std::string::npos) << message;
  EXPECT_NE(time_of(run(client, request_of("fine"))).bytes_min, first);
  const auto compile = run(client, request_of("crash_in_compile"));
  EXPECT_NE(std::get<Diagnostic>(compile.back().what).message.find("was compiled"), std::string::npos);
  EXPECT_EQ(kind_of(run(client, request_of("leave")).back()), DiagnosticKind::KernelCrash);
  EXPECT_EQ(kind_of(run(client, request_of("eaten")).back()), DiagnosticKind::KernelMemory);
}

TEST(Client, CrashesOneAfterTheOtherLoseNothing) {
  Client client(kWorker);
  std::vector<uint64_t> ids;
  for (int i = 0; i < 8; ++i) {
    ids.push_back(client.submit(request_of("crash")));
    ids.push_back(client.submit(request_of("fine")));
  }
  Log log = wait_for(client, ids);
  for (size_t i = 0; i < ids.size(); i += 2) {
    EXPECT_EQ(kind_of(log[ids[i]].back()), DiagnosticKind::KernelCrash);
    EXPECT_TRUE(time_of(log[ids[i + 1]]).final);
  }
}

// Processes that this one has started and that live.
size_t workers() {
  size_t found = 0;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    found += static_cast<size_t>(std::distance(std::istream_iterator<int>(children), std::istream_iterator<int>()));
  }
  return found;
}

TEST(Client, NoSpareStartsWhileAHandIsAtWork) {
  Client client(kWorker);
  client.hold_spare(1h);
  for (int i = 0; i < 3; ++i) run(client, request_of("crash"));   // of a spare there was one at most
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final) << "what is needed is started at once";
  EXPECT_EQ(workers(), 1u);
}

TEST(Client, ASpareStartsOnceTheHandRests) {
  Client client(kWorker);
  client.hold_spare(1ms);
  run(client, request_of("crash"));
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final);
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (workers() < 2 && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(workers(), 2u);
}

TEST(Client, ADeadlineEndsWhatNeverEnds) {
  Client client(kWorker);
  Request request = request_of("endless");
  request.deadline_s = 0.2;
  const auto events = run(client, request);
  EXPECT_EQ(kind_of(events.back()), DiagnosticKind::KernelDeadline);
  EXPECT_NE(std::get<Diagnostic>(events.back().what).message.find("endless has not ended after 0.2 s"), std::string::npos);
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final);
}

TEST(Client, CancelIsPoliteFirst) {
  Client client(kWorker);
  const int64_t worker = time_of(run(client, request_of("fine"))).bytes_min;
  const uint64_t id = client.submit(request_of("until_cancelled"));
  client.cancel(id);
  Log log = wait_for(client, {id});
  EXPECT_EQ(kind_of(log[id].back()), DiagnosticKind::Cancelled);
  // On a machine so busy that the worker had no turn for 100 ms it was killed, which is right too.
  if (std::get<Diagnostic>(log[id].back().what).message == "politely") {
    EXPECT_EQ(time_of(run(client, request_of("fine"))).bytes_min, worker) << "the worker lives on";
  }
}

TEST(Client, CancelKillsWhatDoesNotListen) {
  Client client(kWorker);
  const uint64_t id = client.submit(request_of("endless"));
  while (client.wait(1s).empty()) {
  }
  const auto asked = std::chrono::steady_clock::now();
  client.cancel(id);
  client.cancel(id);
  Log log = wait_for(client, {id});
  EXPECT_GE(std::chrono::steady_clock::now() - asked, 100ms) << "the call in flight has its grace";
  EXPECT_EQ(kind_of(log[id].back()), DiagnosticKind::Cancelled);
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final);
}

TEST(Client, WhatIsQueuedIsCancelledWithoutBeingStarted) {
  Client client(kWorker);
  const uint64_t running = client.submit(request_of("until_cancelled"));
  const uint64_t queued = client.submit(request_of("crash"));
  client.cancel(queued);
  Log log = wait_for(client, {queued});
  ASSERT_EQ(log[queued].size(), 1u);
  EXPECT_EQ(kind_of(log[queued][0]), DiagnosticKind::Cancelled);
  client.cancel(running);
  wait_for(client, {running});
  client.cancel(running);   // of what has ended: nothing happens
  client.cancel(12345);
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final);
}

// A hand that drags a slider: each new request cancels the one before it. Each ends exactly once, and the last one runs.
TEST(Client, ManyQuickSubmits) {
  Client client(kWorker);
  std::vector<uint64_t> ids;
  for (int i = 0; i < 200; ++i) {
    ids.push_back(client.submit(request_of(i % 3 ? "until_cancelled" : "fine")));
    if (i > 0) client.cancel(ids[i - 1]);
  }
  ids.push_back(client.submit(request_of("fine")));
  client.cancel(ids[ids.size() - 2]);
  Log log = wait_for(client, ids);
  for (const uint64_t id : ids) {
    int ends = 0;
    for (size_t n = 1; n <= log[id].size(); ++n) ends += ended({log[id].begin(), log[id].begin() + n}, false);
    EXPECT_EQ(ends, 1) << "request " << id;
  }
  EXPECT_TRUE(time_of(log[ids.back()]).final);
}

TEST(Client, AFloodOfEventsArrivesWhole) {
  Client client(kWorker);
  EXPECT_EQ(run(client, request_of("flood")).size(), 20'003u);
}

TEST(Client, NonsenseFromTheWorkerIsADiagnostic) {
  Client client(kWorker);
  EXPECT_EQ(kind_of(run(client, request_of("nonsense")).back()), DiagnosticKind::ProtocolError);
  EXPECT_TRUE(time_of(run(client, request_of("fine"))).final);
}

TEST(Client, AFunctionThatIsNotThereIsADiagnostic) {
  Client client(kWorker);
  Request request = request_of("fine");
  request.function = "absent";
  EXPECT_EQ(kind_of(run(client, request).back()), DiagnosticKind::BadArgument);
}

TEST(Client, WakesWhoeverWaits) {
  std::atomic<int> woken = 0;
  Client client(kWorker);
  client.on_event([&] { ++woken; });
  run(client, request_of("fine"));
  EXPECT_GE(woken, 1);
  client.on_event(nullptr);
}

TEST(Client, CanBeDroppedWhileAKernelRuns) {
  Client client(kWorker);
  client.submit(request_of("endless"));
  while (client.wait(1s).empty()) {
  }
}

class WorkerThatDoesNotStart : public testing::TestWithParam<const char*> {};

TEST_P(WorkerThatDoesNotStart, FailsEachRequestWithTheReason) {
  const fs::path folder = fs::path(testing::TempDir()) / ("loopglass_start_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const fs::path worker = folder / GetParam();
  if (worker.filename() != "missing") fs::create_symlink(kWorker, worker);
  {
    Client client(worker);
    for (int i = 0; i < 3; ++i) {
      const auto events = run(client, request_of("fine"));
      ASSERT_EQ(events.size(), 1u);
      const bool spoke = std::string_view(GetParam()).starts_with("speaks");
      EXPECT_EQ(kind_of(events[0]), spoke ? DiagnosticKind::ProtocolError : DiagnosticKind::FileError);
    }
  }
  fs::remove_all(folder);
}
INSTANTIATE_TEST_SUITE_P(Client, WorkerThatDoesNotStart,
                         testing::Values("missing", "dies_at_start", "speaks_another_protocol", "speaks_nonsense"));

}  // namespace
}  // namespace loopglass::measure
