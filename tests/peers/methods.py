"""The methods of the Bot API that are emulated, each with the errors of the real one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.peers.delivery import Delivery
from tests.peers.description import units
from tests.peers.entities import Unparsable, parsed
from tests.peers.ledger import plain
from tests.peers.world import Chat, Json, Refusal, World

MOST_TEXT, MOST_CAPTION, MOST_BUTTONS, MOST_IN_ROW = 4096, 1024, 100, 8
MOST_PHOTO, MOST_FILE, MOST_DOWNLOAD = 10 * 2**20, 50 * 2**20, 20 * 2**20
BESIDE_ACTION = {"text", "style", "icon_custom_emoji_id"}
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
GONE = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Invalid(Refusal):
    """A refusal that a well-made bot never causes: it is recorded as a violation too."""

    def __init__(self, description: str) -> None:
        super().__init__(400, f"Bad Request: {description}")


@dataclass(slots=True)
class Methods:
    """Each method takes its checked parameters and gives the result."""

    world: World
    delivery: Delivery

    def table(self) -> dict[str, Callable[[Json], Any]]:
        """Method → what does it; getUpdates is apart, since it waits."""
        idle = ("setChatMenuButton", "setMyDescription", "setMyShortDescription", "setMyName", "logOut", "close")
        return {name: lambda _facts: True for name in idle} | {
            "getMe": lambda _facts: self.world.me,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": lambda _facts: self.delivery.info(),
            "sendMessage": self.send_message,
            "sendPhoto": self.send_photo,
            "sendDocument": self.send_document,
            "sendChatAction": lambda _facts: True,
            "editMessageText": self.edit_text,
            "editMessageReplyMarkup": self.edit_markup,
            "editMessageCaption": self.edit_caption,
            "deleteMessage": self.delete_message,
            "answerCallbackQuery": self.answer_query,
            "setMyCommands": self.set_commands,
            "getMyCommands": lambda facts: self.world.commands.get(_scope(facts), []),
            "deleteMyCommands": self.delete_commands,
            "getFile": self.get_file,
            "getChat": lambda facts: self.chat_of(facts).as_json() | {"accent_color_id": 0, "max_reaction_count": 11},
        }

    def chat_of(self, facts: Json) -> Chat:
        """The chat of a call, when the bot may write there."""
        chat = self.world.chats.get(facts["chat_id"])
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.migrated_to is not None:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, description, migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            group = "Forbidden: bot was kicked from the group chat"
            raise Refusal(403, "Forbidden: bot was blocked by the user" if chat.kind == "private" else group)
        if not chat.started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def set_webhook(self, facts: Json) -> bool:
        """Real Telegram wants HTTPS; plain HTTP is taken here for this machine alone."""
        address = urlsplit(facts["url"])
        local = address.hostname in ("127.0.0.1", "localhost", "testserver")
        if facts["url"] and address.scheme != "https" and not local:
            raise Invalid("bad webhook: An HTTPS URL must be provided for webhook")
        if not SECRET.fullmatch(facts.get("secret_token", "x")):
            raise Invalid("secret token contains unallowed characters")
        self.delivery.set_hook(facts)
        return True

    def delete_webhook(self, facts: Json) -> bool:
        """Back to polls."""
        self.delivery.set_hook({"url": "", "drop_pending_updates": facts.get("drop_pending_updates", False)})
        return True

    def send_message(self, facts: Json) -> Json:
        """A text."""
        content = _text(facts, "text", "entities", MOST_TEXT, "message is too long")
        return self._post(facts, content)

    def send_photo(self, facts: Json) -> Json:
        """A picture, in two sizes as Telegram keeps them."""
        content = _caption(facts)
        photo = facts["photo"]
        if isinstance(photo, str):
            return self._post(facts, content | {"photo": [self._known(photo) | {"width": 90, "height": 90}]})
        if len(photo.content) > MOST_PHOTO:
            raise Invalid("file is too big")
        try:
            with Image.open(BytesIO(photo.content)) as image:
                width, height = image.size
        except OSError:
            raise Invalid("IMAGE_PROCESS_FAILED") from None
        if width + height > 10000 or max(width, height) > 20 * min(width, height):
            raise Invalid("PHOTO_INVALID_DIMENSIONS")
        return self._post(facts, content | {"photo": pictures(self.world, photo.content, (width, height))})

    def send_document(self, facts: Json) -> Json:
        """A file."""
        content = _caption(facts)
        given = facts["document"]
        if isinstance(given, str):
            return self._post(facts, content | {"document": self._known(given)})
        if not given.content:
            raise Invalid("file must be non-empty")
        if len(given.content) > MOST_FILE:
            raise Refusal(413, "Request Entity Too Large")
        kept = self.world.keep_file(given.name, given.content)
        return self._post(facts, content | {"document": kept | {"file_name": given.name, "mime_type": given.kind}})

    def edit_text(self, facts: Json) -> Json:
        """A new text; without a keyboard in the call the old one is gone."""
        return self._edit(facts, _text(facts, "text", "entities", MOST_TEXT, "message is too long"), "text")

    def edit_markup(self, facts: Json) -> Json:
        """A new keyboard, or none."""
        return self._edit(facts, {}, "")

    def edit_caption(self, facts: Json) -> Json:
        """A new caption."""
        return self._edit(facts, _caption(facts), "caption")

    def delete_message(self, facts: Json) -> bool:
        """A message is gone."""
        chat = self.chat_of(facts)
        if chat.messages.pop(facts["message_id"], None) is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        self.world.tell(chat, "delete", {"message_id": facts["message_id"]})
        return True

    def answer_query(self, facts: Json) -> bool:
        """Ends the turning circle on a button; a query can be answered once."""
        chat = self.world.queries.pop(facts["callback_query_id"], None)
        if chat is None:
            raise Refusal(400, f"Bad Request: {GONE}")
        shown = {"text": facts.get("text", ""), "alert": facts.get("show_alert", False)}
        self.world.tell(self.world.chats[chat], "toast", shown)
        return True

    def set_commands(self, facts: Json) -> bool:
        """The menu of commands for a scope and a language."""
        if len(facts["commands"]) > 100:
            raise Invalid("too many commands specified")
        if any(not COMMAND.fullmatch(each["command"]) for each in facts["commands"]):
            raise Invalid("BOT_COMMAND_INVALID")
        self.world.commands[_scope(facts)] = facts["commands"]
        return True

    def delete_commands(self, facts: Json) -> bool:
        """Forgets such a menu."""
        self.world.commands.pop(_scope(facts), None)
        return True

    def get_file(self, facts: Json) -> Json:
        """Where a file can be fetched."""
        kept = self._known(facts["file_id"])
        if kept["file_size"] > MOST_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        name = PurePath(self.world.files[facts["file_id"]][0])
        folder = "photos" if name.suffix == ".jpg" else "documents"
        return kept | {"file_path": f"{folder}/{facts['file_id']}{name.suffix}"}

    def _known(self, number: str) -> Json:
        if number not in self.world.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {
            "file_id": number,
            "file_unique_id": f"unique{number}",
            "file_size": len(self.world.files[number][1]),
        }

    def _post(self, facts: Json, content: Json) -> Json:
        markup = _markup(facts)
        return self.world.posted(self.chat_of(facts), content | ({"reply_markup": markup} if markup else {}))

    def _edit(self, facts: Json, content: Json, kind: str) -> Json:
        if "message_id" not in facts or "chat_id" not in facts:
            raise Invalid("message identifier is not specified")
        markup = _markup(facts)
        chat = self.chat_of(facts)
        before = chat.messages.get(facts["message_id"])
        if before is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if before["from"]["id"] != self.world.me["id"]:
            raise Refusal(400, "Bad Request: message can't be edited")
        if kind and kind not in before:
            raise Refusal(
                400, f"Bad Request: there is no {'text' if kind == 'text' else 'caption'} in the message to edit"
            )
        replaced = {"entities", "caption_entities", "reply_markup", *content} if kind else {"reply_markup"}
        after = {name: value for name, value in before.items() if name not in replaced}
        after |= content | ({"reply_markup": markup} if markup else {})
        if after == before:
            raise Refusal(400, f"Bad Request: {SAME}")
        chat.messages[facts["message_id"]] = after | {"edit_date": self.world.now()}
        self.world.tell(chat, "edit", chat.messages[facts["message_id"]])
        return chat.messages[facts["message_id"]]


def pictures(world: World, content: bytes, size: tuple[int, int]) -> list[Json]:
    """A picture as a message carries it: small and whole."""
    small = {"width": max(1, size[0] // 4), "height": max(1, size[1] // 4)}
    whole = {"width": size[0], "height": size[1]}
    return [world.keep_file("photo.jpg", content) | each for each in (small, whole)]


def _text(facts: Json, name: str, entities: str, most: int, too_long: str) -> Json:
    try:
        text, found = parsed(facts.get(name, ""), facts.get("parse_mode"))
    except Unparsable as error:
        raise Invalid(f"can't parse entities: {error}") from None
    found = found or facts.get(entities, [])
    if not text.strip() and name == "text":
        raise Invalid("message text is empty")
    if units(text) > most:
        raise Invalid(too_long)
    return {name: text} | ({entities: found} if found else {}) if text else {}


def _caption(facts: Json) -> Json:
    return _text(facts, "caption", "caption_entities", MOST_CAPTION, "message caption is too long")


def _markup(facts: Json) -> Json | None:
    """The inline keyboard of a call; one without buttons is none."""
    markup = facts.get("reply_markup")
    if markup is None or "inline_keyboard" not in markup:
        return None
    rows: list[list[Json]] = [row for row in markup["inline_keyboard"] if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in rows):
        raise Invalid("reply markup is too long")
    for button in buttons:
        _check_button(button)
    return {"inline_keyboard": plain(rows)} if rows else None


def _check_button(button: Json) -> None:
    if not button["text"].strip():
        raise Invalid("inline keyboard button text must be non-empty")
    if len(button.keys() - BESIDE_ACTION) != 1:
        raise Invalid("inline keyboard button must have exactly one action")
    if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
        raise Invalid("BUTTON_DATA_INVALID")
    address = urlsplit(button.get("url") or button.get("web_app", {}).get("url") or "https://t.me")
    if address.scheme not in ("http", "https", "tg") or (
        address.scheme != "tg" and "." not in (address.hostname or "")
    ):
        raise Invalid(f"inline keyboard button URL '{address.geturl()}' is invalid: Wrong HTTP URL")
    if "web_app" in button and address.scheme != "https":
        raise Invalid("inline keyboard button Web App URL is invalid: Only HTTPS links are allowed")


def _scope(facts: Json) -> str:
    scope = facts.get("scope", {"type": "default"})
    return ":".join(str(each) for each in (*scope.values(), facts.get("language_code", "")))
