mock_provider "google" {}

variables {
  alert_emails   = ["operations@example.com"]
  project        = { id = "unit-test", number = "123456789012" }
  runbook_url    = "https://example.com/runbook.md"
  source_archive = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "what_has_not_the_right_form" {
  command = plan

  variables {
    # names that Google refuses
    project           = { id = "Unit Test", number = "unit-test" }
    region            = "Belgium"
    database          = "Contacts"
    database_location = "Europe"
    log_location      = "eu"
    secret_locations  = ["europe"]

    # addresses that are none
    alert_channels             = ["the pager"]
    alert_emails               = ["operations"]
    mail_from                  = "contacts@example.com"
    mail_reply_to              = "Contacts <contacts@example.com>"
    runbook_url                = "docs/runbook.md"
    sendgrid_endpoint          = "https://api.sendgrid.example"
    simpler_backend_identities = ["allUsers"]

    # numbers out of bounds
    backup_days         = 99
    budget              = { billing_account = "012345-6789AB-CDEF01", amount = 0 }
    people_quota        = "writes=0"
    runs_at_once        = 0
    urgent_runs_at_once = 0
  }

  expect_failures = [
    var.project, var.region, var.database, var.database_location, var.log_location, var.secret_locations,
    var.alert_channels, var.alert_emails, var.mail_from, var.mail_reply_to, var.runbook_url, var.sendgrid_endpoint,
    var.simpler_backend_identities,
    var.backup_days, var.budget, var.people_quota, var.runs_at_once, var.urgent_runs_at_once,
  ]
}

run "nobody_to_tell_a_key_for_some_of_the_places_and_a_domain_that_is_an_address" {
  command = plan

  variables {
    alert_emails   = []
    secret_keys    = { "europe-west1" = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k" }
    console_domain = "https://contacts.example.com/"
  }

  expect_failures = [var.alert_emails, var.secret_keys, var.console_domain]
}

run "a_domain_where_cloud_run_maps_none" {
  command = plan

  variables {
    region         = "europe-west3"
    console_domain = "contacts.example.com"
  }

  expect_failures = [var.console_domain]
}
