# The queue of runs. sync_wisp answers 409 while another run of the WISP is on, which takes up to 29 minutes and 5 more
# until a dead one's lease is free, and 502 or 503 when SIMPLer is away: twelve tries take 85 minutes.

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
