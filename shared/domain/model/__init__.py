"""Model: who and what the service works for: a wisp, its accounts, runs, leases and quotas."""
