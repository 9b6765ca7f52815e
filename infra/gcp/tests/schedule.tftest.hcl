mock_provider "google" {}

variables {
  name      = "nightly-europe-dublin"
  region    = "europe-west1"
  cron      = "0 5 * * *"
  time_zone = "Europe/Dublin"
  url       = "https://sync-all-123456789012.europe-west1.run.app"
  body      = { time_zone = "Europe/Dublin" }
  caller    = "scheduler@unit-test.iam.gserviceaccount.com"
  deadline  = 180
}

run "a_job" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  assert {
    condition     = google_cloud_scheduler_job.this.http_target[0].oidc_token[0].audience == var.url
    error_message = "The audience of its token is the function's address without a path."
  }

  assert {
    condition     = jsondecode(base64decode(google_cloud_scheduler_job.this.http_target[0].body)) == { time_zone = "Europe/Dublin" }
    error_message = "Its body is what the function reads."
  }
}

run "every_minute" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    cron = "* * * * *"
  }

  expect_failures = [var.cron]
}

run "an_hour_that_no_day_has" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    cron = "0 25 * * *"
  }

  expect_failures = [var.cron]
}

run "longer_than_scheduler_waits" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    deadline = 1801
  }

  expect_failures = [var.deadline]
}
