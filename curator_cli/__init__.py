"""The shell for operators and newcomers: commands, the sandbox and the demonstration."""
