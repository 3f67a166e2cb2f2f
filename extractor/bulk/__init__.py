"""A country's reports: jobs kept in the store, worked on by one machine or many (docs/bulk.md)."""
