variable "anchor" {
  description = "The runbook's section."
  type        = string
  nullable    = false
}

variable "but" {
  description = "Codes of the event that do not fire it, since somebody else was told."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "channels" {
  description = "Who is told."
  type        = list(string)
  nullable    = false
}

variable "event" {
  description = "The event that fires it, one notification for each code in six hours at most; null: a query fires it."
  type        = string
  default     = null

  validation {
    condition     = (var.event == null) != (var.query == null)
    error_message = "An alert is fired by an event or by a query."
  }
}

variable "meaning" {
  description = "What it means for people, in a sentence or two."
  type        = string
  nullable    = false
}

variable "query" {
  description = "The PromQL query that fires it as long as it gives something."
  type        = string
  default     = null
}

variable "runbook" {
  description = "Address of the runbook."
  type        = string
  nullable    = false
}

variable "severity" {
  description = "How bad it is."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["CRITICAL", "ERROR", "WARNING"], var.severity)
    error_message = "severity is CRITICAL, ERROR or WARNING."
  }
}

variable "title" {
  description = "What people read first."
  type        = string
  nullable    = false
}
