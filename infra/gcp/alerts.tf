# Alerts: each by its section of docs/runbook.md. Those of an event fire at every line of it, those of a query while it
# gives something.

locals {
  event_alerts = {
    wisp-overdue = {
      event   = "wisp.overdue", severity = "CRITICAL", title = "WISPs have not had their night"
      meaning = "The phones of these WISPs' people show yesterday's customers, or older ones."
    }
    night-missed = {
      event   = "night.missed", severity = "CRITICAL", title = "A night did not begin"
      meaning = "The nightly start of a time zone was not called, or did not reach everybody. The watchdog has started what was missing, if the queue takes it."
    }
    night-stalled = {
      event   = "night.stalled", severity = "CRITICAL", title = "The queue holds a night's runs back"
      meaning = "Runs are in the queue and none begins: the queue is paused, or its calls do not arrive."
    }
    lease-stuck = {
      event   = "lease.stuck", severity = "ERROR", title = "A lease is held for too long"
      meaning = "Nothing can be synchronised for this WISP or into this account until the lease is free."
    }
    account-dead = {
      event   = "account.dead", severity = "ERROR", title = "A Google account has been disconnected for a day"
      meaning = "Nobody has connected this account again. Its contacts stay as they were, and get older."
    }
    guard-waiting = {
      event   = "guard.waiting", severity = "ERROR", title = "The guard has refused removals twice"
      meaning = "Contacts of many leavers are still there. A person must look at the preview and let them go, or put SIMPLer right."
    }
    guard-tripped = {
      event   = "guard.tripped", severity = "WARNING", title = "The guard refused removals"
      meaning = "More contacts would be removed than is usual. New and changed customers were written all the same."
    }
    run-failed = {
      event   = "run.failed", severity = "ERROR", title = "A run failed"
      meaning = "SIMPLer's list could not be had, or our own documents could not be written. Nothing was changed; the queue tries again."
    }
    account-disconnected = {
      event   = "account.disconnected", severity = "ERROR", title = "Google no longer accepts an account's sign-in"
      meaning = "A person must connect this account again. Its contacts stay as they were."
    }
    watch-failed = {
      event   = "watch.failed", severity = "ERROR", title = "The watchdog could not look at something"
      meaning = "A document or lease cannot be read, so nobody knows whether the night was as it should be."
    }
    call-misconfigured = {
      event   = "call.misconfigured", severity = "ERROR", title = "A setting, right or secret is wrong"
      meaning = "A function could not do its work, and cannot until an operator puts this right."
    }
    internal-error = {
      event   = "internal.error", severity = "ERROR", title = "Something happened that nobody expected"
      meaning = "A fault of this program: Error Reporting has where it happened."
    }
  }

  # Metrics by the names that PromQL gives them (cloud.google.com/monitoring/promql/promql-mapping).
  query_alerts = {
    server-errors = {
      severity = "ERROR", title = "Functions answer with errors"
      meaning  = "SIMPLer's buttons or the console do not work for people. sync_wisp is not counted: it asks for another try so."
      query    = "sum by (service_name) (increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",response_code_class=\"5xx\",service_name!=\"sync-wisp\"}[10m])) > 5"
    }
    queue-late = {
      severity = "WARNING", title = "Runs begin late"
      meaning  = "Tasks wait more than 15 minutes for a place in the queue: too many runs at once, or they take too long."
      query    = "histogram_quantile(0.95, sum by (le) (increase(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{monitored_resource=\"cloud_tasks_queue\",queue_id=\"${module.queue.name}\"}[30m]))) > 900000"
    }
    watchdog-silent = {
      severity = "CRITICAL", title = "The watchdog has not looked for three hours"
      meaning  = "Nobody knows whether the night was as it should be: the schedule is paused, or its calls do not arrive or fail."
      query    = "(sum(increase(${module.counted["watches"].prometheus}{monitored_resource=\"cloud_run_revision\"}[3h])) or vector(0)) < 1"
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = each.value
  type         = "email"
  labels       = { email_address = each.value }
  depends_on   = [google_project_service.api]
}

module "event_alert" {
  source   = "./modules/alert"
  for_each = local.event_alerts

  anchor   = each.key
  title    = each.value.title
  event    = each.value.event
  meaning  = each.value.meaning
  severity = each.value.severity
  runbook  = var.runbook_url
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}

module "query_alert" {
  source   = "./modules/alert"
  for_each = local.query_alerts

  anchor   = each.key
  title    = each.value.title
  query    = each.value.query
  meaning  = each.value.meaning
  severity = each.value.severity
  runbook  = var.runbook_url
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}
