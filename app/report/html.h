// The report of a schedule as one page of HTML that needs nothing else: steps, times, text, loop tree, pictures, figures, and how to get it again in
// TVM. In English and Chinese, of which the reader sees one; also well-formed XML.
#pragma once

#include "app/model/pictures.h"
#include "app/model/view.h"
#include "app/report/facts.h"
#include "app/report/html_text.h"
#include "engine/locality/cache_model.h"

namespace loopglass::report {

// Errors: what the export of the schedule to Python gives; BadArgument for a mode that is not known.
Result<std::string> html_of(const app::View& view, const app::PictureChoice& choice, const Facts& facts);

// What a program is called: its function, or its module where that is called main.
std::string program_name(const app::Version& version);

// One version on the way from the start to the current one, with what is known of it.
struct Row {
  const app::Version* version = nullptr;
  const app::Measurement* measured = nullptr;   // null: not measured
  const app::Traffic* traffic = nullptr;        // null: not simulated
  // The time, where there is one.
  const measure::TimeEstimate* time() const;
};

inline constexpr int64_t kEnoughSamples = 6;   // fewer have no interval at 95 %
// "1.30 ms – 1.34 ms", the interval of a median; how few calls there were where they are too few for one.
std::string spread_text(const measure::TimeEstimate& time, const ui::Locale& words);

// What the page's parts are made of.
struct Contents {
  const app::View& view;
  const app::PictureChoice& choice;
  const Facts& facts;
  Languages say;
  std::vector<locality::CacheLevel> levels;
  std::vector<Row> rows;                        // the start first
};

// The page's parts, in its order; each an element or nothing.
std::string title_html(const Contents& contents);
std::string headline_html(const Contents& contents);
std::string machine_html(const Contents& contents);
std::string steps_html(const Contents& contents);
std::string changes_html(const Contents& contents);
std::string program_html(const Contents& contents);
Result<std::string> memory_html(const Contents& contents);
Result<std::string> again_html(const Contents& contents);

}  // namespace loopglass::report
