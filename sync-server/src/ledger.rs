//! The ledger: what is taken in, in what order, and who gets to see it.
