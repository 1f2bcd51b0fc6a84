"""`python -m curator_cli` is `curator`."""

from curator_cli.app import main

if __name__ == "__main__":
    main()
