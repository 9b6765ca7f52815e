mock_provider "google" {}

variables {
  alert_emails   = ["operations@example.com"]
  project        = { id = "unit-test", number = "123456789012" }
  runbook_url    = "https://example.com/runbook.md"
  source_archive = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}

run "what_is_deployed" {
  command = plan

  assert {
    condition     = length(module.nightly) == length(local.time_zones) && contains(keys(module.nightly), "Pacific/Kiritimati")
    error_message = "There is one nightly job for each time zone, whichever are in use."
  }

  assert {
    condition     = output.functions["sync_all"] == "https://sync-all-123456789012.europe-west1.run.app"
    error_message = "A function's address is Cloud Run's deterministic one."
  }

  assert {
    condition     = local.code.bucket == "unit-test-code" && local.code.object == "${var.source_archive}.zip"
    error_message = "What is deployed is in the bucket of code, by its hash."
  }

  assert {
    condition     = [for name, function in local.functions : name if function.caller == "browsers"] == ["console"]
    error_message = "Only the console is open to everybody."
  }

  assert {
    condition     = local.functions["sync_wisp"].seconds == 29 * 60
    error_message = "sync_wisp ends after its own deadline (25 minutes) and before the queue's (30)."
  }

  assert {
    condition     = [for name, function in local.functions : name if contains(function.tokens, "make")] == ["console"]
    error_message = "Only the console makes secrets of accounts."
  }

  assert {
    condition     = [for name, function in local.functions : name if contains(function.credentials, "make")] == ["wisp_settings"]
    error_message = "Only wisp_settings makes secrets with credentials for SIMPLer."
  }

  assert {
    condition     = output.egress_address == null && length(google_cloud_run_domain_mapping.console) == 0
    error_message = "A fixed address and a domain of one's own are made only when they are asked for."
  }
}

run "what_is_made_when_it_is_asked_for" {
  command = plan

  variables {
    budget         = { billing_account = "012345-6789AB-CDEF01", amount = 200 }
    console_domain = "contacts.example.com"
    fixed_egress   = true
  }

  assert {
    condition     = output.console_redirect_uri == "https://contacts.example.com/oauth/callback"
    error_message = "The console's links and Google's answers go to the domain."
  }

  assert {
    condition     = google_billing_budget.month[0].amount[0].specified_amount[0].units == "200" && length(google_billing_budget.month[0].threshold_rules) == 3
    error_message = "Half of it, all of it and a month that is about to cost more are told."
  }

  assert {
    condition     = length(module.egress) == 1 && contains(keys(google_project_service.api), "compute")
    error_message = "The network and what it needs are made."
  }

  assert {
    condition     = [for name, function in module.function : name if function.kept_ready > 0] == ["console", "customer_status", "email_vcard", "sync_customer"]
    error_message = "People do not wait for the network of a new instance."
  }
}
