# What Terraform made once and does no more: it lets go of it, and destroys nothing. Of each WISP, its settings, the secret
# with its password for SIMPLer and the rights on that stay as they are; from now on `wisp_settings` changes them. Archives
# of code are stored by infra/releases; the one that runs stays where it is.

moved {
  from = module.secret["oauth-client"]
  to   = module.service_secret["oauth-client"]
}

moved {
  from = module.secret["sendgrid-key"]
  to   = module.service_secret["sendgrid-key"]
}

moved {
  from = module.secret["signing-key"]
  to   = module.service_secret["signing-key"]
}

removed {
  from = module.secret

  lifecycle {
    destroy = false
  }
}

removed {
  from = google_firestore_document.wisp

  lifecycle {
    destroy = false
  }
}

removed {
  from = google_storage_bucket_object.code

  lifecycle {
    destroy = false
  }
}
