// A primitive's form, made from its PrimitiveSpec: what is typed becomes the step that would be applied.
#pragma once

#include "app/ui/form_values.h"
#include "app/ui/panel.h"

namespace loopglass::ui {

// The form for a selected node: what default_request gives filled in, defaults and examples written out.
OpenForm open_form(const schedule::Schedule& schedule, const schedule::PrimitiveSpec& primitive, const std::optional<ir::NodePath>& selection);
// The form for another node, with what was typed; nothing where the primitive does not take such a node.
std::optional<OpenForm> moved_form(const schedule::Schedule& schedule, const OpenForm& form, const ir::NodePath& selection);

// The form that changes the step of a version.
OpenForm open_change(const app::History& history, int version);

// The step of a form. Errors: BadArgument for the first parameter that does not read or has no node.
Result<app::StepRequest> request_of(const ir::Module& module, const OpenForm& form);
// The change that a form makes of a version's step. Errors: BadArgument for the first parameter that does not read.
Result<app::ChangeStep> change_of(const OpenForm& form);

// Draws the open form, previews what it says, applies it on Enter, drops it on Esc. Follows the selection to another node, or closes.
void draw_form(const PanelContext& context);

}  // namespace loopglass::ui
