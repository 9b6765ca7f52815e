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
    for name, function in local.functions : name => contains(local.open, function.caller) ? {} : {
      CALLER_AUDIENCE = function.caller == "operators" ? join(",", [local.urls[name], local.google_cloud_cli[0], local.google_cloud_cli[1]]) : local.urls[name]
      CALLERS = jsonencode({
        (function.caller == "operators" ? "*" : google_service_account.caller[function.caller].email) = { functions = [name] }
      })
    }
  }

  # A person's ID token is for the program that asked for it: the Google Cloud CLI, or Cloud Shell. Cloud Run takes it, and
  # asks IAM who they are (cloud.google.com/run/docs/authenticating/developers).
  google_cloud_cli = [
    "32555940559.apps.googleusercontent.com",
    "618104708054-9r9s1c4alg36erliucho9t52n32n6dgq.apps.googleusercontent.com",
  ]
}
