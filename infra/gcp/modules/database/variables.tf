variable "backup_days" {
  description = "Days for which a daily backup is kept."
  type        = number
  nullable    = false
}

variable "expiring" {
  description = "Collections whose documents are deleted some time after their member expires."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(setintersection(var.expiring, ["accounts", "leases", "ledgers", "shards", "wisps"])) == 0
    error_message = "Only history expires: never leases, ledgers, accounts or WISPs."
  }
}

variable "key" {
  description = "Cloud KMS key; empty: Google's own."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Where it is kept."
  type        = string
  nullable    = false
}

variable "name" {
  description = "The database's name."
  type        = string
  nullable    = false
}

variable "unindexed" {
  description = "Collections that are only read whole, or by their documents' ids."
  type        = set(string)
  nullable    = false
}
