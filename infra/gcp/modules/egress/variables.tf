variable "region" {
  description = "Where the functions run."
  type        = string
  nullable    = false
}
