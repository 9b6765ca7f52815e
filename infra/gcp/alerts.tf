# Alerts: each by its section of docs/runbook.md. Those of an event fire at its lines, with one notification for each code
# in six hours, however many WISPs and accounts write it; those of a query fire while it gives something.

locals {
  # Reasons of one account that its own people or an operator were told of: shared/domain/model/reason.py.
  waits_for_a_person = ["account.paused", "google.admin_policy", "google.forbidden", "google.full", "google.reconnect", "google.scope", "guard"]

  event_alerts = {
    wisp-overdue = {
      event   = "wisp.overdue", severity = "CRITICAL", title = "WISPs have not had their night"
      but     = local.waits_for_a_person
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
      event   = "run.abandoned", severity = "ERROR", title = "A run was given up"
      meaning = "SIMPLer's list could not be had, or our own documents could not be written, in as many tries as a task has. What is left waits for the next night."
    }
    account-disconnected = {
      event   = "account.disconnected", severity = "ERROR", title = "Google gives no access to an account any more"
      meaning = "Its owner must connect it again, or their administrator must allow it. Its contacts stay as they were."
    }
    account-misconfigured = {
      event   = "account.misconfigured", severity = "CRITICAL", title = "Accounts cannot be synchronised until an operator acts"
      meaning = "A secret, the OAuth client or the People API is wrong. It mostly concerns every account; nobody else is told."
    }
    project-quota = {
      event   = "quota.exhausted", severity = "CRITICAL", title = "A quota of the Google Cloud project is used up"
      meaning = "All accounts wait for some minutes at a time, and nights end later. No account is at fault."
    }
    account-broken = {
      event   = "account.broken", severity = "ERROR", title = "An account's document cannot be read"
      meaning = "This account is left out of every run. The others go on."
    }
    notices-failing = {
      event   = "notice.misconfigured", severity = "ERROR", title = "Notices cannot be sent"
      meaning = "The WISPs' people are not told what needs them, and vCards do not go out either."
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

  partial   = "(sum(increase(${module.counted["runs"].prometheus}{monitored_resource=\"cloud_run_revision\",state=\"partial\",code!~\"${join("|", local.waits_for_a_person)}\"}[2h])) or vector(0))"
  complete  = "(sum(increase(${module.counted["runs"].prometheus}{monitored_resource=\"cloud_run_revision\",state=\"complete\"}[2h])) or vector(0))"
  abandoned = "(sum(increase(${module.counted["abandoned_runs"].prometheus}{monitored_resource=\"cloud_run_revision\"}[2h])) or vector(0))"
  unwell    = "(${local.partial} + ${local.abandoned})"
  ended     = "(${local.unwell} + ${local.complete})"

  of_queue = "monitored_resource=\"cloud_tasks_queue\""
  held     = "(sum by (queue_id) (min_over_time(cloudtasks_googleapis_com:queue_depth{${local.of_queue},queue_id=\"QUEUE\"}[HOURS])) > 0 unless sum by (queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_count{${local.of_queue},queue_id=\"QUEUE\"}[HOURS])) > 0)"

  of_console = "monitored_resource=\"uptime_url\",host=\"${local.console_host}\""

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
      query    = "histogram_quantile(0.95, sum by (le) (increase(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{${local.of_queue},queue_id=\"${module.queue.name}\"}[30m]))) > 900000"
    }
    urgent-late = {
      severity = "ERROR", title = "Buttons wait"
      meaning  = "Runs that somebody waits for begin more than a minute late, or do not begin at all: too many at once, or their queue is paused."
      query    = "histogram_quantile(0.95, sum by (le) (increase(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{${local.of_queue},queue_id=\"${module.urgent_queue.name}\"}[30m]))) > 60000 or ${replace(replace(local.held, "QUEUE", module.urgent_queue.name), "HOURS", "30m")}"
    }
    queue-held = {
      severity = "ERROR", title = "Tasks wait, and none is tried"
      meaning  = "The queue of nights and further tries has held tasks for six hours, and made no call: somebody paused it and it stayed so."
      query    = replace(replace(local.held, "QUEUE", module.queue.name), "HOURS", "6h")
    }
    runs-incomplete = {
      severity = "CRITICAL", title = "More than a fifth of the runs are not complete"
      meaning  = "Something stops many WISPs at once. Runs that the queue tries again do not count, nor do accounts whose people were told."
      query    = "${local.unwell} / ${local.ended} > 0.2 and ${local.unwell} >= 5"
    }
    scheduler-errors = {
      severity = "CRITICAL", title = "Cloud Scheduler cannot call a function"
      meaning  = "The nightly start or the watchdog failed four times within an hour: the right to call is lost, or the function does not answer."
      query    = "count(sum by (job_id) (increase(logging_googleapis_com:user_${replace(google_logging_metric.scheduler_errors.name, "/", "_")}{monitored_resource=\"cloud_scheduler_job\"}[1h])) > 3) > 0"
    }
    console-down = {
      severity = "CRITICAL", title = "The console cannot be reached"
      meaning  = "No part of the world has seen its help page for a quarter of an hour: nobody can connect an account, look at a run or let removals through."
      query    = "max(max_over_time(monitoring_googleapis_com:uptime_check_check_passed{${local.of_console}}[15m])) < 1"
    }
    certificate-ends = {
      severity = "ERROR", title = "The console's certificate ends within two weeks"
      meaning  = "Google renews it a month before it ends, and has not: in the end browsers refuse the console."
      query    = "min(min_over_time(monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires{${local.of_console}}[1h])) < 14"
    }
    watchdog-silent = {
      severity = "CRITICAL", title = "The watchdog has not looked for three hours"
      meaning  = "Nobody knows whether the night was as it should be: the schedule is paused, or its calls do not arrive or fail."
      query    = "(sum(increase(${module.counted["watches"].prometheus}{monitored_resource=\"cloud_run_revision\"}[3h])) or vector(0)) < 1"
    }
  }

  egress_alerts = {
    egress-full = {
      severity = "ERROR", title = "Calls to the world are dropped"
      meaning  = "The one address that calls come from has no port left: some calls to SIMPLer and SendGrid time out and are tried again."
      query    = "sum by (reason) (increase(router_googleapis_com:nat_dropped_sent_packets_count{monitored_resource=\"nat_gateway\"}[15m])) > 0"
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

locals {
  emails   = [for channel in google_monitoring_notification_channel.email : channel.id]
  channels = { CRITICAL = concat(local.emails, var.alert_channels), ERROR = local.emails, WARNING = local.emails }
}

module "event_alert" {
  source   = "./modules/alert"
  for_each = local.event_alerts

  anchor   = each.key
  title    = each.value.title
  event    = each.value.event
  but      = try(each.value.but, [])
  meaning  = each.value.meaning
  severity = each.value.severity
  runbook  = var.runbook_url
  channels = local.channels[each.value.severity]
}

module "query_alert" {
  source   = "./modules/alert"
  for_each = merge(local.query_alerts, var.fixed_egress ? local.egress_alerts : {})

  anchor   = each.key
  title    = each.value.title
  query    = each.value.query
  meaning  = each.value.meaning
  severity = each.value.severity
  runbook  = var.runbook_url
  channels = local.channels[each.value.severity]
}
