# What a month may cost. Nothing stops when it is spent: somebody is mailed, those who are told of alerts and the billing
# account's own people.

resource "google_billing_budget" "month" {
  count = var.budget == null ? 0 : 1

  billing_account = var.budget.billing_account
  display_name    = "SIMPLer contacts, ${var.project.id}"

  budget_filter {
    projects        = ["projects/${var.project.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(var.budget.amount)
    }
  }

  dynamic "threshold_rules" {
    for_each = [["CURRENT_SPEND", 0.5], ["CURRENT_SPEND", 1], ["FORECASTED_SPEND", 1]]

    content {
      spend_basis       = threshold_rules.value[0]
      threshold_percent = threshold_rules.value[1]
    }
  }

  all_updates_rule {
    monitoring_notification_channels = slice(local.emails, 0, min(length(local.emails), 5)) # its most
  }

  depends_on = [google_project_service.api]
}
