variable "body" {
  description = "The call's JSON members."
  type        = map(string)
  nullable    = false
}

variable "caller" {
  description = "E-mail address of the service account that calls."
  type        = string
  nullable    = false
}

variable "cron" {
  description = "Once a day: minute, hour and three asterisks; every hour: minute and four."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([0-5]?[0-9]) ([01]?[0-9]|2[0-3]|\\*) \\* \\* \\*$", var.cron))
    error_message = "cron is MINUTE HOUR * * * or MINUTE * * * *."
  }
}

variable "deadline" {
  description = "Seconds that Scheduler waits for the answer; longer than the function may take."
  type        = number
  nullable    = false

  validation {
    condition     = var.deadline >= 15 && var.deadline <= 1800
    error_message = "Scheduler waits 15 seconds to 30 minutes."
  }
}

variable "name" {
  description = "The job's name."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the job is."
  type        = string
  nullable    = false
}

variable "time_zone" {
  description = "IANA time zone of the cron."
  type        = string
  nullable    = false
}

variable "url" {
  description = "The function's address, without a path."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/]+$", var.url))
    error_message = "url is https://HOST."
  }
}
