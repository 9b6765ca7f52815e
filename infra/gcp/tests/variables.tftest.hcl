mock_provider "google" {}

variables {
  alert_emails   = ["operations@example.com"]
  project        = { id = "unit-test", number = "123456789012" }
  runbook_url    = "https://example.com/runbook.md"
  source_archive = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "names_that_google_refuses" {
  command = plan

  variables {
    project           = { id = "Unit Test", number = "unit-test" }
    region            = "Belgium"
    database          = "Contacts"
    database_location = "Europe"
    log_location      = "eu"
    secret_locations  = ["europe"]
  }

  expect_failures = [var.project, var.region, var.database, var.database_location, var.log_location, var.secret_locations]
}

run "a_domain_that_is_an_address" {
  command = plan

  variables {
    console_domain = "https://contacts.example.com/"
  }

  expect_failures = [var.console_domain]
}

run "addresses_that_are_none" {
  command = plan

  variables {
    alert_channels             = ["the pager"]
    alert_emails               = ["operations"]
    mail_from                  = "contacts@example.com"
    mail_reply_to              = "Contacts <contacts@example.com>"
    runbook_url                = "docs/runbook.md"
    sendgrid_endpoint          = "https://api.sendgrid.example"
    simpler_backend_identities = ["allUsers"]
  }

  expect_failures = [var.alert_channels, var.alert_emails, var.mail_from, var.mail_reply_to, var.runbook_url, var.sendgrid_endpoint, var.simpler_backend_identities]
}

run "numbers_out_of_bounds" {
  command = plan

  variables {
    backup_days         = 99
    budget              = { billing_account = "012345-6789AB-CDEF01", amount = 0 }
    people_quota        = "writes=0"
    runs_at_once        = 0
    urgent_runs_at_once = 0
  }

  expect_failures = [var.backup_days, var.budget, var.people_quota, var.runs_at_once, var.urgent_runs_at_once]
}

run "nobody_to_tell" {
  command = plan

  variables {
    alert_emails = []
  }

  expect_failures = [var.alert_emails]
}

run "a_key_for_some_of_the_places" {
  command = plan

  variables {
    secret_keys = { "europe-west1" = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k" }
  }

  expect_failures = [var.secret_keys]
}

run "a_domain_where_cloud_run_maps_none" {
  command = plan

  variables {
    region         = "europe-west3"
    console_domain = "contacts.example.com"
  }

  expect_failures = [var.console_domain]
}
