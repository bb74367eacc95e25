"""Export and import: accounts that leave the vault in one encrypted file, and come into another one."""
