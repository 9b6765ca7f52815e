output "kept_ready" {
  description = "How many of its instances are kept ready."
  value       = google_cloudfunctions2_function.this.service_config[0].min_instance_count
}

output "member" {
  description = "As whom it runs, as a member of policies."
  value       = google_service_account.this.member
}

output "name" {
  description = "Its name, and that of its Cloud Run service."
  value       = google_cloudfunctions2_function.this.name
}
