#include "app/command_line/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>

#include "app/command_line/commands.h"
#include "app/model/export.h"
#include "engine/support/cpu_levels.h"

namespace loopglass::app {

namespace {

void add_input(CLI::App& command, InputOptions& input, bool with_schedule) {
  command.add_option("FILE", input.file, "a Python file with TVMScript in it, - for standard input")->required();
  command.add_option("--module", input.module, "the module's name (default: the scheduled one, else the first)");
  command.add_option("--set", input.bindings, "NAME=VALUE: a symbolic extent or scalar parameter");
  if (!with_schedule) return;
  command.add_option("--schedule", input.schedule, "a trace (JSON), a Python file with schedule statements, a project, or none; FILE:NAME picks one");
  command.add_flag("--trust", input.trust, "apply steps that TVM accepts and our own analysis finds unsound");
  command.add_flag("--no-check", input.no_check, "TVM's enable_check=False");
}

void add_function(CLI::App& command, InputOptions& input) {
  command.add_option("--function", input.function, "the function's name, or all");
}

// Every subcommand with its options; `action` is set to what the chosen one does.
class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {
    add_print();
    add_run();
    add_access();
    add_export();
    CLI::App* machine = add("machine", "cores, caches and vector extensions of this machine", [this] { return machine_command(json_); });
    machine->add_flag("--json", json_, "JSON on stdout");
  }
  std::function<int()> action;

 private:
  CLI::App* add(const char* name, const char* summary, std::function<int()> what) {
    CLI::App* command = app_.add_subcommand(name, summary);
    command->callback([this, what = std::move(what)] { action = what; });
    return command;
  }

  void add_print() {
    CLI::App* print = add("print", "the program in FILE, as TVM prints it", [this] { return print_command(print_); });
    add_input(*print, print_.input, false);
    CLI::App* replay = add("replay", "the program after its schedule", [this] { return replay_command(print_); });
    add_input(*replay, print_.input, true);
    replay->add_option("--upto", print_.input.upto, "only the first N instructions")->check(CLI::NonNegativeNumber);
    for (CLI::App* command : {print, replay})
      command->add_option("--dialect", print_.dialect, "s_tir (TVM 0.27) or tir (the course)")->check(CLI::IsMember({"s_tir", "tir"}));
  }

  void add_run() {
    CLI::App* run = add("run", "compile, verify and time a function", [this] { return run_command(run_); });
    add_input(*run, run_.input, true);
    add_function(*run, run_.input);
    run->add_option("--deadline", run_.deadline, "seconds for all but the timing")->check(CLI::PositiveNumber);
    run->add_flag("--profile", run_.profile, "where the time goes, by samples: in the JSON, for each statement");
    run->add_flag("--cold", run_.cold, "empty the caches before each call, and time each call by itself");
    run->add_option("--target", run_.target, "code for a lesser CPU than this one")->check(CLI::IsMember(cpu_levels()));
    run->add_option("--threads", run_.threads, "threads of T.parallel loops")->check(CLI::Range(1, 1024));
    run->add_option("--seconds", run_.seconds, "for sampling")->check(CLI::PositiveNumber);
    run->add_option("--seed", run_.seed, "of the inputs");
    run->add_option("--input", run_.inputs, "NAME=FILE.npy: a parameter's values");
    run->add_option("--against", run_.against, "none, a program or a schedule: an interleaved comparison");
    run->add_flag("--json", run_.json, "JSON on stdout");
  }

  void add_access() {
    CLI::App* access = add("access", "every access of a function, counted", [this] { return access_command(access_); });
    add_input(*access, access_.input, true);
    add_function(*access, access_.input);
    access->add_option("--line", access_.line, "bytes of a cache line")->check(CLI::PositiveNumber);
    access->add_option("--level", access_.levels, "NAME=BYTES,WAYS: a cache, the nearest first (default: this machine's)")
        ->allow_extra_args(false);
    access->add_option("--threads", access_.threads, "threads that parallel loops are dealt to")->check(CLI::PositiveNumber);
    access->add_option("--stride", access_.strides, "BUFFER=BYTES: the row pitch")->allow_extra_args(false);
    access->add_option("--dump", access_.dump,
                       "a folder for BUFFER.QUANTITY.npy, an int64 for each element: reads, writes; first, last (ordinals; -1: never); of the element's "
                       "line miss_LEVEL, and reuse_min, reuse_median, reuse_max (distances in lines; -1: touched once, -2: never)");
    access->add_flag("--json", access_.json, "JSON on stdout");
  }

  void add_export() {
    CLI::App* command = add("export", "the scheduled program in another form", [this] { return export_command(export_); });
    add_input(*command, export_.input, true);
    add_function(*command, export_.input);
    command->add_option("--to", export_.format, app::export_format_names())->required();
    command->add_option("-o,--out", export_.output, "the file to write (default: stdout)");
    command->add_option("--mode", export_.pictures.mode, "html, svg, png: accesses, reads, writes, first, last, the misses of a cache level (L1), reuse_min, reuse_median, reuse_max, line_use, or thread");
    command->add_flag("--logarithmic", export_.pictures.logarithmic, "html, svg, png: the scale of the pictures");
    command->add_option("--language", export_.pictures.language, "html, svg, png: zh or en (html holds both)")->check(CLI::IsMember({"zh", "en"}));
    command->add_flag("--no-times", export_.no_times, "html: run nothing, give no times");
  }

  CLI::App& app_;
  PrintOptions print_;
  RunOptions run_;
  AccessOptions access_;
  ExportOptions export_;
  bool json_ = false;
};

int carry_out(const std::function<int()>& action) {
  try {
    return action();
  } catch (const CommandFailure& failure) {
    fmt::print(stderr, "{}", failure.message);
    return failure.exit_code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "loopglass: internal error: {}\n", error.what());
    return kOwnBug;
  }
}

bool is_subcommand(const CLI::App& app, const std::string& word) {
  return !app.get_subcommands([&](const CLI::App* command) { return command->get_name() == word; }).empty();
}

}  // namespace

std::optional<WindowOptions> parse_command_line(int argc, char** argv, int& exit_code) {
  CLI::App app{"Loopglass: see what a schedule does to a tensor program"};
  WindowOptions window;
  Commands commands(app);
  app.set_version_flag("--version", "loopglass 0.1.0");
  app.require_subcommand(0, 1);
  std::string file, tour, edits, seeks;
  const bool wants_window = argc < 2 || !is_subcommand(app, argv[1]);
  if (wants_window) app.add_option("FILE", file, "the program or project to open");
  app.add_option("--tour", tour, "play the first two minutes, one PNG a step into this folder");
  app.add_option("--edits", edits, "play many edits, and write to this file how soon each had a verified time on the screen");
  app.add_option("--edit-count", window.edit_count, "how many")->check(CLI::Range(1, 100'000));
  app.add_option("--seeks", seeks, "play edits and seeks of a matmul in the memory panel, and write to this file how soon each was on the screen");
  app.add_option("--seek-extent", window.seek_extent, "of its loops")->check(CLI::IsMember({128, 256, 512, 1024}));
  app.add_option("--language", window.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    exit_code = code == 0 ? kDone : kUsageWrong;
    return std::nullopt;
  }
  if (commands.action) {
    exit_code = carry_out(commands.action);
    return std::nullopt;
  }
  if (!file.empty()) window.file = file;
  if (!tour.empty()) window.tour = tour;
  if (!edits.empty()) window.edits = edits;
  if (!seeks.empty()) window.seeks = seeks;
  return window;
}

}  // namespace loopglass::app
