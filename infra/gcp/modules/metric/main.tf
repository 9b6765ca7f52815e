# A metric made of the log: events counted, or a number in them measured.

resource "google_logging_metric" "this" {
  name        = "simpler_contacts/${var.name}"
  description = var.description
  filter = join(" AND ", concat(
    [
      "resource.type=\"cloud_run_revision\"",
      "(${join(" OR ", [for event in var.events : "jsonPayload.event=\"${event}\""])})",
    ],
    # A single customer's button writes the same events, under a name that begins so.
    var.whole_runs ? ["NOT jsonPayload.run=~\"^customers-\""] : [],
  ))
  value_extractor  = var.value == "" ? null : "EXTRACT(jsonPayload.${var.value})"
  label_extractors = { for label in var.labels : label => "EXTRACT(jsonPayload.${label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = var.value == "" ? "INT64" : "DISTRIBUTION"
    unit        = var.unit

    dynamic "labels" {
      for_each = var.labels

      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  dynamic "bucket_options" {
    for_each = var.value == "" ? [] : [1]

    content {
      exponential_buckets {
        num_finite_buckets = 36
        growth_factor      = 1.5
        scale              = 1
      }
    }
  }
}
