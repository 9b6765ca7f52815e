# Two queues: "runs" for the nights and for what is tried again, "urgent" for what somebody waits for, so that no night and no
# first fill of others holds up a button. What fails for one WISP is tried again by a task of our own; a queue tries again,
# twelve times in 85 minutes, what fails for all: a function that dies, does not start or may not be called.

locals {
  enqueuers = { for name, function in local.functions : name => module.function[name].member if function.enqueues }
}

module "queue" {
  source = "./modules/queue"

  name           = "runs"
  region         = var.region
  at_once        = var.runs_at_once
  tries          = 12
  shortest_pause = 60
  longest_pause  = 600
  enqueuers      = local.enqueuers

  depends_on = [google_project_service.api]
}

module "urgent_queue" {
  source = "./modules/queue"

  name           = "urgent"
  region         = var.region
  at_once        = var.urgent_runs_at_once
  tries          = 12
  shortest_pause = 60
  longest_pause  = 600
  enqueuers      = local.enqueuers

  depends_on = [google_project_service.api]
}

# A task calls as an account that its maker may act as.
resource "google_service_account_iam_member" "enqueuer" {
  for_each = local.enqueuers

  service_account_id = google_service_account.caller["tasks"].name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

moved {
  from = module.queue.google_service_account_iam_member.enqueuer
  to   = google_service_account_iam_member.enqueuer
}
