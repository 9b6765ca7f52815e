variable "alert_channels" {
  description = "Channels that CRITICAL alerts go to besides alert_emails, to wake somebody: projects/P/notificationChannels/N (a pager, SMS, a chat), made by hand."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.alert_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", channel))])
    error_message = "Each of alert_channels is projects/P/notificationChannels/N: gcloud beta monitoring channels list."
  }
}

variable "alert_emails" {
  description = "Who is mailed when an alert fires."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "Each of alert_emails is one plain e-mail address."
  }

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "Somebody must be told: alert_emails has at least one address."
  }
}

variable "backup_days" {
  description = "Days for which a daily backup of the database is kept."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 98 && floor(var.backup_days) == var.backup_days
    error_message = "Backups are kept for 1 to 98 days (14 weeks is Firestore's limit)."
  }
}

variable "budget" {
  description = "A month's budget: the billing account, and whole units of its currency. Spending half or all of it, or being about to, is mailed; null: nobody is told."
  type = object({
    billing_account = string
    amount          = number
  })
  default = null

  validation {
    condition     = var.budget == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "budget.billing_account is such as 012345-6789AB-CDEF01: gcloud billing accounts list."
  }

  validation {
    condition     = var.budget == null || try(var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount, false)
    error_message = "budget.amount is a whole number, 1 or more."
  }
}

variable "console_domain" {
  description = "Domain of your own for the console, e.g. contacts.example.com; empty: the console's run.app address."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.console_domain == "" || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.console_domain))
    error_message = "console_domain is a domain in lower case, without https:// and without a slash."
  }

  validation {
    condition = var.console_domain == "" || contains([
      "asia-east1", "asia-northeast1", "asia-southeast1", "europe-north1", "europe-west1", "europe-west4",
      "us-central1", "us-east1", "us-east4", "us-west1",
    ], var.region)
    error_message = "Cloud Run maps domains in some regions only, and region is none of them."
  }
}

variable "database" {
  description = "Name of the Firestore database."
  type        = string
  default     = "contacts"
  nullable    = false

  validation {
    condition     = var.database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "A database's name has 4 to 63 lower-case letters, digits and hyphens, or is (default)."
  }
}

variable "database_key" {
  description = "Cloud KMS key that encrypts the database, in its location; empty: Google's own. Cannot be changed later."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.database_key == "" || can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.database_key))
    error_message = "database_key is projects/P/locations/L/keyRings/R/cryptoKeys/K."
  }
}

variable "database_location" {
  description = "Where the database is kept: a multi-region or a region. Cannot be changed later."
  type        = string
  default     = "eur3"
  nullable    = false

  validation {
    condition     = can(regex("^(eur3|nam5|nam7|[a-z]+-[a-z]+[0-9]{1,2})$", var.database_location))
    error_message = "database_location is eur3, nam5, nam7 or a region such as europe-west1."
  }
}

variable "fixed_egress" {
  description = "Whether calls of SIMPLer come from one fixed address, for a SIMPLer that lists its callers' addresses."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_location" {
  description = "Region in which the project's log is kept; empty: Google's global bucket. Cannot be changed later."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.log_location == "" || can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.log_location))
    error_message = "log_location is a region such as europe-west1."
  }
}

variable "mail_from" {
  description = "Verified sender of mail: NAME <ADDRESS>; empty: no mail is sent."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.mail_from == "" || can(regex("^[^<>@]+ <[^<>@\\s]+@[^<>@\\s]+\\.[^<>@\\s]+>$", var.mail_from))
    error_message = "mail_from is of the form NAME <ADDRESS>."
  }
}

variable "mail_reply_to" {
  description = "Where answers to mail go; empty: to the sender."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.mail_reply_to == "" || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.mail_reply_to))
    error_message = "mail_reply_to is one plain e-mail address."
  }
}

variable "open_by_hand" {
  description = "Whether console and customer_changed are opened by hand, since the organisation lets nothing be granted to allUsers: README.md, step 5."
  type        = bool
  default     = false
  nullable    = false
}

variable "operators" {
  description = "The Google group whose members may call operate: group:NAME@DOMAIN; empty: nobody, and operate is not there."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.operators == "" || can(regex("^group:[^@\\s]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.operators))
    error_message = "operators is one Google group: group:NAME@DOMAIN."
  }
}

variable "people_quota" {
  description = "Google's quotas for each account as README's PEOPLE_QUOTA has them, e.g. reads=90,writes=90; empty: the usual ones."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^((reads|writes|others|groups|day)=[1-9][0-9]*(,(reads|writes|others|groups|day)=[1-9][0-9]*)*)?$", var.people_quota))
    error_message = "people_quota is like reads=90,writes=60: reads, writes, others, groups or day, with whole numbers."
  }
}

variable "project" {
  description = "The Google Cloud project: its id, and its number, of which the functions' addresses are made."
  type = object({
    id     = string
    number = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project.id))
    error_message = "A project's id has 6 to 30 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = can(regex("^[0-9]{6,20}$", var.project.number))
    error_message = "A project's number has digits only: gcloud projects describe PROJECT --format='value(projectNumber)'."
  }
}

variable "region" {
  description = "Where the functions, the queue and the schedule are."
  type        = string
  default     = "europe-west1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is a region such as europe-west1."
  }
}

variable "runbook_url" {
  description = "Where your people read docs/runbook.md; alerts link into it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^\\s#]+$", var.runbook_url))
    error_message = "runbook_url begins with https:// and has no #."
  }
}

variable "runs_at_once" {
  description = "How many WISPs' runs may be on at the same time."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.runs_at_once >= 1 && var.runs_at_once <= 100 && floor(var.runs_at_once) == var.runs_at_once
    error_message = "runs_at_once is a whole number from 1 to 100."
  }
}

variable "secret_keys" {
  description = "Cloud KMS keys that encrypt the secrets, also those that functions make, by each of secret_locations; none: Google's own."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.secret_keys) == 0 || toset(keys(var.secret_keys)) == var.secret_locations
    error_message = "secret_keys has a key for each of secret_locations and for nothing else."
  }

  validation {
    condition     = alltrue([for place, key in var.secret_keys : can(regex("^projects/[^/]+/locations/${place}/keyRings/[^/]+/cryptoKeys/[^/]+$", key))])
    error_message = "Each of secret_keys is projects/P/locations/L/keyRings/R/cryptoKeys/K in its own location."
  }
}

variable "secret_locations" {
  description = "Regions in which secrets are kept; none: Google chooses. Cannot be changed later."
  type        = set(string)
  default     = ["europe-west1", "europe-west4"]
  nullable    = false

  validation {
    condition     = alltrue([for place in var.secret_locations : can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", place))])
    error_message = "Each of secret_locations is a region such as europe-west1."
  }
}

variable "sendgrid_endpoint" {
  description = "SendGrid's address in the region of your account: https://api.eu.sendgrid.com in the EU; empty: the usual one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.sendgrid_endpoint == "" || can(regex("^https://api(\\.[a-z]+)?\\.sendgrid\\.com$", var.sendgrid_endpoint))
    error_message = "sendgrid_endpoint is https://api.sendgrid.com or that of a region, such as https://api.eu.sendgrid.com."
  }
}

variable "simpler_backend_identities" {
  description = "Principals that may ask for ID tokens of SIMPLer's service account: principal://…, principalSet://… or serviceAccount:…."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for who in var.simpler_backend_identities : can(regex("^(principal://|principalSet://|serviceAccount:)", who))])
    error_message = "Each of simpler_backend_identities begins with principal://, principalSet:// or serviceAccount:."
  }
}

variable "source_archive" {
  description = "SHA-256 of the archive that is deployed, under which it is in the bucket PROJECT-code. It is no setting: a release gives it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.source_archive))
    error_message = "source_archive is a SHA-256: 64 hexadecimal digits."
  }
}

variable "urgent_runs_at_once" {
  description = "How many more may be on because somebody pressed a button or connected an account, whatever the nights do."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.urgent_runs_at_once >= 1 && var.urgent_runs_at_once <= 100 && floor(var.urgent_runs_at_once) == var.urgent_runs_at_once
    error_message = "urgent_runs_at_once is a whole number from 1 to 100."
  }
}
