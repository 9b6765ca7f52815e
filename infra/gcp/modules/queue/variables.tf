variable "at_once" {
  description = "How many tasks are worked on at the same time."
  type        = number
  nullable    = false
}

variable "enqueuers" {
  description = "Members that put tasks in, by function."
  type        = map(string)
  nullable    = false
}

variable "longest_pause" {
  description = "The most seconds between two tries."
  type        = number
  nullable    = false

  validation {
    condition     = var.longest_pause >= var.shortest_pause
    error_message = "longest_pause is at least shortest_pause."
  }
}

variable "name" {
  description = "The queue's name."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the queue is."
  type        = string
  nullable    = false
}

variable "shortest_pause" {
  description = "Seconds between the first try and the second; then twice as many each time."
  type        = number
  nullable    = false
}

variable "tries" {
  description = "After so many a task is given up."
  type        = number
  nullable    = false

  validation {
    condition     = var.tries >= 1 && var.tries <= 100
    error_message = "tries is 1 to 100."
  }
}
