//! What the command makes of sources: the checklist, the sheet, the seams, and the starter, on small projects.

mod check;
mod project;
mod seams;
mod sheet;
mod starter;
