# An alert, with what it means and where the runbook tells what to do.

locals {
  # Filled in with what was extracted from the line (cloud.google.com/monitoring/alerts/doc-variables).
  reason = var.event == null ? [] : ["Reason, where there is one, as docs/errors.md explains it: $${log.extracted_label.code}"]
}

resource "google_monitoring_alert_policy" "this" {
  display_name          = var.title
  combiner              = "OR"
  severity              = var.severity
  notification_channels = var.channels

  conditions {
    display_name = var.title

    dynamic "condition_matched_log" {
      for_each = var.event == null ? [] : [var.event]

      content {
        filter = join(" AND ", concat(
          [
            "resource.type=\"cloud_run_revision\"",
            "jsonPayload.event=\"${condition_matched_log.value}\"",
          ],
          length(var.but) == 0 ? [] : ["NOT jsonPayload.code=(${join(" OR ", [for code in var.but : "\"${code}\""])})"],
        ))
        # Each value is told for itself (LogMatch.labelExtractors): one a cause, and not one a WISP.
        label_extractors = { code = "EXTRACT(jsonPayload.code)" }
      }
    }

    dynamic "condition_prometheus_query_language" {
      for_each = var.query == null ? [] : [var.query]

      content {
        query                     = condition_prometheus_query_language.value
        duration                  = "0s"
        evaluation_interval       = "300s"
        disable_metric_validation = true
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"

    dynamic "notification_rate_limit" {
      for_each = var.event == null ? [] : [1]

      content {
        period = "21600s"
      }
    }
  }

  documentation {
    subject   = var.title
    content   = join("\n\n", concat([var.meaning], local.reason, ["What to do: docs/runbook.md, section \"${var.anchor}\"."]))
    mime_type = "text/markdown"

    links {
      display_name = "Runbook"
      url          = "${var.runbook}#${var.anchor}"
    }
  }
}
