# What is deployed: the archive, under a name that holds its hash, so that a deployment is exactly one archive.

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
}

resource "google_storage_bucket_object" "code" {
  name   = "${filesha256(var.source_archive)}.zip"
  bucket = google_storage_bucket.code.name
  source = var.source_archive

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  code = {
    bucket     = google_storage_bucket_object.code.bucket
    object     = google_storage_bucket_object.code.name
    repository = google_artifact_registry_repository.images.id
    builder    = google_service_account.builder.id
  }
}
