"""``python -m letup``: the same as the ``letup`` command."""

from letup.cli import main

if __name__ == "__main__":
    main()
