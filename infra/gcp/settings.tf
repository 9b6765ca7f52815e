# The functions' environment: the settings that shared/config.py reads.

locals {
  # One that is empty is left out: it is as if it were not set.
  settings = { for name, value in {
    GOOGLE_CLOUD_PROJECT  = var.project.id
    STATE_URL             = "firestore://${var.project.id}/${var.database}"
    SECRETS_URL           = "secretmanager://${var.project.id}"
    SECRET_LOCATIONS      = join(",", [for place in sort(var.secret_locations) : join("=", compact([place, lookup(var.secret_keys, place, "")]))])
    TASKS_URL             = "cloudtasks://${var.project.id}/${var.region}/${module.queue.name}"
    URGENT_TASKS_URL      = "cloudtasks://${var.project.id}/${var.region}/${module.urgent_queue.name}"
    TASKS_SERVICE_ACCOUNT = google_service_account.caller["tasks"].email
    FUNCTIONS_URL         = local.address
    CONSOLE_URL           = local.console_url
    OAUTH_CLIENT          = "oauth-client"
    SIGNING_KEY           = "signing-key"
    SENDGRID_ENDPOINT     = var.sendgrid_endpoint
    SENDGRID_KEY          = "sendgrid-key"
    MAIL_FROM             = var.mail_from
    MAIL_REPLY_TO         = var.mail_reply_to
    PEOPLE_QUOTA          = var.people_quota
    CALLER_MODE           = "platform"
  } : name => value if value != "" }

  # A function knows only its own audience and its own caller. SIMPLer's backend may name every WISP, also one that it sets
  # up tomorrow: nothing here grows with the number of WISPs.
  caller_settings = {
    for name, function in local.functions : name => function.caller == "browsers" ? {} : {
      CALLER_AUDIENCE = local.urls[name]
      CALLERS = jsonencode({
        (google_service_account.caller[function.caller].email) = { functions = [name] }
      })
    }
  }
}
