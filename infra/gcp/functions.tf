# The functions: an entry point of main.py each, who calls it, and what it needs.
#
#   seconds      how long it may take: our own deadline is shorter (sync_wisp: 25 min), the caller's is longer
#   requests     how many an instance takes at a time: several where each waits more than it computes; one where not given
#   state        what it may do with the database
#   enqueues     whether it hands on tasks
#   secrets      which secrets of the service it reads
#   tokens       what it may do with the secrets of connected accounts: tokens.tf
#   credentials  what it may do with the WISPs' credentials for SIMPLer: credentials.tf

locals {
  # Without operators there is nobody who may call operate, so it is not there.
  functions = { for name, function in local.entry_points : name => function if function.caller != "operators" || var.operators != "" }

  entry_points = {
    sync_all = { # as many at once as time zones share their 05:00
      caller = "scheduler", seconds = 600, memory = "512Mi", instances = 20
      state  = "viewer", enqueues = true, secrets = [], tokens = [], credentials = []
    }
    watchdog = {
      caller = "scheduler", seconds = 600, memory = "1Gi", instances = 1
      state  = "user", enqueues = true, secrets = [], tokens = [], credentials = []
    }
    sync_wisp = {
      caller  = "tasks", seconds = 1740, memory = "1Gi", instances = var.runs_at_once + var.urgent_runs_at_once
      state   = "user", enqueues = true
      secrets = ["oauth-client", "sendgrid-key"], tokens = ["read", "forget"], credentials = ["read"]
    }
    start_sync = {
      caller = "simpler", seconds = 60, memory = "512Mi", instances = 5
      state  = "user", enqueues = true, secrets = [], tokens = [], credentials = []
    }
    sync_status = {
      caller = "simpler", seconds = 60, memory = "512Mi", instances = 10
      state  = "viewer", enqueues = false, secrets = [], tokens = [], credentials = []
    }
    sync_customer = {
      caller  = "simpler", seconds = 290, memory = "512Mi", instances = 10
      state   = "user", enqueues = true
      secrets = ["oauth-client"], tokens = ["read"], credentials = ["read"]
    }
    customer_status = {
      caller  = "simpler", seconds = 120, memory = "512Mi", instances = 10
      state   = "viewer", enqueues = false
      secrets = [], tokens = [], credentials = ["read"]
    }
    suggestions = {
      caller = "simpler", seconds = 60, memory = "512Mi", instances = 5
      state  = "viewer", enqueues = false, secrets = [], tokens = [], credentials = []
    }
    outage_list = { # reads SIMPLer's whole list
      caller  = "simpler", seconds = 290, memory = "1Gi", instances = 5
      state   = "user", enqueues = false
      secrets = [], tokens = [], credentials = ["read"]
    }
    preview_sync = { # waits for what make_preview makes
      caller = "simpler", seconds = 290, memory = "512Mi", instances = 5, requests = 20
      state  = "user", enqueues = true, secrets = [], tokens = [], credentials = []
    }
    make_preview = {
      caller  = "tasks", seconds = 900, memory = "1Gi", instances = 20
      state   = "user", enqueues = false
      secrets = ["oauth-client"], tokens = ["read"], credentials = ["read"]
    }
    email_vcard = {
      caller  = "simpler", seconds = 120, memory = "512Mi", instances = 10
      state   = "user", enqueues = false
      secrets = ["sendgrid-key"], tokens = [], credentials = ["read"]
    }
    console_link = {
      caller  = "simpler", seconds = 60, memory = "512Mi", instances = 5
      state   = "viewer", enqueues = false
      secrets = ["signing-key"], tokens = [], credentials = []
    }
    wisp_settings = {
      caller  = "simpler", seconds = 290, memory = "1Gi", instances = 10
      state   = "user", enqueues = false
      secrets = [], tokens = [], credentials = ["read", "make", "store"]
    }
    operate = { # restoring and deleting take as long as a run; it reads no credentials for SIMPLer but to try them
      caller  = "operators", seconds = 1680, memory = "1Gi", instances = 2
      state   = "user", enqueues = true
      secrets = ["oauth-client", "sendgrid-key", "signing-key"], tokens = ["read", "forget"], credentials = ["read", "forget"]
    }
    customer_changed = { # SIMPLer's triggers have no token; the WISP's key says who calls
      caller = "triggers", seconds = 60, memory = "512Mi", instances = 10, requests = 8
      state  = "user", enqueues = true, secrets = [], tokens = [], credentials = []
    }
    console = {
      caller  = "browsers", seconds = 480, memory = "2Gi", instances = 10, requests = 8
      state   = "user", enqueues = true
      secrets = ["oauth-client", "sendgrid-key", "signing-key"], tokens = ["read", "make", "store", "forget"], credentials = ["read"]
    }
  }

  # People wait for these. Behind a network of ours a new instance may have no connection for a minute or more
  # (cloud.google.com/run/docs/configuring/vpc-direct-vpc, "Limitations"), so one is kept ready.
  awaited = ["console", "customer_status", "email_vcard", "sync_customer"]

  # Callers without a token of Google: these functions ask them themselves who they are.
  open = ["browsers", "triggers"]

  # Cloud Run's own form (cloud.google.com/run/docs/triggering/https-request, "Deterministic URL").
  address = "https://{service}-${var.project.number}.${var.region}.run.app"
  urls    = { for name, _ in local.functions : name => replace(local.address, "{service}", replace(name, "_", "-")) }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  entry_point   = each.key
  project       = var.project.id
  region        = var.region
  code          = local.code
  settings      = merge(local.settings, local.caller_settings[each.key])
  timeout       = each.value.seconds
  memory        = each.value.memory
  max_instances = each.value.instances
  requests      = lookup(each.value, "requests", 1)
  min_instances = var.fixed_egress && contains(local.awaited, each.key) ? 1 : 0
  # Scheduler and Cloud Tasks of the same project count as internal (cloud.google.com/run/docs/securing/ingress).
  ingress = contains(["scheduler", "tasks"], each.value.caller) ? "ALLOW_INTERNAL_ONLY" : "ALLOW_ALL"
  invoker = contains(local.open, each.value.caller) ? "allUsers" : each.value.caller == "operators" ? var.operators : google_service_account.caller[each.value.caller].member
  # No argument of a function says that Cloud Run does not ask who calls: README.md, step 5.
  by_hand  = var.open_by_hand && contains(local.open, each.value.caller)
  database = { name = module.database.name, role = "roles/datastore.${each.value.state}" }
  network  = length(each.value.credentials) > 0 ? one(module.egress[*].network) : null

  depends_on = [
    google_artifact_registry_repository_iam_member.builder,
    google_project_iam_member.builder_code,
    google_project_iam_member.builder_logs,
    google_project_service.api,
  ]
}
