# Metrics made of the log's events (docs/events.md): events are counted, or a number in them is measured.

locals {
  runs     = ["run.completed", "run.incomplete", "run.failed"]
  accounts = ["account.completed", "account.incomplete"]

  # No metric is told apart by WISP or account: ten thousand of them would be more than the 30,000 time series that a
  # metric of the log may have. The lines say of which they are.
  counted = {
    runs           = { events = local.runs, by = ["state", "code"], shows = "Runs that ended" }
    abandoned_runs = { events = ["run.abandoned"], by = ["code"], shows = "Runs that were given up" }
    refused_plans  = { events = ["guard.tripped"], by = [], shows = "Plans whose removals the guard refused" }
    dead_tokens    = { events = ["account.disconnected"], by = ["code"], shows = "Accounts to which Google gives no access any more" }
    quota_waits    = { events = ["quota.waited", "account.parked"], by = ["event"], shows = "Waits for Google's quotas" }
    quota_refusals = { events = ["quota.refused"], by = ["limit"], shows = "Refusals by Google's quotas" }
    watches        = { events = ["watch.done"], by = [], shows = "Looks of the watchdog" }
  }

  measured = {
    run_seconds      = { events = local.runs, value = "seconds", shows = "How long runs took" }
    created          = { events = local.accounts, value = "created", shows = "Contacts created" }
    updated          = { events = local.accounts, value = "updated", shows = "Contacts updated" }
    removed          = { events = local.accounts, value = "removed", shows = "Contacts removed" }
    failed           = { events = local.accounts, value = "failed", shows = "Customers who could not be done" }
    requests         = { events = local.accounts, value = "requests", shows = "Requests to Google" }
    account_seconds  = { events = local.accounts, value = "seconds", shows = "How long accounts took", whole_runs = true }
    account_contacts = { events = local.accounts, value = "held", shows = "Contacts that are ours", whole_runs = true }
    account_total    = { events = local.accounts, value = "total", shows = "Contacts of all kinds", whole_runs = true }
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
  labels      = []
  value       = each.value.value
  unit        = each.value.value == "seconds" ? "s" : "1"
  whole_runs  = try(each.value.whole_runs, false)

  depends_on = [google_project_service.api]
}

# Cloud Scheduler's own log: an error for each call that failed (cloud.google.com/scheduler/docs/logging).
resource "google_logging_metric" "scheduler_errors" {
  name        = "simpler_contacts/scheduler_errors"
  description = "Calls of Cloud Scheduler that failed"
  filter      = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }

  depends_on = [google_project_service.api]
}
