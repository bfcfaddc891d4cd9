//! The domain, the documents, the sync and the device of Xunge.
