"""HTTP as every service speaks it: problem documents, tokens, idempotency keys, paging, health."""
