# The queue of runs. What fails for one WISP is tried again by a task of our own; the queue tries again, twelve times in 85
# minutes, what fails for all: a function that dies, does not start or may not be called.

module "queue" {
  source = "./modules/queue"

  name           = "runs"
  region         = var.region
  at_once        = var.runs_at_once
  tries          = 12
  shortest_pause = 60
  longest_pause  = 600
  caller         = google_service_account.caller["tasks"].name
  enqueuers      = { for name, function in local.functions : name => module.function[name].member if function.enqueues }

  depends_on = [google_project_service.api]
}
