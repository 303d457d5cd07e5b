"""What the product does, through whatever door: one function per request, in one transaction."""
