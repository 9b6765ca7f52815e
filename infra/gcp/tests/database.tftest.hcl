mock_provider "google" {}

variables {
  name        = "contacts"
  location    = "eur3"
  key         = ""
  backup_days = 14
  expiring    = ["runs"]
  unindexed   = ["shards"]
}

run "a_database" {
  command = plan

  module {
    source = "./modules/database"
  }

  assert {
    condition     = google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.this.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "It is protected from being deleted, and goes back to any minute of the last seven days."
  }

  assert {
    condition     = google_firestore_backup_schedule.daily.retention == "1209600s"
    error_message = "Its daily backup is kept for two weeks."
  }
}

run "leases_that_expire" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    expiring = ["runs", "leases"]
  }

  expect_failures = [var.expiring]
}

run "ledgers_that_expire" {
  command = plan

  module {
    source = "./modules/database"
  }

  variables {
    expiring = ["shards"]
  }

  expect_failures = [var.expiring]
}
