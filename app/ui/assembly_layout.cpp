#include "app/ui/assembly_layout.h"

#include <algorithm>
#include <map>

namespace loopglass::ui {
namespace {

// Where a statement stands.
struct Place {
  std::optional<ir::NodePath> loop, node;   // the innermost loop; the innermost loop or block
  std::string loops;                        // "i > j_0 > k"
};

Place place_of(const ir::Module& module, const ir::NodePath& path) {
  Place place;
  const ir::Function function = ir::find_function(module, path.function);
  const ir::BlockRealize* root = function ? ir::root_block(*function) : nullptr;
  ir::NodePath at{path.function, {}};
  for (size_t depth = 0; depth <= path.steps.size(); ++depth) {
    const ir::Stmt stmt = ir::node_at(module, at);
    if (const auto* loop = ir::as<ir::For>(stmt)) {
      place.loop = place.node = at;
      place.loops += (place.loops.empty() ? "" : " > ") + loop->loop_var->name;
    }
    if (const auto* block = ir::as<ir::BlockRealize>(stmt); block && block != root) place.node = at;
    if (depth < path.steps.size()) at.steps.push_back(path.steps[depth]);
  }
  return place;
}

bool is_label(const std::string& line) { return line.ends_with(':'); }

std::string said_of(const std::string& loops, const LoopCode& code, const Locale& words) {
  std::string text = code.vector_bits > 0 ? words.format("asm.vectors", {{"bits", std::to_string(code.vector_bits)}}) : std::string(words("asm.scalar"));
  if (code.spills + code.reloads > 0)
    text += words.format("asm.spills", {{"spills", std::to_string(code.spills)}, {"reloads", std::to_string(code.reloads)}});
  else text += words("asm.no_spills");
  return "# " + loops + ": " + text;
}

}  // namespace

int vector_bits_of(std::string_view instruction) {
  if (instruction.find("zmm") != std::string_view::npos) return 512;
  if (instruction.find("ymm") != std::string_view::npos) return 256;
  if (instruction.find("xmm") == std::string_view::npos) return 0;
  instruction.remove_prefix(std::min(instruction.find_first_not_of(' '), instruction.size()));
  const std::string_view mnemonic = instruction.substr(0, instruction.find_first_of(" \t"));
  const bool is_scalar = mnemonic.ends_with("ss") || mnemonic.ends_with("sd") || mnemonic.ends_with("sh") || mnemonic.find("cvt") != std::string_view::npos ||
                         mnemonic == "vmovd" || mnemonic == "vmovq" || mnemonic.starts_with("vxorp");   // which makes the scalar 0 as well
  return is_scalar ? 0 : 128;
}

void add_instruction(LoopCode& code, std::string_view line) {
  ++code.instructions;
  const size_t comment = line.find('#');
  code.vector_bits = std::max(code.vector_bits, vector_bits_of(line.substr(0, comment)));
  if (comment == std::string_view::npos) return;
  code.spills += line.find("Spill", comment) != std::string_view::npos;
  code.reloads += line.find("Reload", comment) != std::string_view::npos;
}

LinkedLines linked_assembly(const measure::Compiled& compiled, const ir::Module& module, const Locale& words) {
  std::map<ir::NodePath, Place> places;   // by statement
  std::vector<std::pair<uint32_t, ir::NodePath>> links;
  for (const auto& [line, path] : compiled.assembly_lines) {
    const auto [known, is_new] = places.try_emplace(path);
    if (is_new) known->second = place_of(module, path);
    links.emplace_back(line, path);
  }
  const LinkedLines plain = linked_lines(compiled.assembly, links);
  std::map<ir::NodePath, LoopCode> codes;   // by loop
  const auto place_at = [&](size_t line) { return plain.nodes[line].empty() ? nullptr : &places.at(plain.nodes[line].front().path); };
  for (size_t i = 0; i < plain.lines.size(); ++i)
    if (const Place* place = place_at(i); place && place->loop) add_instruction(codes[*place->loop], plain.lines[i]);

  // A label belongs to what follows it, up to the next one.
  const auto place_of_run = [&](size_t label) -> const Place* {
    size_t line = label;
    while (line < plain.lines.size() && is_label(plain.lines[line])) ++line;
    while (line < plain.lines.size() && !is_label(plain.lines[line]) && !place_at(line)) ++line;
    return line < plain.lines.size() && !is_label(plain.lines[line]) ? place_at(line) : nullptr;
  };

  LinkedLines out;
  std::optional<ir::NodePath> shown;   // the loop that the last heading speaks of
  for (size_t i = 0; i < plain.lines.size(); ++i) {
    const Place* place = is_label(plain.lines[i]) ? place_of_run(i) : nullptr;
    if (place && place->loop && place->loop != shown) {
      shown = place->loop;
      out.lines.push_back(said_of(place->loops, codes[*shown], words));
      out.nodes.push_back({{*shown, 0, static_cast<uint32_t>(out.lines.back().size())}});
    }
    out.lines.push_back(plain.lines[i]);
    out.nodes.push_back(plain.nodes[i]);
    for (LineNode& node : out.nodes.back())
      if (const Place& stands = places.at(node.path); stands.node) node.path = *stands.node;
  }
  return out;
}

}  // namespace loopglass::ui
