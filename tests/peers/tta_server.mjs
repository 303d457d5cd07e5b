// npm `telegram-test-api` on the loopback address, with the repairs without which no strict client can talk to it.
//
//   PEERS=build/peers PORT=9000 node tta_server.mjs
//
// What is repaired: getMe tells that it is a bot, dates are in seconds, presses carry chat_instance, polls wait and
// confirm by offset, webhook posts carry the secret and their answers are carried out, edits answer with the message
// and drop a keyboard they do not repeat, methods the package lacks answer true. Everything else is the package's own.
// Added: GET /peer/calls lists the bot's calls; /peer/called/METHOD answers once the bot has called it; POST /peer/seen
// with token and chatId gives what the bot did in a chat since the last time, as soon as there is something.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const load = createRequire(join(resolve(process.env.PEERS ?? '.'), 'package.json'));
const Emulator = load('telegram-test-api');
const express = load('express');

const ME = { id: 666, is_bot: true, first_name: 'Test', username: 'TestNameBot' };
const LONGEST_POLL_S = 5;
const LONGEST_WAIT_MS = 20_000;
const POLL_STEP_MS = 20;
const emulator = new Emulator({ port: Number(process.env.PORT ?? 9000), host: '127.0.0.1', storeTimeout: 600 });
const calls = [];
const queued = new Map(); // token: updates handed out and not confirmed

const seconds = () => Math.floor(Date.now() / 1000);
const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Refused extends Error {}

// what is found, as soon as one of the package's events, or a call, brings it; empty after the longest wait
async function awaited(look) {
  const until = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const found = look();
    if (found.length || Date.now() >= until) return found;
    await new Promise((done) => {
      const late = setTimeout(done, until - Date.now());
      for (const event of ['AddedBotMessage', 'EditedMessageText', 'BotCalled']) {
        emulator.once(event, () => setImmediate(() => (clearTimeout(late), done())));
      }
    });
  }
}

const unread = (token, chat) => {
  const found = emulator.storage.botMessages.filter(
    (each) => each.botToken === token && String(each.message.chat_id) === String(chat) && !each.isRead,
  );
  for (const each of found) each.isRead = true;
  return found;
};

const plainUpdate = Emulator.formatUpdate;
Emulator.formatUpdate = (update) => {
  const made = plainUpdate(update);
  if (made.callback_query) made.callback_query.chat_instance ??= 'peer';
  return made;
};

// the package posts without the secret, and does not read the answer
const byPoll = emulator.addUserUpdate.bind(emulator);
emulator.addUserUpdate = async (update) => {
  const hook = emulator.webhooks[update.botToken];
  if (!hook?.url) return byPoll(update);
  const headers = { 'content-type': 'application/json' };
  if (hook.secret_token) headers['x-telegram-bot-api-secret-token'] = hook.secret_token;
  const body = JSON.stringify(Emulator.formatUpdate(update));
  emulator.updateId += 1;
  const answer = await fetch(hook.url, { method: 'POST', headers, body });
  const wanted = await answer.json().catch(() => ({}));
  if (wanted.method) await perform(update.botToken, wanted.method, wanted);
};

function asMessage(kept) {
  const { message } = kept;
  const made = {
    message_id: kept.messageId,
    date: Math.floor(kept.time / 1000),
    from: ME,
    chat: { id: Number(message.chat_id), type: 'private', first_name: 'Test' },
    text: message.text,
  };
  if (message.reply_markup?.inline_keyboard?.length) made.reply_markup = message.reply_markup;
  return made;
}

function edited(facts) {
  const kept = emulator.storage.botMessages.find(
    (each) => String(each.messageId) === String(facts.message_id) && String(each.message.chat_id) === String(facts.chat_id),
  );
  if (!kept) throw new Refused('Bad Request: message to edit not found');
  const markup = facts.reply_markup === undefined ? undefined : parsed(facts.reply_markup);
  const text = facts.text ?? kept.message.text;
  if (text === kept.message.text && JSON.stringify(markup) === JSON.stringify(kept.message.reply_markup)) {
    throw new Refused('Bad Request: message is not modified');
  }
  emulator.editMessageText({ ...facts, text, reply_markup: markup });
  kept.isRead = false; // whoever watches the chat shall see the edit
  return { ...asMessage(kept), edit_date: seconds() };
}

async function polled(token, facts, gone) {
  const until = Date.now() + 1000 * Math.min(Number(facts.timeout ?? 0), LONGEST_POLL_S);
  const offset = Number(facts.offset ?? 0);
  for (;;) {
    const waiting = [...(queued.get(token) ?? []), ...emulator.getUpdates(token)].filter((each) => each.update_id >= offset);
    queued.set(token, waiting);
    if (waiting.length || Date.now() >= until || gone()) return waiting.slice(0, Number(facts.limit ?? 100));
    await pause(POLL_STEP_MS);
  }
}

const METHODS = {
  getMe: () => ME,
  getWebhookInfo: (token) => ({
    url: emulator.webhooks[token]?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: 0,
  }),
  setWebhook: (token, facts) => {
    emulator.setWebhook(facts, token);
    return true;
  },
  deleteWebhook: (token) => {
    emulator.deleteWebhook(token);
    return true;
  },
  sendMessage: (token, facts) => {
    const { message_id: number } = emulator.addBotMessage({ ...facts }, token);
    return asMessage(emulator.storage.botMessages.find((each) => each.messageId === number));
  },
  editMessageText: (_token, facts) => edited(facts),
  editMessageReplyMarkup: (_token, facts) => edited(facts),
  getMyCommands: () => [],
};
for (const name of ['setMyCommands', 'deleteMyCommands', 'setChatMenuButton', 'sendChatAction', 'answerCallbackQuery']) {
  METHODS[name] = () => true;
}

async function perform(token, method, facts, gone = () => false) {
  if (method === 'getUpdates') return polled(token, facts, gone);
  const { method: _named, ...body } = facts;
  calls.push({ method, body });
  emulator.emit('BotCalled');
  return METHODS[method]?.(token, body);
}

const front = express();
front.use(express.json());
front.use(express.urlencoded({ extended: true }));
front.get('/peer/calls', (_request, response) => response.json(calls));
front.get('/peer/called/:method', async (request, response) => {
  response.json(await awaited(() => calls.filter((each) => each.method === request.params.method)));
});
front.post('/peer/seen', async (request, response) => {
  response.json(await awaited(() => unread(request.body.token, request.body.chatId)));
});
front.all('/bot:token/:method', async (request, response, next) => {
  const { token, method } = request.params;
  try {
    const facts = { ...request.query, ...request.body };
    const result = await perform(token, method, facts, () => response.destroyed);
    if (result === undefined) next();
    else response.json({ ok: true, result });
  } catch (error) {
    if (!(error instanceof Refused)) return next(error);
    response.status(400).json({ ok: false, error_code: 400, description: error.message });
  }
});
front.use(emulator.webServer);
front.settings.env = 'test';
emulator.webServer = front;
emulator.setMaxListeners(0);
await emulator.start();
console.log(emulator.config.apiURL);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => emulator.stop().then(() => process.exit(0)));
