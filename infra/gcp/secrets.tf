# The secrets that people fill: containers only, since a value here would be in Terraform's state.

module "service_secret" {
  source   = "./modules/secret"
  for_each = toset(["oauth-client", "sendgrid-key", "signing-key"])

  name      = each.key
  locations = var.secret_locations
  keys      = var.secret_keys
  readers   = { for name, function in local.functions : name => module.function[name].member if contains(function.secrets, each.key) }

  depends_on = [google_project_service.api]
}
