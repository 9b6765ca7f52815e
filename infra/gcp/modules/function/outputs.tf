output "member" {
  description = "As whom it runs, as a member of policies."
  value       = google_service_account.this.member
}

output "name" {
  description = "Its name, and that of its Cloud Run service."
  value       = google_cloudfunctions2_function.this.name
}
