# Whether the console can be reached from outside: a page that needs no session, opened every five minutes from three
# parts of the world by its public address. What asks for a token is not called: IAM refuses each without waking a
# function, and a checker with a right to call would be a second caller.

resource "google_monitoring_uptime_check_config" "console" {
  display_name     = "The console"
  period           = "300s"
  timeout          = "30s" # a new instance may take some seconds
  selected_regions = ["EUROPE", "USA_VIRGINIA", "ASIA_PACIFIC"]

  http_check {
    path         = "/help"
    port         = 443
    use_ssl      = true
    validate_ssl = true

    accepted_response_status_codes {
      status_value = 200
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project.id
      host       = local.console_host
    }
  }

  depends_on = [google_project_service.api]
}
