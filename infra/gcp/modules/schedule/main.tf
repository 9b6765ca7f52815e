# A call of a function, once a day or every hour. Whether it is paused is not said: what an operator has paused stays so,
# for the provider compares `paused` only where it is given.

resource "google_cloud_scheduler_job" "this" {
  name             = var.name
  region           = var.region
  schedule         = var.cron
  time_zone        = var.time_zone
  attempt_deadline = "${var.deadline}s"

  http_target {
    uri         = "${var.url}/"
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode(var.body))

    oidc_token {
      service_account_email = var.caller
      audience              = var.url
    }
  }

  retry_config {
    retry_count          = 5
    min_backoff_duration = "60s"
    max_backoff_duration = "600s"
    max_doublings        = 3
  }
}
