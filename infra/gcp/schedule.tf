# The nightly start in each time zone, and the watchdog every hour. The zones are a fixed list, whichever WISPs there
# are: a WISP is set up without Terraform, in one of these zones (shared/domain/model/time_zone.py).

locals {
  time_zones = jsondecode(file("${path.module}/../../shared/domain/model/time_zones.json"))
}

module "nightly" {
  source   = "./modules/schedule"
  for_each = toset(local.time_zones)

  name      = "nightly-${lower(replace(each.key, "/", "-"))}"
  region    = var.region
  cron      = "0 5 * * *"
  time_zone = each.key
  url       = local.urls["sync_all"]
  body      = { time_zone = each.key }
  caller    = google_service_account.caller["scheduler"].email
  deadline  = local.functions["sync_all"].seconds + 60

  depends_on = [module.function]
}

module "watchdog" {
  source = "./modules/schedule"

  name      = "watchdog"
  region    = var.region
  cron      = "30 * * * *"
  time_zone = "UTC"
  url       = local.urls["watchdog"]
  body      = {}
  caller    = google_service_account.caller["scheduler"].email
  deadline  = local.functions["watchdog"].seconds + 60

  depends_on = [module.function]
}
