# Metrics made of the log's events (docs/events.md): events are counted, or a number in them is measured.

locals {
  runs     = ["run.completed", "run.incomplete", "run.failed"]
  accounts = ["account.completed", "account.incomplete"]

  counted = {
    runs          = { events = local.runs, by = ["wisp", "state"], shows = "Runs that ended" }
    refused_plans = { events = ["guard.tripped"], by = ["account"], shows = "Plans whose removals the guard refused" }
    dead_tokens   = { events = ["account.disconnected"], by = ["account"], shows = "Accounts whose sign-in Google no longer accepts" }
    quota_waits   = { events = ["quota.waited", "account.parked"], by = ["event"], shows = "Waits for Google's quotas" }
    watches       = { events = ["watch.done"], by = [], shows = "Looks of the watchdog" }
  }

  measured = {
    run_seconds      = { events = local.runs, by = "wisp", value = "seconds", shows = "How long runs took" }
    created          = { events = local.accounts, by = "account", value = "created", shows = "Contacts created" }
    updated          = { events = local.accounts, by = "account", value = "updated", shows = "Contacts updated" }
    removed          = { events = local.accounts, by = "account", value = "removed", shows = "Contacts removed" }
    failed           = { events = local.accounts, by = "account", value = "failed", shows = "Customers who could not be done" }
    requests         = { events = local.accounts, by = "account", value = "requests", shows = "Requests to Google" }
    account_seconds  = { events = local.accounts, by = "account", value = "seconds", shows = "How long accounts took", whole_runs = true }
    account_contacts = { events = local.accounts, by = "account", value = "held", shows = "Contacts that are ours", whole_runs = true }
    account_total    = { events = local.accounts, by = "account", value = "total", shows = "Contacts of all kinds", whole_runs = true }
  }
}

module "counted" {
  source   = "./modules/metric"
  for_each = local.counted

  name        = each.key
  description = each.value.shows
  events      = each.value.events
  labels      = each.value.by

  depends_on = [google_project_service.api]
}

module "measured" {
  source   = "./modules/metric"
  for_each = local.measured

  name        = each.key
  description = each.value.shows
  events      = each.value.events
  labels      = [each.value.by]
  value       = each.value.value
  unit        = each.value.value == "seconds" ? "s" : "1"
  whole_runs  = try(each.value.whole_runs, false)

  depends_on = [google_project_service.api]
}
