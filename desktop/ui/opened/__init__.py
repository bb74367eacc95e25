"""What the program was started with: links and files. They navigate, and do nothing else."""
