# The console's public address: its own, or a domain of yours, to which Cloud Run adds a certificate.

locals {
  console_url  = var.console_domain == "" ? local.urls["console"] : "https://${var.console_domain}"
  console_host = trimprefix(local.console_url, "https://")
}

resource "google_cloud_run_domain_mapping" "console" {
  count = var.console_domain == "" ? 0 : 1

  name     = var.console_domain
  location = var.region

  metadata {
    namespace = var.project.id
  }

  spec {
    route_name = module.function["console"].name
  }
}
