// What stands in a form's fields: values as text both ways, nodes by their names, and what a field says when its form opens.
#pragma once

#include "app/model/step.h"

namespace loopglass::ui {

bool is_node(schedule::ParamKind kind);    // one loop or block
bool is_nodes(schedule::ParamKind kind);   // a list of them

// Reads one parameter as typed: "None, 4" for factors, "true", "-1", text. Errors: BadArgument, with what is expected.
Result<schedule::Value> parse_value(const schedule::ParamSpec& param, std::string_view text);
// As parse_value reads it back.
std::string print_value(const schedule::ParamSpec& param, const schedule::Value& value);

// A loop's or block's name as its card shows it ("j_0", the second i "i#2"); empty where there is none.
std::string name_of_node(const ir::Module& module, const ir::NodePath& path);
// The nodes that are named: "C, D"; none for no text. Errors: BadArgument for a name that no loop or block of the function has.
Result<std::vector<ir::NodePath>> parse_nodes(const ir::Module& module, const std::string& function, const schedule::ParamSpec& param, std::string_view text);

// What a field says at first, where neither a default nor app::default_request says it: an example that reads and changes little, such as
// "lambda i, j: (i, j)"; empty where only the person knows (the key of an annotation).
std::string first_text(const ir::Module& module, const schedule::PrimitiveSpec& primitive, size_t param, const ir::NodePath& node);

}  // namespace loopglass::ui
