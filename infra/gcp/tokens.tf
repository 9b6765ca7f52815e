# The secrets of connected accounts, google-account-ACCOUNT. The console makes them when somebody connects an account, so
# they are not here; rights on them are by their name. Making one cannot be limited by name, since it is a right on the
# project; whoever only may make secrets can put nothing into one of another name, and read none.

locals {
  token_roles = {
    read   = "roles/secretmanager.secretAccessor"
    make   = "projects/${var.project.id}/roles/${google_project_iam_custom_role.token["make"].role_id}"
    store  = "projects/${var.project.id}/roles/${google_project_iam_custom_role.token["store"].role_id}"
    forget = "projects/${var.project.id}/roles/${google_project_iam_custom_role.token["forget"].role_id}"
  }
  token_rights = merge([
    for name, function in local.functions : { for right in function.tokens : "${name}-${right}" => { function = name, right = right } }
  ]...)
}

resource "google_project_iam_custom_role" "token" {
  for_each = {
    make   = ["secretmanager.secrets.create"]
    store  = ["secretmanager.versions.add", "secretmanager.versions.destroy", "secretmanager.versions.list"]
    forget = ["secretmanager.secrets.delete"]
  }

  role_id     = "contacts.tokens.${each.key}"
  title       = "SIMPLer contacts: ${each.key} secrets"
  permissions = each.value
  depends_on  = [google_project_service.api]
}

resource "google_project_iam_member" "token" {
  for_each = local.token_rights

  project = var.project.id
  role    = local.token_roles[each.value.right]
  member  = module.function[each.value.function].member

  dynamic "condition" {
    for_each = each.value.right == "make" ? [] : [1]

    content {
      title      = "only accounts' tokens"
      expression = "resource.name.startsWith(\"projects/${var.project.number}/secrets/google-account-\")"
    }
  }
}

resource "google_project_iam_audit_config" "secrets" {
  project = var.project.id
  service = "secretmanager.googleapis.com"

  audit_log_config {
    log_type = "DATA_READ"
  }
}
