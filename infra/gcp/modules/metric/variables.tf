variable "description" {
  description = "What is counted or measured."
  type        = string
  nullable    = false
}

variable "events" {
  description = "The events that count (docs/events.md)."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.events) > 0 && alltrue([for event in var.events : can(regex("^[a-z]+\\.[a-z]+$", event))])
    error_message = "A metric has events, such as run.completed."
  }
}

variable "labels" {
  description = "Fields of the events by which the metric is told apart."
  type        = set(string)
  nullable    = false
}

variable "name" {
  description = "The metric's name below simpler_contacts/."
  type        = string
  nullable    = false
}

variable "unit" {
  description = "The unit of the numbers (UCUM)."
  type        = string
  default     = "1"
  nullable    = false
}

variable "value" {
  description = "The field whose numbers are measured; empty: events are counted."
  type        = string
  default     = ""
  nullable    = false
}

variable "whole_runs" {
  description = "Whether what a single customer's button does is left out."
  type        = bool
  default     = false
  nullable    = false
}
