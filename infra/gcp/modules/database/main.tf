# A Firestore database: what protects it, what expires in it, what is not indexed.

resource "google_firestore_database" "this" {
  name                              = var.name
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  database_edition                  = "STANDARD"
  app_engine_integration_mode       = "DISABLED"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"

  dynamic "cmek_config" {
    for_each = var.key == "" ? [] : [var.key]

    content {
      kms_key_name = cmek_config.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_backup_schedule" "daily" {
  database  = google_firestore_database.this.name
  retention = "${var.backup_days * 86400}s"

  daily_recurrence {}
}

# The member is not indexed: one that only grows would make the index's end a hot spot.
resource "google_firestore_field" "expires" {
  for_each = var.expiring

  database   = google_firestore_database.this.name
  collection = each.key
  field      = "expires"

  ttl_config {}
  index_config {}
}

# Every query is by one member, or by the newest of one member, and Firestore indexes those by itself. These collections
# are read whole, and their long texts would be indexed for nothing.
resource "google_firestore_field" "unindexed" {
  for_each = var.unindexed

  database   = google_firestore_database.this.name
  collection = each.key
  field      = "*"

  index_config {}
}
