"""What each port promises, asked of its fake and of every real adapter alike."""
