//! Claims about the workflow.
