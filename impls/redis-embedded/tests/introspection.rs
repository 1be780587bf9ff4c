//! COMMAND INFO, with the hints and key specifications of a real server.

mod transcripts;

#[tokio::test]
async fn replies_are_those_of_redis() -> Result<(), Box<dyn std::error::Error>> {
    transcripts::replay(include_str!("transcripts/introspection.txt")).await
}
