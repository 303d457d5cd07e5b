// The endpoints our client calls, with the limits, codes and silent losses the vendor's pages tell of.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const fail = (errcode, errmsg) => ({ errcode, errmsg });
const fine = (more = {}) => ({ errcode: 0, errmsg: 'ok', ...more });
const secret = (prefix) => `${prefix}${crypto.randomBytes(12).toString('hex')}`;
const INTERACTIVE = ['button_interaction', 'vote_interaction', 'multiple_interaction'];
const MOST_BYTES = 2048;
const HOUR_MS = 3600 * 1000;
const MINUTE_MS = 60 * 1000;
const TOKEN_PATHS = ['/cgi-bin/stable_token', '/cgi-bin/token', '/cgi-bin/gettoken'];
const snake = (name) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

// a passive reply's fields as the calls name them: MainTitle → main_title, one ButtonList → a list of it
const asCall = (value) => {
  if (Array.isArray(value)) return value.map(asCall);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => {
    const key = snake(name);
    const found = asCall(each);
    return [key, key.endsWith('_list') && !Array.isArray(found) ? [found] : found];
  }));
};

class Api {
  constructor(state, answers) {
    Object.assign(this, { state, answers, calls: [], faults: [], violations: [], cards: {} });
    Object.assign(this, { tokens: {}, codes: {}, media: {}, windows: {}, logins: {}, consents: {}, seen: {}, minutes: {} });
    this.next = 1000n;
    this.paths = {
      '/cgi-bin/message/custom/send': this.custom, '/cgi-bin/message/template/send': this.template, '/cgi-bin/message/subscribe/bizsend': this.subscribe,
      '/cgi-bin/message/send': this.send, '/cgi-bin/message/update_template_card': this.update, '/cgi-bin/qrcode/create': this.qrcode,
      '/cgi-bin/menu/create': this.menu, '/cgi-bin/media/upload': this.upload, '/cgi-bin/media/get': this.get,
      '/cgi-bin/auth/getuserinfo': this.who, '/cgi-bin/user/get': this.user,
    };
  }

  unique() { this.next += 1n; return String(this.next); }

  broken(what) { this.violations.push(what); }

  account(kind) { return this.state.accounts[kind] || {}; }

  // -- what ctl does ------------------------------------------------------------------------------------------------

  // a message opens a window of 48 hours and 5 messages; a menu's click, a scan or following one of a minute and 3
  window(openid, fields, brief, event) {
    const now = this.state.now();
    const windows = this.windows[openid] || (this.windows[openid] = { gone: false, open: [] });
    if (fields.Event === 'unsubscribe') Object.assign(windows, { gone: true, open: [] });
    else if (brief || fields.bizmsgmenuid) windows.open[1] = { left: 3, until: now + MINUTE_MS };
    else if (!event) windows.open[0] = { left: 5, until: now + 48 * HOUR_MS };
    if (fields.Event === 'subscribe') windows.gone = false;
  }

  press(user, task, key) {
    const card = this.cards[task];
    if (!card) return { error: 'no such card' };
    const grey = card.grey[user.toLowerCase()] || card.grey['@all'];
    if (grey) return { error: 'the buttons are grey', replaced: grey };
    const seen = card.seen[user.toLowerCase()] || card.card;
    const keys = (seen.button_list || []).map((each) => each.key).concat(seen.submit_button ? [seen.submit_button.key] : []);
    if (!keys.includes(key)) return { error: `no such button, but ${keys.join(', ')}` };
    return { card_type: seen.card_type, code: this.code(task) };
  }

  code(task) { const code = secret('RC'); this.codes[code] = { task, until: this.state.now() + 72 * HOUR_MS, used: false }; return code; }

  passive(kind, asked, reply) {
    this.state.show(kind, asked.FromUserName, 'passive', reply.MsgType, reply);
    if (reply.ToUserName !== asked.FromUserName && String(reply.ToUserName).toLowerCase() !== String(asked.FromUserName).toLowerCase()) this.broken(`a reply to ${reply.ToUserName}, who did not ask`);
    if (reply.MsgType === 'text' && Buffer.byteLength(String(reply.Content)) > MOST_BYTES) this.broken(`a passive text of ${Buffer.byteLength(reply.Content)} bytes`);
    const card = this.cards[asked.TaskId];
    if (!card || asked.Event !== 'template_card_event') return;
    const user = asked.FromUserName.toLowerCase();
    if (reply.MsgType === 'update_button') card.grey[user] = reply.Button.ReplaceName;
    if (reply.MsgType === 'update_template_card') this.replace(card, asCall(reply.TemplateCard), [user]);
  }

  replace(card, fresh, users) {
    const wrong = this.cardFault(fresh, true);
    if (wrong) { this.broken(`a card in an update: ${wrong}`); return wrong; }
    for (const user of users) { if (user === '@all') { card.card = fresh; card.seen = {}; } else card.seen[user] = fresh; }
    if (fresh.task_id) this.cards[fresh.task_id] = card;
    return '';
  }

  revoke(kind) { delete this.tokens[kind]; }

  login(kind, user) { const code = secret('CODE'); this.logins[code] = { kind, user, used: false }; return code; }

  agree(openid, template, times) { const key = `${openid} ${template}`; this.consents[key] = (this.consents[key] || 0) + times; }

  keep(data, name, type) { const id = `MEDIA${this.unique()}`; this.media[id] = { data, name, type, until: this.state.now() + 72 * HOUR_MS }; return id; }

  // -- the calls ----------------------------------------------------------------------------------------------------

  async answer(incoming, url, raw, response) {
    const form = /multipart/.test(incoming.headers['content-type'] || '');
    let body = {};
    if (raw.length && !form) { try { body = JSON.parse(raw.toString()); } catch (error) { body = null; } }
    const query = Object.fromEntries(url.searchParams);
    const call = { method: incoming.method, path: url.pathname, query: { ...query, access_token: undefined }, body: form ? { bytes: raw.length } : body, token: query.access_token || '' };
    this.calls.push(call);
    const fault = this.faults.find((each) => url.pathname.endsWith(each.path) && each.times > 0);
    if (fault) { fault.times -= 1; call.fault = fault; }
    if (fault && fault.lose) { incoming.socket.destroy(); return; } // not done, the connection breaks
    if (fault && fault.wait_ms && !fault.done) await new Promise((go) => setTimeout(go, fault.wait_ms));
    let out;
    if (fault && (fault.errcode || fault.body !== undefined || fault.text !== undefined || fault.status)) out = fault.body !== undefined ? fault.body : fail(fault.errcode || -1, fault.errmsg || 'injected');
    else { try { out = this.call(url.pathname, query, body, form ? this.parts(raw, incoming.headers['content-type']) : null, incoming.method); } catch (error) { out = fail(-1, String(error.stack)); this.broken(`${url.pathname}: ${error.stack}`); } }
    call.out = out && out.file ? { bytes: out.file.data.length } : out;
    if (fault && fault.drop) { incoming.socket.destroy(); return; } // done, the connection breaks
    if (fault && fault.wait_ms && fault.done) await new Promise((go) => setTimeout(go, fault.wait_ms));
    this.write(response, out, fault || {});
  }

  write(response, out, fault) {
    const status = fault.status || 200;
    if (fault.text !== undefined) { response.writeHead(status, { 'content-type': fault.type || 'text/html' }); response.end(fault.text); return; }
    if (out && out.file) {
      response.writeHead(status, { 'content-type': out.file.type, 'content-disposition': `attachment; filename="${Buffer.from(out.file.name).toString('latin1')}"` });
      response.end(out.file.data);
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json; encoding=utf-8' });
    response.end(JSON.stringify(out));
  }

  // the multipart form's parts, by name
  parts(raw, type) {
    const edge = `--${(/boundary="?([^";]+)/.exec(type) || [])[1]}`;
    return Object.fromEntries(raw.toString('latin1').split(edge).slice(1, -1).map((part) => {
      const [head, ...rest] = part.slice(2, -2).split('\r\n\r\n');
      const named = (what) => (new RegExp(`[; ]${what}="([^"]*)"`).exec(head) || [])[1];
      return [named('name'), { name: Buffer.from(named('filename') || '', 'latin1').toString(), type: (/content-type: *(.+)/i.exec(head) || [])[1], data: Buffer.from(rest.join('\r\n\r\n'), 'latin1') }];
    }));
  }

  call(at, query, body, form, method) {
    if (body === null) return fail(47001, 'data format error');
    if (TOKEN_PATHS.includes(at)) return this.token(at, query, body, method);
    if (at === '/sns/oauth2/access_token') return this.openid(query);
    if (!query.access_token) return fail(41001, 'access_token missing');
    const side = ['wechat', 'wecom'].find((kind) => this.tokens[kind] && this.tokens[kind].value === query.access_token);
    if (!side) return fail(40001, 'invalid credential, access_token is invalid or not latest');
    if (this.state.now() >= this.tokens[side].until) return fail(42001, 'access_token expired');
    if (this.paths[at]) return this.paths[at].call(this, { side, query, body, form });
    for (const folder of side === 'wecom' ? ['work', ''] : ['']) { // recorded answers of the real platforms, by path
      const file = path.join(this.answers || '/nowhere', folder, `${at.replace('/cgi-bin/', '').replace(/^\//, '').replace(/\//g, '_')}.json`);
      if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8'));
    }
    return fail(40066, `invalid url, and the stand-in has nothing for ${at}`);
  }

  token(at, query, body, method) {
    const kind = at === '/cgi-bin/gettoken' ? 'wecom' : 'wechat';
    const account = this.account(kind);
    const given = at === '/cgi-bin/stable_token' ? body : query;
    if (at === '/cgi-bin/stable_token' && method !== 'POST') return fail(43002, 'require POST method');
    if (at !== '/cgi-bin/gettoken' && given.grant_type !== 'client_credential') return fail(40002, 'invalid grant_type');
    if ((kind === 'wechat' ? given.appid : given.corpid) !== account.id) return fail(40013, kind === 'wechat' ? 'invalid appid' : 'invalid corpid');
    if ((kind === 'wechat' ? given.secret : given.corpsecret) !== account.secret) return kind === 'wechat' ? fail(40125, 'invalid appsecret') : fail(40001, 'invalid credential');
    const old = this.tokens[kind];
    const fresh = !old || this.state.now() >= old.until || at === '/cgi-bin/token' || (at === '/cgi-bin/stable_token' && given.force_refresh);
    if (fresh) this.tokens[kind] = { value: secret('TOKEN'), until: this.state.now() + 2 * HOUR_MS };
    const left = { access_token: this.tokens[kind].value, expires_in: Math.floor((this.tokens[kind].until - this.state.now()) / 1000) };
    return kind === 'wecom' ? fine(left) : left;
  }

  openid(query) {
    const account = this.account('wechat');
    if (query.appid !== account.id) return fail(40013, 'invalid appid');
    if (query.secret !== account.secret) return fail(40125, 'invalid appsecret');
    const found = this.logins[query.code];
    if (!found || found.kind !== 'wechat') return fail(40029, 'invalid code');
    if (found.used) return fail(40163, 'code been used');
    found.used = true;
    return { access_token: secret('OAUTH'), expires_in: 7200, refresh_token: secret('REFRESH'), openid: found.user, scope: 'snsapi_base' };
  }

  who({ query }) {
    const found = this.logins[query.code];
    if (!found || found.kind !== 'wecom' || found.used) return fail(40029, 'invalid code');
    found.used = true;
    return fine(found.user.startsWith('external:') ? { openid: found.user.slice(9) } : { userid: found.user });
  }

  user({ query }) {
    const found = this.account('wecom').users.find((each) => (each.userid || each).toLowerCase() === String(query.userid).toLowerCase());
    return found ? fine({ userid: found.userid || found, name: found.name || found, department: found.department || [1], status: 1 }) : fail(60111, 'userid not found');
  }

  custom({ body }) {
    const windows = this.windows[body.touser];
    if (windows && windows.gone) return fail(43004, 'require subscribe');
    const open = windows ? windows.open.filter((each) => each && this.state.now() <= each.until) : [];
    if (!open.length) return fail(45015, 'response out of time limit or subscription is canceled');
    const window = open.find((each) => each.left > 0);
    if (!window) return fail(45047, 'out of response count limit');
    const content = body[body.msgtype];
    if (!content) return fail(40008, 'invalid message type');
    if (body.msgtype === 'text' && Buffer.byteLength(content.content) > MOST_BYTES) return fail(45002, 'content size out of limit');
    if (content.media_id && !this.media[content.media_id]) return fail(40007, 'invalid media_id');
    window.left -= 1;
    this.state.show('wechat', body.touser, 'push', body.msgtype, content);
    return fine();
  }

  fields(data) { // of template and subscribe messages: strings, shown up to 20 characters of one line
    for (const [name, each] of Object.entries(data || {})) {
      const text = each && each.value;
      if (typeof text !== 'string') return `${name} is not a text`;
      if ([...text].length > 20 || text.includes('\n')) this.broken(`field ${name} is cut: ${text}`);
    }
    return '';
  }

  template({ body }) {
    if (!body.touser) return fail(40003, 'invalid openid');
    if (!body.template_id) return fail(40037, 'invalid template_id');
    if ((this.windows[body.touser] || {}).gone) return fail(43004, 'require subscribe');
    if (this.fields(body.data)) return fail(47003, `argument invalid! ${this.fields(body.data)}`);
    this.state.show('wechat', body.touser, 'push', 'template', body);
    return fine({ msgid: Number(this.unique()) });
  }

  subscribe({ body }) {
    const key = `${body.touser} ${body.template_id}`;
    if (!body.template_id) return fail(40037, 'invalid template_id');
    if (!this.consents[key]) return fail(43101, 'user refuse to accept the msg');
    if (this.fields(body.data)) return fail(47003, `argument invalid! ${this.fields(body.data)}`);
    this.consents[key] -= 1;
    this.state.show('wechat', body.touser, 'push', 'subscribe', body);
    return fine({ msgid: Number(this.unique()) });
  }

  send({ body }) {
    const account = this.account('wecom');
    if (Number(body.agentid) !== Number(account.agent_id)) return fail(301002, 'not allow operate another agent with this accesstoken');
    const to = String(body.touser || '').split('|').filter(Boolean);
    if (!to.length && !body.toparty && !body.totag) return fail(40003, 'touser, toparty, totag all empty');
    if (to.length > 1000) return fail(40058, 'touser exceeds 1000');
    if (!body.msgtype || !body[body.msgtype]) return fail(40008, 'invalid message type');
    const known = account.users.map((each) => (each.userid || each).toLowerCase());
    const unknown = to.filter((user) => user !== '@all' && known.length && !known.includes(user.toLowerCase()));
    if (to.length && unknown.length === to.length) return fail(81013, 'user & party & tag all invalid');
    const content = body[body.msgtype];
    const wrong = body.msgtype === 'template_card' ? this.cardFault(content, false) : content.media_id && !this.media[content.media_id] ? 'media_id' : '';
    if (wrong) return fail(wrong === 'media_id' ? 40007 : 40058, `invalid ${wrong}`);
    if (body.enable_duplicate_check) {
      const same = crypto.createHash('sha1').update(JSON.stringify(body)).digest('hex');
      if (this.seen[same] && this.seen[same].until > this.state.now()) return fine({ msgid: this.seen[same].msgid, invaliduser: '' });
      this.seen[same] = { msgid: secret('M'), until: this.state.now() + 1000 * (body.duplicate_check_interval || 1800) };
    }
    return this.sent(body, content, to.filter((user) => !unknown.includes(user)), unknown);
  }

  sent(body, content, reached, unknown) {
    if (body.msgtype === 'text' && Buffer.byteLength(content.content) > MOST_BYTES) this.broken(`a text of ${Buffer.byteLength(content.content)} bytes is cut`);
    const out = { invaliduser: unknown.join('|').toLowerCase(), invalidparty: '', invalidtag: '', unlicenseduser: '', msgid: secret('M') };
    if (body.msgtype === 'template_card' && content.task_id) {
      this.cards[content.task_id] = { card: content, to: reached, grey: {}, seen: {} };
      out.response_code = this.code(content.task_id);
    }
    const licensed = new Set(this.account('wecom').unlicensed || []);
    for (const user of reached) {
      const minute = `${user.toLowerCase()} ${Math.floor(this.state.now() / MINUTE_MS)}`;
      this.minutes[minute] = (this.minutes[minute] || 0) + 1;
      if (this.minutes[minute] > 30) this.broken(`${user} gets more than 30 messages a minute, and this one is dropped`);
      else if (!licensed.has(user)) this.state.show('wecom', user, 'push', body.msgtype, content);
    }
    out.unlicenseduser = reached.filter((user) => licensed.has(user)).join('|');
    return fine(out);
  }

  cardFault(card, again) {
    const interactive = INTERACTIVE.includes(card.card_type);
    if (!interactive && !['text_notice', 'news_notice'].includes(card.card_type)) return 'card_type';
    if (interactive && !again && !/^[\w@-]{1,128}$/.test(card.task_id || '')) return 'task_id';
    if (card.task_id && !again && this.cards[card.task_id]) return 'task_id, repeated';
    if (card.card_type === 'button_interaction' && !((card.button_list || []).length <= 6 && (card.button_list || []).length)) return 'button_list';
    if ((card.button_list || []).some((each) => !each.text || (!each.key && !each.url) || Buffer.byteLength(each.key || '') > 1024)) return 'button_list key or text';
    if (!interactive && !card.card_action) return 'card_action';
    if (!(card.main_title && card.main_title.title) && !card.sub_title_text) return 'main_title';
    if (card.card_type === 'multiple_interaction' && (card.select_list || []).length > 3) return 'select_list';
    return card.checkbox && card.checkbox.option_list.length > 20 ? 'option_list' : '';
  }

  update({ body }) {
    const code = this.codes[body.response_code];
    if (!code || code.used || this.state.now() > code.until) return fail(40058, 'response_code invalid, used or expired');
    const users = body.atall ? ['@all'] : (body.userids || []).map((each) => each.toLowerCase());
    if (!users.length) return fail(40058, 'userids');
    code.used = true;
    const card = this.cards[code.task];
    if (body.button) { for (const user of users) card.grey[user] = body.button.replace_name; return fine({ invaliduser: [] }); }
    const wrong = this.replace(card, body.template_card || {}, users);
    if (wrong) return fail(40058, `invalid ${wrong}`);
    for (const user of users[0] === '@all' ? card.to : users) this.state.show('wecom', user, 'update', 'template_card', body.template_card);
    return fine({ invaliduser: [] });
  }

  qrcode({ body }) {
    const scene = ((body.action_info || {}).scene || {}).scene_str;
    if (body.action_name !== 'QR_STR_SCENE') return fail(40052, 'invalid action name');
    if (typeof scene !== 'string' || scene.length < 1 || scene.length > 64) return fail(40053, 'invalid action info');
    const seconds = Math.min(body.expire_seconds || 60, 2592000);
    return { ticket: secret('TICKET'), expire_seconds: seconds, url: `http://weixin.qq.com/q/${scene}` };
  }

  menu({ side, query, body }) {
    const account = this.account('wecom');
    if (side === 'wecom' && Number(query.agentid) !== Number(account.agent_id)) return fail(301002, 'not allow operate another agent with this accesstoken');
    const bars = body.button || [];
    if (!bars.length || bars.length > 3) return fail(40016, 'invalid button size');
    for (const each of bars.flatMap((bar) => [bar, ...(bar.sub_button || [])])) {
      if (!each.name || Buffer.byteLength(each.name) > 60) return fail(40018, 'invalid button name size');
      if ((each.sub_button || []).length > 5) return fail(40023, 'invalid sub button size');
      if (!each.type && !(each.sub_button || []).length) return fail(40017, 'invalid button type');
      if (each.type === 'click' && !(each.key && Buffer.byteLength(each.key) <= 128)) return fail(40019, 'invalid button key size');
      if (each.type === 'view' && !/^https?:\/\//.test(each.url || '')) return fail(40055, 'invalid button url');
    }
    return fine();
  }

  upload({ side, query, form }) {
    const file = form && form.media;
    if (!file) return fail(41005, 'media data missing');
    if (!['image', 'voice', 'video'].concat(side === 'wecom' ? ['file'] : ['thumb']).includes(query.type)) return fail(40004, 'invalid media type');
    if (file.data.length <= 5) return fail(side === 'wecom' ? 40006 : 44001, 'empty media data');
    if (!file.name) return fail(40009, 'the file has no name');
    return fine({ type: query.type, media_id: this.keep(file.data, file.name, file.type || 'application/octet-stream'), created_at: Math.floor(this.state.now() / 1000) });
  }

  get({ query }) {
    const file = this.media[query.media_id];
    return file && this.state.now() < file.until ? { file } : fail(40007, 'invalid media_id');
  }
}
module.exports = { Api };
