# What operate may look at, besides what any function may: whether the queues and the jobs go, and which APIs are on; and what
# the operators may do themselves.

resource "google_project_iam_custom_role" "doctor" {
  role_id     = "contacts.doctor"
  title       = "SIMPLer contacts: look at queues, jobs and APIs"
  permissions = ["cloudscheduler.jobs.list", "cloudtasks.queues.list", "serviceusage.services.list"]
  depends_on  = [google_project_service.api]
}

resource "google_project_iam_member" "doctor" {
  for_each = { for name, function in local.functions : name => function if function.caller == "operators" }

  project = var.project.id
  role    = "projects/${var.project.id}/roles/${google_project_iam_custom_role.doctor.role_id}"
  member  = module.function[each.key].member
}

# What the operators themselves need on most mornings: to read what went on, and to pause and resume. None of it reads a
# document, a secret or an account. docs/runbook.md tells what single tasks need besides.
resource "google_project_iam_member" "operators" {
  for_each = var.operators == "" ? [] : toset([
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.queueAdmin",
    "roles/cloudtasks.viewer",
    "roles/errorreporting.viewer",
    "roles/logging.viewer",
    "roles/monitoring.viewer",
    "roles/run.viewer",
  ])

  project = var.project.id
  role    = each.key
  member  = var.operators
}

# `roles/logging.viewer` reads the buckets `_Required` and `_Default` alone; a bucket of ours is read by its view
# (cloud.google.com/logging/docs/logs-views).
resource "google_project_iam_member" "log" {
  count = var.operators == "" || var.log_location == "" ? 0 : 1

  project = var.project.id
  role    = "roles/logging.viewAccessor"
  member  = var.operators

  condition {
    title       = "the functions' log"
    description = "The view of everything in the bucket that log.tf makes"
    expression = join("", [
      "resource.name == \"projects/${var.project.id}/locations/${var.log_location}/buckets/",
      "${google_logging_project_bucket_config.regional[0].bucket_id}/views/_AllLogs\"",
    ])
  }
}
