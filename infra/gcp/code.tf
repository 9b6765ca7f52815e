# What is deployed: an archive in this bucket, by its hash. Terraform neither makes nor stores it (infra/releases), so
# applying a setting changes no code, and an earlier archive is there to go back to.

resource "google_storage_bucket" "code" {
  #checkov:skip=CKV_GCP_62: it holds our code only, which every function contains; who changes it is in the audit log
  name                        = "${var.project.id}-code"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = 90
    }
  }

  depends_on = [google_project_service.api]

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  code = {
    bucket     = google_storage_bucket.code.name
    object     = "${var.source_archive}.zip"
    repository = google_artifact_registry_repository.images.id
    builder    = google_service_account.builder.id
  }
}
