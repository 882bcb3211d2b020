// Compiled kernels on disk: by the store alone, and by the real worker.
#include "engine/measure/kernel_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "engine/measure/client.h"
#include "tests/measure/programs.h"

namespace loopglass::measure {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Directory {
 public:
  Directory() {
    std::string name = (fs::temp_directory_path() / "kernelsXXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path_)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }

 private:
  fs::path path_;
};

void put(const KernelStore& store, const std::string& key, const std::string& bytes) {
  auto draft = store.begin(key);
  ASSERT_TRUE(draft);
  const FileDescriptor file = draft->take_file();
  ASSERT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  store.keep(*std::move(draft));
}

TEST(KernelStore, KeepsWhatIsWhole) {
  const Directory directory;
  const KernelStore store(directory.path() / "kernels");
  EXPECT_FALSE(store.find("a"));
  {
    const auto draft = store.begin("a");
    EXPECT_TRUE(draft);
    EXPECT_FALSE(store.find("a")) << "nobody sees it before it is whole";
  }
  EXPECT_TRUE(fs::is_empty(directory.path() / "kernels")) << "what was not kept is gone";
  put(store, "a", "code");
  EXPECT_TRUE(store.find("a"));
  store.forget("a");
  EXPECT_FALSE(store.find("a"));
}

TEST(KernelStore, ThrowsAwayTheLeastRecentlyUsed) {
  const Directory directory;
  const KernelStore store(directory.path(), 250);
  const auto age = [&](const std::string& key, int hours) {
    fs::last_write_time(directory.path() / (key + ".kernel"), fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  put(store, "old", std::string(100, 'x'));
  put(store, "used", std::string(100, 'x'));
  age("old", 1);
  age("used", 2);
  EXPECT_TRUE(store.find("used"));
  put(store, "new", std::string(100, 'x'));
  EXPECT_FALSE(store.find("old"));
  EXPECT_TRUE(store.find("used"));
  EXPECT_TRUE(store.find("new"));
}

TEST(KernelStore, IsOfNoUseWhereNothingCanBeWritten) {
  const Directory directory;
  std::ofstream(directory.path() / "file") << "in the way";
  EXPECT_FALSE(KernelStore(directory.path() / "file").begin("a"));
}

struct Outcome {
  std::vector<Compiled> compiled;
  std::optional<Timed> timed;
};

// A request to a worker that has just been started.
Outcome run_afresh(const fs::path& kernels, const std::string& text) {
  Client client(LOOPGLASS_WORKER, kernels);
  Request request;
  request.module = parse(text);
  request.function = request.module->functions.front().name;
  request.budget_s = 0.02;
  client.submit(std::move(request));
  Outcome outcome;
  while (true)
    for (Event& event : client.wait(1s)) {
      if (const auto* error = std::get_if<Diagnostic>(&event.what)) {
        ADD_FAILURE() << error->message;
        return outcome;
      }
      if (auto* compiled = std::get_if<Compiled>(&event.what)) outcome.compiled.push_back(std::move(*compiled));
      if (auto* timed = std::get_if<Timed>(&event.what); timed && timed->final) {
        outcome.timed = std::move(*timed);
        return outcome;
      }
    }
}

TEST(KernelsOnDisk, AreLoadedByTheNextWorker) {
  const Directory directory;
  const Outcome first = run_afresh(directory.path(), mm_relu());
  ASSERT_EQ(first.compiled.size(), 3u) << "quick, optimised, with its assembly";
  EXPECT_FALSE(first.compiled.back().cached);
  EXPECT_EQ(directory.files().size(), 2u) << "the program and its reference";
  const Outcome second = run_afresh(directory.path(), mm_relu());
  ASSERT_EQ(second.compiled.size(), 2u) << "no quick code: the optimised is there";
  EXPECT_TRUE(second.compiled.front().cached);
  EXPECT_EQ(second.compiled.back().assembly, first.compiled.back().assembly);
  EXPECT_EQ(second.compiled.back().assembly_lines, first.compiled.back().assembly_lines);
  EXPECT_EQ(second.compiled.back().llvm_ir, first.compiled.back().llvm_ir);
  ASSERT_TRUE(second.timed && second.timed->profile);
  EXPECT_FALSE(second.timed->profile->statements.empty()) << "the line table came along";
  EXPECT_EQ(directory.files().size(), 2u);
}

TEST(KernelsOnDisk, ThatAreDamagedAreMadeAgain) {
  const Directory directory;
  run_afresh(directory.path(), mm_relu());
  const auto files = directory.files();
  ASSERT_EQ(files.size(), 2u);
  const auto size = fs::file_size(files[0]);
  std::fstream(files[0], std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<std::streamoff>(size / 2)).put('~');
  fs::resize_file(files[1], fs::file_size(files[1]) / 2);
  EXPECT_FALSE(run_afresh(directory.path(), mm_relu()).compiled.front().cached);
  EXPECT_TRUE(directory.files().empty()) << "of no use";
  run_afresh(directory.path(), mm_relu());
  EXPECT_TRUE(run_afresh(directory.path(), mm_relu()).compiled.front().cached);
}

}  // namespace
}  // namespace loopglass::measure
