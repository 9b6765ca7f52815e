"""Base: the parts that every use case needs: leases, documents, the ledger's store, Google's quotas."""
