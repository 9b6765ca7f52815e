# The settings of each WISP: the documents that shared/domain/model/wisp.py describes.

variable "wisps" {
  description = "The WISPs by their ids. Their credentials for SIMPLer are in the secrets simpler-ID."
  type = map(object({
    name             = string
    country          = string
    time_zone        = string
    simpler_url      = string
    simpler_operator = string
    simpler_profile  = optional(string, "{}")
    statuses         = optional(list(string), ["current", "waiting for install"])
    name_template    = optional(string, "{name}")
    leavers          = optional(string, "remove")
    mail_domains     = optional(list(string), [])
    notify           = optional(list(string), [])
  }))
  nullable = false

  validation {
    condition     = alltrue([for id, _ in var.wisps : can(regex("^[A-Za-z0-9_-]{1,64}$", id))])
    error_message = "A WISP's id has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : trimspace(wisp.name) == wisp.name && wisp.name != ""])
    error_message = "A WISP has a name, without spaces around it; it is part of the label."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : can(regex("^[A-Z]{2}$", wisp.country))])
    error_message = "A WISP's country is two capitals (ISO 3166-1 alpha-2), such as IE."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : contains(local.time_zones, wisp.time_zone)])
    error_message = "A WISP's time_zone is one of shared/domain/model/time_zones.json, such as Europe/Dublin."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : can(regex("^https://[^\\s]+$", wisp.simpler_url))])
    error_message = "A WISP's simpler_url begins with https://."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : can(keys(jsondecode(wisp.simpler_profile)))])
    error_message = "A WISP's simpler_profile is a JSON object."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : length(wisp.statuses) > 0])
    error_message = "A WISP has at least one of statuses: without any, every contact would be a leaver's."
  }

  validation {
    condition     = alltrue([for _, wisp in var.wisps : contains(["remove", "keep"], wisp.leavers)])
    error_message = "A WISP's leavers is remove or keep."
  }

  validation {
    condition     = alltrue(flatten([for _, wisp in var.wisps : [for domain in wisp.mail_domains : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", lower(domain)))]]))
    error_message = "Each of a WISP's mail_domains is a domain such as example.com."
  }

  validation {
    condition     = alltrue(flatten([for _, wisp in var.wisps : [for email in wisp.notify : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))]]))
    error_message = "Each of a WISP's notify is one plain e-mail address."
  }
}

locals {
  # As shared/adapters/google/firestore/state.py keeps members: texts as they are, lists and objects as JSON.
  texts = {
    for id, wisp in var.wisps : id => {
      id               = id
      name             = wisp.name
      country          = wisp.country
      time_zone        = wisp.time_zone
      simpler_url      = wisp.simpler_url
      simpler_operator = wisp.simpler_operator
      simpler_secret   = "simpler-${id}"
      name_template    = wisp.name_template
      leavers          = wisp.leavers
    }
  }
  json = {
    for id, wisp in var.wisps : id => {
      simpler_profile = wisp.simpler_profile
      statuses        = jsonencode(wisp.statuses)
      mail_domains    = jsonencode(wisp.mail_domains)
      notify          = jsonencode(wisp.notify)
    }
  }
}

resource "google_firestore_document" "wisp" {
  for_each = var.wisps

  database    = module.database.name
  collection  = "wisps"
  document_id = each.key
  fields = jsonencode(merge(
    { for member, text in local.texts[each.key] : member => { stringValue = text } },
    { for member, text in local.json[each.key] : member => { mapValue = { fields = { json = { stringValue = text } } } } },
  ))
}
