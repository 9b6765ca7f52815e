mock_provider "google" {}

variables {
  name      = "sendgrid-key"
  locations = ["europe-west1", "europe-west4"]
  keys      = {}
  readers   = { sync_wisp = "serviceAccount:fn-sync-wisp@unit-test.iam.gserviceaccount.com" }
}

run "kept_in_these_places" {
  command = plan

  module {
    source = "./modules/secret"
  }

  assert {
    condition     = google_secret_manager_secret.this.replication[0].user_managed[0].replicas[*].location == tolist(["europe-west1", "europe-west4"])
    error_message = "It is kept where it was asked for and nowhere else."
  }

  assert {
    condition     = google_secret_manager_secret_iam_member.reader["sync_wisp"].role == "roles/secretmanager.secretAccessor"
    error_message = "A function may read it, and no more."
  }
}

run "kept_where_google_chooses" {
  command = plan

  module {
    source = "./modules/secret"
  }

  variables {
    locations = []
  }

  assert {
    condition     = length(google_secret_manager_secret.this.replication[0].auto) == 1 && length(google_secret_manager_secret.this.replication[0].user_managed) == 0
    error_message = "Google chooses when no places are given."
  }
}

run "encrypted_with_ones_own_keys" {
  command = plan

  module {
    source = "./modules/secret"
  }

  variables {
    keys = {
      europe-west1 = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
      europe-west4 = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k"
    }
  }

  assert {
    condition     = google_secret_manager_secret.this.replication[0].user_managed[0].replicas[1].customer_managed_encryption[0].kms_key_name == var.keys["europe-west4"]
    error_message = "Each place has its own key."
  }
}

run "a_name_that_is_the_consoles" {
  command = plan

  module {
    source = "./modules/secret"
  }

  variables {
    name = "google-account-acme-7f3k"
  }

  expect_failures = [var.name]
}
