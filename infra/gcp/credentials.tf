# The WISPs' credentials for SIMPLer, simpler-WISP. `wisp_settings` makes these secrets when a WISP is set up, so they are
# not here; rights on them are by their name, however many WISPs there are. As for tokens.tf, making one is a right on the
# project, which a condition on a secret's name cannot limit: it is asked of the parent
# (cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create, "IAM permission on the specified resource
# parent").

locals {
  credential_rights = merge([
    for name, function in local.functions : { for right in function.credentials : "${name}-${right}" => { function = name, right = right } }
  ]...)
}

resource "google_project_iam_member" "credentials" {
  for_each = local.credential_rights

  project = var.project.id
  role    = local.token_roles[each.value.right]
  member  = module.function[each.value.function].member

  dynamic "condition" {
    for_each = each.value.right == "make" ? [] : [1]

    content {
      title      = "only credentials for SIMPLer"
      expression = "resource.name.startsWith(\"projects/${var.project.number}/secrets/simpler-\")"
    }
  }
}
