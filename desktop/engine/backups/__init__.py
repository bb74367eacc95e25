"""Backups that are made by themselves, and the ways back when the vault is damaged."""
