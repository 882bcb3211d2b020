// The subcommands: each reads its options, writes its result to stdout, and gives the exit code. They throw CommandFailure.
#pragma once

#include <filesystem>

#include "app/command_line/input.h"
#include "app/model/pictures.h"
#include "engine/measure/client.h"

namespace loopglass::app {

struct PrintOptions {
  InputOptions input;
  std::string dialect = "s_tir";   // --dialect
};
int print_command(const PrintOptions& options);    // the program as it came
int replay_command(const PrintOptions& options);   // the scheduled program

struct RunOptions {
  InputOptions input;
  int threads = 1;
  std::string target;   // empty: this CPU
  bool profile = false;
  bool cold = false;
  double deadline = measure::Request{}.deadline_s;   // seconds, besides those of the timing
  double seconds = 1.0;
  uint64_t seed = 0;
  std::vector<std::string> inputs;           // NAME=FILE.npy
  std::optional<std::string> against;
  bool json = false;
};
int run_command(const RunOptions& options);

struct AccessOptions {
  InputOptions input;
  int64_t line = 64;
  int threads = 1;
  std::vector<std::string> levels;           // NAME=BYTES,WAYS; none: this machine's
  std::vector<std::string> strides;          // BUFFER=BYTES
  std::filesystem::path dump;
  bool json = false;
};
int access_command(const AccessOptions& options);

struct ExportOptions {
  InputOptions input;
  std::string format;
  std::filesystem::path output;              // empty: stdout
  PictureChoice pictures;                    // of html, svg and png
  bool no_times = false;                     // html: nothing is run
};
int export_command(const ExportOptions& options);

int machine_command(bool json);

}  // namespace loopglass::app
