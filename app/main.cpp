// loopglass: the window, or a subcommand without one.
#include <fmt/format.h>

#include "app/command_line/command_line.h"
#include "app/command_line/input.h"
#include "app/ui/edits.h"
#include "app/ui/run_window.h"
#include "app/ui/seeks.h"
#include "app/ui/tour.h"

int main(int argc, char** argv) {
  using namespace loopglass;
  int exit_code = 0;
  const std::optional<app::WindowOptions> options = app::parse_command_line(argc, argv, exit_code);
  if (!options) return exit_code;
  const Result<void> ran = options->tour    ? ui::run_tour(*options->tour, options->language)
                           : options->edits ? ui::run_edits(*options->edits, options->edit_count, options->language)
                           : options->seeks ? ui::run_seeks(*options->seeks, options->seek_extent, options->language)
                                            : ui::run_window(options->file.value_or(""), options->language);
  if (ran) return app::kDone;
  fmt::print(stderr, "{}", render(ran.error(), "loopglass", {}));
  return app::kInputWrong;
}
