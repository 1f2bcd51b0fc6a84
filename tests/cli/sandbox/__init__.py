"""The sandbox, asked over real HTTP and compared with answers of a real wiki."""
