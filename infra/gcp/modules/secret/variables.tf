variable "keys" {
  description = "Cloud KMS keys by location; none: Google's own."
  type        = map(string)
  nullable    = false
}

variable "locations" {
  description = "Where it is kept; none: Google chooses."
  type        = set(string)
  nullable    = false
}

variable "name" {
  description = "The secret's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name)) && !startswith(var.name, "google-account-") && !startswith(var.name, "simpler-")
    error_message = "A secret's name has letters, digits, hyphens and underscores; google-account-… and simpler-… are made by functions."
  }
}

variable "readers" {
  description = "Members that read its versions, by function."
  type        = map(string)
  nullable    = false
}
