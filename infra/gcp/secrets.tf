# The secrets that people fill: containers only, since a value here would be in Terraform's state.

locals {
  secrets = merge(
    { for name in ["oauth-client", "sendgrid-key", "signing-key"] : name => name },
    { for id, _ in var.wisps : "simpler-${id}" => "simpler" },
  )
}

module "secret" {
  source   = "./modules/secret"
  for_each = local.secrets

  name      = each.key
  locations = var.secret_locations
  keys      = var.secret_keys
  readers   = { for name, function in local.functions : name => module.function[name].member if contains(function.secrets, each.value) }

  depends_on = [google_project_service.api]
}
