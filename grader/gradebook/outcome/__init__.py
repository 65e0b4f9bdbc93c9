"""What comes out of a class: exports, feedback, pages, and what the class got wrong."""
