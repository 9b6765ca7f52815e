# A secret's container, and who reads what people put into it.

resource "google_secret_manager_secret" "this" {
  secret_id           = var.name
  version_destroy_ttl = "86400s"

  replication {
    dynamic "auto" {
      for_each = length(var.locations) == 0 ? [1] : []

      content {}
    }

    dynamic "user_managed" {
      for_each = length(var.locations) == 0 ? [] : [1]

      content {
        dynamic "replicas" {
          for_each = sort(var.locations)

          content {
            location = replicas.value

            dynamic "customer_managed_encryption" {
              for_each = contains(keys(var.keys), replicas.value) ? [var.keys[replicas.value]] : []

              content {
                kms_key_name = customer_managed_encryption.value
              }
            }
          }
        }
      }
    }
  }

  lifecycle {
    prevent_destroy = true # its value is nowhere else
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.readers

  secret_id = google_secret_manager_secret.this.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value
}
