# Where the log is kept. Google's own bucket for it is in no region; a project's sink `_Default`, which is there already,
# can lead to one of ours (cloud.google.com/logging/docs/regionalized-logs). The audit log of administrators stays in
# `_Required`, which nobody can move.

resource "google_logging_project_bucket_config" "regional" {
  count = var.log_location == "" ? 0 : 1

  project        = var.project.id
  location       = var.log_location
  bucket_id      = "contacts"
  retention_days = 30
  description    = "The log of the functions"
  depends_on     = [google_project_service.api]

  lifecycle {
    prevent_destroy = true # the sink would go on leading to it
  }
}

resource "google_logging_project_sink" "default" {
  count = var.log_location == "" ? 0 : 1

  name        = "_Default"
  destination = "logging.googleapis.com/${google_logging_project_bucket_config.regional[0].id}"
  filter = join(" AND ", [for log in ["activity", "system_event", "access_transparency"] :
    "NOT LOG_ID(\"cloudaudit.googleapis.com/${log}\") AND NOT LOG_ID(\"externalaudit.googleapis.com/${log}\")"
  ])
  unique_writer_identity = true
}
