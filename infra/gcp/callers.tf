# The service accounts as which the functions are called.

resource "google_service_account" "caller" {
  for_each = {
    scheduler = "scheduler"
    tasks     = "task-queue"
    simpler   = "simpler-backend"
  }

  account_id   = each.value
  display_name = "Calls functions: ${each.key}"
  depends_on   = [google_project_service.api]
}

resource "google_service_account_iam_member" "simpler_backend" {
  for_each = var.simpler_backend_identities

  service_account_id = google_service_account.caller["simpler"].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = each.value
}
