"""`python -m bot` is `zhibu`."""

from bot.cli import main

if __name__ == "__main__":
    main()
