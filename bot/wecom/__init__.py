"""The WeCom channel: an app of a corporation, whose members are known by their userid."""
