# The bucket is named at `terraform init`: README.md, step 2.
terraform {
  backend "gcs" {
    prefix = "simpler-contacts"
  }
}
