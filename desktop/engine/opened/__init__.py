"""What the program was started with: links and files, and what they name."""
