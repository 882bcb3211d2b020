#include "tests/report/xml.h"

#include <algorithm>
#include <set>
#include <vector>

namespace loopglass::report {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    if (text_.starts_with("<!DOCTYPE html>")) at_ = 15;
    while (at_ < text_.size() && error_.empty()) text_[at_] == '<' ? tag() : letter();
    if (error_.empty() && !open_.empty()) fail("<" + open_.back() + "> is never closed");
    if (error_.empty() && roots_ != 1) fail("not one root");
    return error_.empty() ? std::nullopt : std::optional(error_);
  }

 private:
  void fail(const std::string& what) {
    if (error_.empty()) error_ = what + " near: " + std::string(text_.substr(at_ > 60 ? at_ - 60 : 0, 120));
  }
  void letter() {
    if (text_[at_] == '&') entity();
    else if (open_.empty() && !std::isspace(static_cast<unsigned char>(text_[at_]))) fail("text outside the root");
    ++at_;
  }
  void entity() {
    constexpr std::string_view kKnown[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    if (std::ranges::none_of(kKnown, [&](std::string_view known) { return text_.substr(at_).starts_with(known); })) fail("an & that begins no entity");
  }
  std::string name() {
    const size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '-' || text_[at_] == ':')) ++at_;
    if (from == at_) fail("no name");
    return std::string(text_.substr(from, at_ - from));
  }
  void spaces() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool takes(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }
  void tag() {
    ++at_;
    if (takes("/")) return close();
    const std::string element = name();
    std::set<std::string> seen;
    while (error_.empty()) {
      spaces();
      const bool is_closed = takes("/");
      if (takes(">")) {
        roots_ += open_.empty();
        if (!is_closed) open_.push_back(element);
        return;
      }
      attribute(seen);
    }
  }
  void attribute(std::set<std::string>& seen) {
    if (!seen.insert(name()).second) fail("an attribute twice");
    if (!takes("=\"")) return fail("an attribute without a value");
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '<') return fail("< in an attribute");
      if (text_[at_] == '&') entity();
      ++at_;
    }
    ++at_;
  }
  void close() {
    const std::string element = name();
    if (open_.empty() || open_.back() != element) return fail("</" + element + "> closes nothing");
    open_.pop_back();
    if (!takes(">")) fail("a tag without an end");
  }

  std::string_view text_;
  size_t at_ = 0;
  int roots_ = 0;
  std::vector<std::string> open_;
  std::string error_;
};

}  // namespace

std::optional<std::string> xml_error(std::string_view text) { return Reader(text).run(); }

}  // namespace loopglass::report
