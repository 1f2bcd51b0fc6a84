"""What is MediaWiki's own: its codes, its answers, its sessions."""
