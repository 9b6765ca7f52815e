output "prometheus" {
  description = "The metric's name in PromQL (cloud.google.com/monitoring/promql/promql-mapping)."
  value       = "logging_googleapis_com:user_${replace(google_logging_metric.this.name, "/", "_")}"
}
