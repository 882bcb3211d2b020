#include "engine/measure/worker/thread_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <set>

namespace loopglass::measure {
namespace {

struct Taken {
  std::mutex mutex;
  std::vector<std::pair<int64_t, int64_t>> chunks;
  std::set<std::thread::id> threads;
};
void note(void* closure, int64_t begin, int64_t end) {
  auto& run = *static_cast<Taken*>(closure);
  const std::lock_guard lock(run.mutex);
  run.chunks.emplace_back(begin, end);
  run.threads.insert(std::this_thread::get_id());
}
std::vector<std::pair<int64_t, int64_t>> chunks_of(ThreadPool& pool, int64_t extent) {
  Taken run;
  ThreadPool::parallel_for(&pool, extent, note, &run);
  std::sort(run.chunks.begin(), run.chunks.end());
  return run.chunks;
}
using Chunks = std::vector<std::pair<int64_t, int64_t>>;

TEST(ThreadPool, CutsIntoContiguousChunksAsTheModelDoes) {
  ThreadPool pool(3);
  EXPECT_EQ(pool.threads(), 3);
  EXPECT_EQ(chunks_of(pool, 10), (Chunks{{0, 4}, {4, 8}, {8, 10}}));
  EXPECT_EQ(chunks_of(pool, 2), (Chunks{{0, 1}, {1, 2}}));
  EXPECT_EQ(chunks_of(pool, 1), (Chunks{{0, 1}}));
  EXPECT_EQ(chunks_of(pool, 0), Chunks{});
}

TEST(ThreadPool, OneThreadRunsAllOfItItself) {
  ThreadPool pool(1);
  EXPECT_EQ(chunks_of(pool, 10), (Chunks{{0, 10}}));
}

TEST(ThreadPool, UsesItsThreads) {
  ThreadPool pool(2);
  Taken run;
  ThreadPool::parallel_for(&pool, 2, note, &run);
  EXPECT_EQ(run.threads.size(), 2u);
}

// Every element exactly once, round after round, with sleeps between some of them so that workers wake from both kinds of wait.
TEST(ThreadPool, ManyRoundsLoseNothing) {
  ThreadPool pool(4);
  std::vector<int> counts(1000);
  for (int round = 0; round < 600; ++round) {
    pool.run(1000, [](void* c, int64_t begin, int64_t end) { for (int64_t i = begin; i < end; ++i) ++(*static_cast<std::vector<int>*>(c))[i]; }, &counts);
    if (round % 200 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  for (const int count : counts) ASSERT_EQ(count, 600);
}

struct Nested {
  ThreadPool& pool;
  std::atomic<int> inner = 0;
};
TEST(ThreadPool, ALoopInsideAChunkRunsSerially) {
  ThreadPool pool(2);
  Nested nested{pool};
  pool.run(2,
           [](void* c, int64_t begin, int64_t end) {
             for (int64_t i = begin; i < end; ++i)
               static_cast<Nested*>(c)->pool.run(5, [](void* n, int64_t b, int64_t e) { static_cast<Nested*>(n)->inner += static_cast<int>(e - b); }, c);
           },
           &nested);
  EXPECT_EQ(nested.inner, 10);
  EXPECT_EQ(chunks_of(pool, 4).size(), 2u) << "and the pool is free again";
}

}  // namespace
}  // namespace loopglass::measure
