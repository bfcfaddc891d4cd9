//! Verification: everything that can be rebuilt is rebuilt from the received bytes and compared.
