# What makes images of the archive, and where they are kept.

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84: the images hold our code and public packages, no data and no secret
  repository_id = "functions"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the functions"

  cleanup_policies {
    id     = "keep-the-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-the-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_service_account" "builder" {
  account_id   = "function-builder"
  display_name = "Builds the functions' images"
  depends_on   = [google_project_service.api]
}

resource "google_artifact_registry_repository_iam_member" "builder" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.repository_id
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.builder.member
}

resource "google_project_iam_member" "builder_logs" {
  project = var.project.id
  role    = "roles/logging.logWriter"
  member  = google_service_account.builder.member
}

# Cloud Functions copies the archive into a bucket of its own, which the first deployment makes.
resource "google_project_iam_member" "builder_code" {
  project = var.project.id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.builder.member

  condition {
    title      = "only the functions' code"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${var.project.number}-\")"
  }
}
