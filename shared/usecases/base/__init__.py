"""Base: what every use case stands on: leases, documents, the ledger's store, Google's quotas."""
