variable "by_hand" {
  description = "Whether nothing is granted, and Cloud Run is told by hand to ask nobody who they are."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.by_hand || var.invoker == "allUsers"
    error_message = "Only what is open to everybody may be opened by hand."
  }
}

variable "code" {
  description = "The archive, the repository for its image, and the service account that builds it."
  type = object({
    bucket     = string
    object     = string
    repository = string
    builder    = string
  })
  nullable = false
}

variable "database" {
  description = "The Firestore database and the function's role on it."
  type = object({
    name = string
    role = string
  })
  nullable = false

  validation {
    condition     = contains(["roles/datastore.user", "roles/datastore.viewer"], var.database.role)
    error_message = "A function reads and writes (roles/datastore.user), or only reads (roles/datastore.viewer)."
  }
}

variable "entry_point" {
  description = "The entry point in main.py."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z_]{0,26}[a-z]$", var.entry_point))
    error_message = "An entry point has 2 to 27 lower-case letters and underscores: with fn- it names a service account."
  }
}

variable "ingress" {
  description = "From where calls are let in."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY"], var.ingress)
    error_message = "ingress is ALLOW_ALL or ALLOW_INTERNAL_ONLY."
  }
}

variable "invoker" {
  description = "The one member that may call."
  type        = string
  nullable    = false

  validation {
    condition = (
      var.invoker == "allUsers" ? contains(["console", "customer_changed"], var.entry_point) :
      startswith(var.invoker, "group:") ? var.entry_point == "operate" :
      startswith(var.invoker, "serviceAccount:")
    )
    error_message = "Only console and customer_changed are open to everybody, and only operate to a group; any other function is called by one service account."
  }
}

variable "max_instances" {
  description = "The most instances, and so calls at a time."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 200
    error_message = "max_instances is 1 to 200."
  }
}

variable "memory" {
  description = "Memory of an instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*[MG]i$", var.memory))
    error_message = "memory is such as 512Mi or 1Gi."
  }
}

variable "min_instances" {
  description = "Instances that are kept ready, and paid for."
  type        = number
  nullable    = false

  validation {
    condition     = var.min_instances >= 0 && var.min_instances <= var.max_instances
    error_message = "min_instances is at most max_instances."
  }
}

variable "network" {
  description = "The network through which every call goes out; null: none."
  type = object({
    network    = string
    subnetwork = string
  })
  default = null
}

variable "project" {
  description = "The project's id."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where it runs."
  type        = string
  nullable    = false
}

variable "requests" {
  description = "Requests that an instance takes at a time."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.requests >= 1 && var.requests <= 80
    error_message = "requests is 1 to 80."
  }
}

variable "settings" {
  description = "Its environment."
  type        = map(string)
  nullable    = false
}

variable "timeout" {
  description = "Seconds that a call may take."
  type        = number
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout < 1800
    error_message = "A function ends before the 30 minutes that Scheduler and Cloud Tasks wait at most."
  }
}
