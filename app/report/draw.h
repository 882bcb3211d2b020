// What a person sees of a schedule as a file: a page that stands alone, or the memory's pictures.
#pragma once

#include <functional>

#include "app/model/command.h"
#include "app/model/view.h"
#include "app/report/facts.h"

namespace loopglass::report {

// The bytes of `format` (html, svg, png) of the view's current version. Nothing is counted, simulated or measured for it: the page says of what is
// not known that it is not. Errors: BadArgument (no such format or mode; nothing counted yet), what the export of the schedule gives.
Result<std::string> draw(const app::View& view, const std::string& format, const app::PictureChoice& choice, const Facts& facts);

// The same for app::SessionOptions::draw, of this machine: its facts are read when something is drawn first. `threads`: that kernels run on.
std::function<Result<std::string>(const app::View&, const app::ExportAs&)> drawer(std::filesystem::path assets, int threads);

}  // namespace loopglass::report
