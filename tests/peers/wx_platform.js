// The platform's side of two channels on the loopback address: an Official Account (wechat) and a WeCom app (wecom).
//
//   PEERS=build/peers [PORT=0] [CALLBACK_TIMEOUT_MS=5000] [ANSWERS=folder of recorded answers] node wx_platform.js
//
// Prints its address, ends when its standard input ends. Cryptography and XML are npm packages that have nothing to do
// with ours: @wecom/crypto, wechat-crypto, xml2js. Verbs are POST /ctl/NAME with JSON; README.md lists them.
const http = require('http');
const { join, resolve } = require('path');
const { createRequire } = require('module');
const crypto = require('crypto');
const { Api } = require('./wx_api.js');

process.removeAllListeners('warning');
process.on('warning', () => {}); // the packages use Buffer as it was made long ago
const load = createRequire(join(resolve(process.env.PEERS || '.'), 'package.json'));
const WeCom = load('@wecom/crypto');
const WeChat = load('wechat-crypto');
const xml2js = load('xml2js');

const TIMEOUT_MS = Number(process.env.CALLBACK_TIMEOUT_MS || 5000);
const TRIES = 3;
const OPENS_BRIEFLY = ['CLICK', 'subscribe', 'SCAN', 'scancode_waitmsg', 'pic_photo_or_album'];

// what platform and ctl share: accounts by kind, the ledger of what people were shown, the clock
const state = { accounts: {}, shown: [], waiting: new Set(), ahead_ms: 0 };
state.now = () => Date.now() + state.ahead_ms;
state.show = (channel, to, by, msgtype, content) => {
  state.shown.push({ n: state.shown.length + 1, channel, to: String(to).toLowerCase(), by, msgtype, content });
  for (const wake of [...state.waiting]) wake();
};
const api = new Api(state, process.env.ANSWERS);

const sha1 = (...parts) => crypto.createHash('sha1').update(parts.sort().join('')).digest('hex');
const cdata = (value) => (typeof value === 'number' ? value : `<![CDATA[${String(value).split(']]>').join(']]]]><![CDATA[>')}]]>`);
const element = (name, value) => {
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  return `<${name}>${value && typeof value === 'object' ? inner(value) : cdata(value)}</${name}>`;
};
const inner = (fields) => Object.entries(fields).map(([name, value]) => element(name, value)).join('');
const parse = (text) => xml2js.parseStringPromise(text, { explicitArray: false, trim: true }).then((found) => found && found.xml);

// two different libraries on purpose
const encrypt = (account, text) => (account.kind === 'wechat' ? new WeChat(account.token, account.aes_key, account.id).encrypt(text) : WeCom.encrypt(account.aes_key, text, account.id));
const decrypt = (account, text) => (account.kind === 'wechat' ? new WeChat(account.token, account.aes_key, account.id).decrypt(text) : WeCom.decrypt(account.aes_key, text));
const sign = (account, at, nonce, text) => (account.kind === 'wechat' ? new WeChat(account.token, account.aes_key, account.id).getSignature(at, nonce, text) : WeCom.getSignature(account.token, at, nonce, text));

function request(url, body, ms) {
  return new Promise((done) => {
    const began = Date.now();
    const headers = body === null ? {} : { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) };
    const finish = (facts) => { clearTimeout(late); done({ status: 0, body: '', timeout: false, ms: Date.now() - began, ...facts }); };
    const sent = http.request(url, { method: body === null ? 'GET' : 'POST', headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => finish({ status: answer.statusCode, body: Buffer.concat(parts).toString() }));
      answer.on('error', (error) => finish({ error: String(error) }));
    });
    const late = setTimeout(() => { finish({ timeout: true }); sent.destroy(); }, ms);
    sent.on('error', (error) => finish({ error: String(error) }));
    sent.end(body === null ? undefined : body);
  });
}

// one request as the platform makes it: signed, encrypted unless the account's mode is another
function sealed(account, fields, wish) {
  const at = String(wish.timestamp || Math.floor(state.now() / 1000));
  const nonce = crypto.randomBytes(5).toString('hex');
  const query = new URLSearchParams({ timestamp: at, nonce });
  const plain = `<xml>${inner(fields)}</xml>`;
  if (account.kind === 'wechat') {
    query.set('signature', sha1(account.token, at, nonce));
    query.set('openid', fields.FromUserName);
  }
  if (account.kind === 'wechat' && account.mode === 'plain') return { url: `${account.url}?${query}`, body: plain };
  const text = encrypt(account, plain);
  query.set('msg_signature', wish.bad_signature ? '0'.repeat(40) : sign(account, at, nonce, text));
  if (account.kind === 'wechat') query.set('encrypt_type', 'aes');
  const outer = { ToUserName: fields.ToUserName, ...(account.mode === 'compatible' ? fields : {}), Encrypt: text };
  if (account.kind === 'wecom') outer.AgentID = String(account.agent_id);
  return { url: `${account.url}?${query}`, body: `<xml>${inner(outer)}</xml>` };
}

// the passive reply of an answer, or null; what is not sealed as it must be is thrown
async function opened(account, body) {
  if (!body || body === 'success') return null;
  const outer = await parse(body);
  if (!outer || !outer.Encrypt) {
    if (account.kind === 'wechat' && account.mode === 'plain') return outer;
    throw new Error(`a reply that is not encrypted: ${body.slice(0, 200)}`);
  }
  if (sign(account, outer.TimeStamp, outer.Nonce, outer.Encrypt) !== outer.MsgSignature) throw new Error('a reply with another signature');
  const found = decrypt(account, outer.Encrypt);
  if (found.id !== account.id) throw new Error(`a reply of ${found.id}`);
  return parse(found.message);
}

// the same message, with the same MsgId, up to three times; `tries` lists them
async function deliver(account, fields, wish = {}) {
  const tries = [];
  let reply = null;
  let fault = null;
  for (let i = 0; i < (wish.tries || TRIES); i += 1) {
    const { url, body } = sealed(account, fields, wish);
    const answer = await request(url, body, TIMEOUT_MS);
    tries.push({ status: answer.status, ms: answer.ms, timeout: answer.timeout, error: answer.error || '' });
    if (answer.status === 200) {
      try { reply = await opened(account, answer.body); } catch (error) { fault = String(error.message || error); }
      break;
    }
  }
  if (reply) api.passive(account.kind, fields, reply);
  return { msgid: fields.MsgId || '', tries, reply, fault };
}

const ctl = {
  config: (wish) => {
    const before = state.accounts[wish.kind] || { mode: 'safe', users: [], secret: '', gh: '' };
    state.accounts[wish.kind] = { ...before, ...wish };
    return {};
  },
  now: (wish) => { state.ahead_ms = wish.at_s === undefined ? state.ahead_ms + 1000 * wish.forward_s : 1000 * wish.at_s - Date.now(); return { at_s: Math.floor(state.now() / 1000) }; },
  verify: async (wish) => { // the address check when an operator saves the callback's address
    const account = state.accounts[wish.kind];
    const at = String(Math.floor(state.now() / 1000));
    const nonce = crypto.randomBytes(5).toString('hex');
    const echo = String(crypto.randomInt(1e9) + 1e9);
    const query = new URLSearchParams({ timestamp: at, nonce });
    if (wish.kind === 'wechat') {
      query.set('signature', wish.bad ? '0'.repeat(40) : sha1(account.token, at, nonce));
      query.set('echostr', echo);
    } else {
      const text = encrypt(account, echo);
      query.set('msg_signature', wish.bad ? '0'.repeat(40) : sign(account, at, nonce, text));
      query.set('echostr', text);
    }
    const answer = await request(`${account.url}?${query}`, null, 1000);
    return { status: answer.status, ok: answer.status === 200 && answer.body === echo, body: answer.body };
  },
  send: (wish) => { // {kind, from, fields, msgid, create, tries, timestamp, bad_signature}
    const account = state.accounts[wish.kind];
    const event = wish.fields.MsgType === 'event';
    const fields = { ToUserName: account.gh || account.id, FromUserName: wish.from, CreateTime: wish.create || Math.floor(state.now() / 1000), ...wish.fields };
    if (!event) fields.MsgId = wish.msgid || api.unique();
    if (wish.kind === 'wecom') fields.AgentID = account.agent_id;
    else api.window(wish.from, fields, event && OPENS_BRIEFLY.includes(fields.Event), event);
    return deliver(account, fields, wish);
  },
  click: (wish) => { // a press on an interactive card as this person sees it: {from, task_id, key, selected: {question: [ids]}}
    const pressed = api.press(wish.from, wish.task_id, wish.key);
    if (pressed.error) return pressed;
    const account = state.accounts.wecom;
    const chosen = Object.entries(wish.selected || {}).map(([QuestionKey, ids]) => ({ QuestionKey, OptionIds: { OptionId: ids } }));
    return deliver(account, {
      ToUserName: account.id, FromUserName: wish.from, CreateTime: Math.floor(state.now() / 1000), MsgType: 'event', Event: 'template_card_event',
      EventKey: wish.key, TaskId: wish.task_id, CardType: pressed.card_type, ResponseCode: pressed.code, AgentID: account.agent_id,
      ...(chosen.length ? { SelectedItems: { SelectedItem: chosen } } : {}),
    }, wish);
  },
  shown: async (wish) => { // what a person was shown, in order: {kind, to, after, wait_ms}
    const found = () => state.shown.filter((each) => each.n > (wish.after || 0) && (!wish.kind || each.channel === wish.kind) && (!wish.to || each.to === wish.to.toLowerCase()));
    if (wish.wait_ms && !found().length) {
      await new Promise((done) => {
        const wake = () => { if (found().length) end(); };
        const late = setTimeout(() => end(), wish.wait_ms);
        const end = () => { clearTimeout(late); state.waiting.delete(wake); done(); };
        state.waiting.add(wake);
      });
    }
    return found();
  },
  fault: (wish) => { api.faults.push({ times: 1, ...wish }); return {}; },
  revoke: (wish) => { api.revoke(wish.kind); return {}; },
  code: (wish) => ({ code: api.login(wish.kind, wish.user) }), // what the authorisation page would hand to our page
  consent: (wish) => { api.agree(wish.to, wish.template, wish.times || 1); return {}; },
  media: (wish) => ({ media_id: api.keep(Buffer.from(wish.data, 'base64'), wish.name || 'image.jpg', wish.type || 'image/jpeg') }),
  card: (wish) => { api.cards[wish.card.task_id] = { card: { card_type: 'button_interaction', ...wish.card }, to: wish.to, grey: {}, seen: {} }; return {}; },
  calls: () => api.calls,
  cards: () => api.cards,
  violations: () => api.violations,
  reset: () => { api.calls.length = 0; api.faults.length = 0; api.violations.length = 0; return {}; },
};

function answerJson(response, value, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(value));
}

const server = http.createServer((incoming, response) => {
  const parts = [];
  incoming.on('data', (part) => parts.push(part));
  incoming.on('end', async () => {
    const url = new URL(incoming.url, 'http://x');
    const raw = Buffer.concat(parts);
    try {
      if (!url.pathname.startsWith('/ctl/')) { await api.answer(incoming, url, raw, response); return; }
      answerJson(response, await ctl[url.pathname.slice(5)](raw.length ? JSON.parse(raw.toString()) : {}));
    } catch (error) {
      api.broken(String(error.stack || error));
      answerJson(response, { error: String(error.stack || error) }, 500);
    }
  });
});
server.keepAliveTimeout = 120000;
server.listen(Number(process.env.PORT || 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
