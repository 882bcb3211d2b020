// A primitive's form, made from its PrimitiveSpec: what is typed becomes the step that would be applied.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

// The form for a selected node: what default_request gives filled in, defaults written out.
OpenForm open_form(const schedule::Schedule& schedule, const schedule::PrimitiveSpec& primitive, const std::optional<ir::NodePath>& selection);

// The form that changes the step of a version.
OpenForm open_change(const app::History& history, int version);

// Reads one parameter as typed: "None, 4" for factors, "true", "-1", text. Errors: BadArgument, with what is expected.
Result<schedule::Value> parse_value(const schedule::ParamSpec& param, std::string_view text);
// As parse_value reads it back.
std::string print_value(const schedule::Value& value);

// The step of a form. Errors: BadArgument for the first parameter that does not read or has no node.
Result<app::StepRequest> request_of(const OpenForm& form);
// The change that a form makes of a version's step. Errors: BadArgument for the first parameter that does not read.
Result<app::ChangeStep> change_of(const OpenForm& form);

// Draws the open form, previews what it says, applies it on Enter, drops it on Esc.
void draw_form(const PanelContext& context);

}  // namespace loopglass::ui
