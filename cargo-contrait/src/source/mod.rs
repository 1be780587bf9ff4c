//! The sources of a workspace: what stands where.
