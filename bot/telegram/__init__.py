"""Telegram: updates in by polling or webhook, messages out through python-telegram-bot's client."""
