mock_provider "google" {}

variables {
  entry_point   = "sync_status"
  project       = "unit-test"
  region        = "europe-west1"
  code          = { bucket = "b", object = "o.zip", repository = "r", builder = "s" }
  settings      = { CALLER_MODE = "platform" }
  timeout       = 60
  memory        = "512Mi"
  max_instances = 1
  min_instances = 0
  ingress       = "ALLOW_ALL"
  invoker       = "serviceAccount:simpler-backend@unit-test.iam.gserviceaccount.com"
  database      = { name = "contacts", role = "roles/datastore.viewer" }
}

run "a_function" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.name == "sync-status" && google_cloudfunctions2_function.this.build_config[0].entry_point == "sync_status"
    error_message = "Its name has hyphens, as Cloud Run wants it, and its entry point underscores, as Python does."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].max_instance_request_concurrency == 1
    error_message = "An instance answers one call at a time: the Google clients' transports are not for threads."
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.invoker[0].role == "roles/run.invoker" && google_cloud_run_v2_service_iam_member.invoker[0].name == "sync-status"
    error_message = "Its caller may call this function only."
  }

  assert {
    condition     = google_project_iam_member.database.condition[0].expression == "resource.name == \"projects/unit-test/databases/contacts\""
    error_message = "Its right is on this database only."
  }
}

run "open_to_everybody" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    invoker = "allUsers"
  }

  expect_failures = [var.invoker]
}

run "opened_by_hand" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    entry_point = "console"
    invoker     = "allUsers"
    by_hand     = true
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "Nothing is granted to everybody."
  }
}

run "a_caller_who_is_not_asked" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    by_hand = true
  }

  expect_failures = [var.by_hand]
}

run "longer_than_its_caller_waits" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    timeout = 1800
  }

  expect_failures = [var.timeout]
}

run "more_than_the_database_needs" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    database = { name = "contacts", role = "roles/datastore.owner" }
  }

  expect_failures = [var.database]
}
