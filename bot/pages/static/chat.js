// Makes the chat livelier; every page works without it.
// A message keeps its id until the server has answered it: sending it again is safe, the same id gives the same reply.
"use strict";
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  if (document.getElementById("people")) filterPeople();
  if (document.getElementById("composer")) chat();
});

function filterPeople() {
  const all = [...document.querySelectorAll("[data-find]")], groups = [...document.querySelectorAll(".group")];
  document.getElementById("filter").addEventListener("input", (event) => {
    const asked = event.target.value.trim().toLowerCase().split(/\s+/);
    all.forEach((one) => { one.hidden = !asked.every((word) => one.dataset.find.toLowerCase().includes(word)); });
    groups.forEach((group) => { group.hidden = !group.querySelector("[data-find]:not([hidden])"); });
    document.getElementById("none").hidden = groups.some((group) => !group.hidden);
  });
}

function chat() {
  const LARGEST = 20 * 1024 * 1024, EVERY = 4000, PATIENCE = 20000, TRIES = 3; // bytes, milliseconds, milliseconds, attempts
  const at = (id) => document.getElementById(id);
  const composer = at("composer"), words = composer.dataset, text = at("text"), file = at("file");
  const scroll = at("scroll"), log = at("log"), unsent = at("unsent"), jump = at("jump"), warning = at("alert");
  const waiting = []; // messages the server has not answered, in order; only the first is ever on its way
  const drawn = new WeakMap(); // what the server drew for each item, to see what changed
  let sending = false, over = false, round = 0;
  const settle = (message) => { waiting.splice(waiting.indexOf(message), 1); message.item.remove(); };

  // Sending
  function put(field, value, shown) {
    const item = at("pending").content.firstElementChild.cloneNode(true);
    item.querySelector(".bubble").textContent = shown;
    item.querySelector(".retry").addEventListener("click", send);
    unsent.append(item);
    waiting.push({ field, value, item, id: null, tries: 0 });
    warn("");
    toEnd();
    send();
  }

  async function send() {
    if (sending || over || !waiting.length) return;
    const message = waiting[0], data = new FormData();
    message.id = message.id || log.dataset.fresh;
    message.tries += 1;
    message.item.classList.remove("bad");
    data.append("csrf", composer.elements.csrf.value);
    data.append("id", message.id);
    data.append(message.field, message.value);
    sending = true;
    round += 1;
    lock();
    const answer = await ask("/chat/send", data, message.field === "file" ? 6 * PATIENCE : PATIENCE);
    sending = false;
    if (answer.status === 200) {
      settle(message);
      show(answer.html, true);
      send();
    } else if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) {
      settle(message);
      if (message.field === "text" && !text.value) { text.value = message.value; grow(); }
      over = answer.status === 401;
      warn(over ? words.ended : answer.status === 413 ? words.large : words.refused, answer.status !== 413);
    } else {
      message.item.classList.add("bad");
      at("said").textContent = message.item.querySelector(".failed").firstChild.textContent;
      toEnd();
    }
    lock();
  }

  // Choices wait until the message under way is answered: no second tap, none on a screen that is being replaced.
  function lock() {
    document.querySelectorAll('button[form="act"]').forEach((button) => { button.disabled = waiting.length > 0; });
  }

  function ask(address, body, patience) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), patience);
    const how = { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", cache: "no-store", signal: stop.signal };
    return fetch(address, body ? { ...how, method: "POST", body } : how)
      .then(async (answer) => ({ status: answer.status, html: await answer.text() }))
      .catch(() => ({ status: 0, html: "" })).finally(() => clearTimeout(timer));
  }

  // Showing
  function show(html, own) {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("log");
    if (!next) return location.reload();
    const follow = own || gap() < 80, ceiling = scroll.getBoundingClientRect().top;
    const held = [...log.children].find((item) => item.getBoundingClientRect().bottom > ceiling);
    const before = held && held.getBoundingClientRect().top, fresh = patch(next);
    log.dataset.fresh = next.dataset.fresh;
    document.querySelectorAll('input[name="id"]').forEach((input) => { input.value = next.dataset.fresh; });
    [...log.children].forEach((item) => waiting.filter((one) => one.id === item.dataset.id).forEach(settle));
    lock();
    const cards = fresh.flatMap((item) => [...item.querySelectorAll(".card")]);
    const heard = cards.flatMap((card) => [...card.querySelectorAll("h2, .lines p")].slice(0, 5));
    if (heard.length) at("said").textContent = heard.map((part) => part.textContent).join("\n");
    if (own && cards.length && document.activeElement === document.body) cards[0].focus({ preventScroll: true });
    if (follow && fresh.length) toNewest();
    else if (held && held.isConnected) scroll.scrollTop += held.getBoundingClientRect().top - before;
    mark();
  }

  // Changes only the items that differ, so that focus, selection and place survive; gives those that are new.
  function patch(next) {
    const wanted = new Map([...next.children].map((item) => [item.dataset.id, item]));
    wanted.forEach((item) => drawn.set(item, item.outerHTML));
    [...log.children].forEach((old) => {
      const item = wanted.get(old.dataset.id);
      if (!item) old.remove();
      else if (drawn.get(old) !== drawn.get(item)) old.replaceWith(item);
      else wanted.set(old.dataset.id, old);
    });
    return [...wanted.values()].filter((item, place) => {
      if (item.parentNode === log) return false;
      item.classList.add("new");
      log.insertBefore(item, log.children[place] || null);
      return true;
    });
  }

  function warn(sentence, reload) {
    warning.hidden = !sentence;
    warning.firstElementChild.textContent = sentence;
    warning.lastElementChild.hidden = !reload;
  }

  // The reader's place
  const gap = () => scroll.firstElementChild.getBoundingClientRect().bottom - scroll.getBoundingClientRect().bottom;
  const mark = () => { jump.hidden = gap() < 80; };
  function toEnd() { scroll.scrollTop += gap(); mark(); }
  function toNewest() { // a reply taller than the view is read from its head
    const last = log.lastElementChild;
    toEnd();
    if (!last || unsent.children.length || last.offsetHeight < scroll.clientHeight) return;
    scroll.scrollTop += last.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 12;
    mark();
  }

  // Asking for what is new
  async function poll() {
    if (over || sending || document.hidden) return;
    const asked = round, last = log.lastElementChild;
    const answer = await ask("/chat/items?after=" + encodeURIComponent(last ? last.dataset.id : ""), null, PATIENCE);
    if (asked !== round) return; // a message was sent meanwhile: its answer is newer
    over = answer.status === 401;
    if (over) return warn(words.ended, true);
    if (!answer.status || answer.status >= 500) return waiting.length ? undefined : warn(words.offline);
    if (warning.firstElementChild.textContent === words.offline) warn("");
    if (answer.status === 200) show(answer.html, false);
    if (waiting.length && waiting[0].tries < TRIES) send();
  }
  (function keepAsking() { setTimeout(() => poll().then(keepAsking), EVERY); })();
  document.addEventListener("visibilitychange", poll);
  window.addEventListener("online", () => (waiting.length ? send() : poll()));

  // What the reader does
  function choose() {
    const one = file.files[0], large = one && one.size > LARGEST;
    if (one) warn(large ? words.large : "");
    if (large) file.value = "";
    at("chosen").hidden = !file.files.length;
    at("chosen").querySelector("span").textContent = one ? one.name : "";
  }
  function grow() { text.style.height = "auto"; text.style.height = text.scrollHeight + "px"; }
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[form="act"]');
    if (!button) return;
    event.preventDefault();
    if (!waiting.length) put(button.name, button.value, button.name === "token" ? button.textContent : button.value);
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const one = file.files[0], sentence = text.value.trim();
    composer.reset();
    choose();
    grow();
    if (one) put("file", one, one.name);
    if (sentence) put("text", sentence, sentence);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    composer.querySelector(".send").click();
  });
  text.addEventListener("input", grow);
  file.addEventListener("change", choose);
  at("unchoose").addEventListener("click", () => { file.value = ""; choose(); text.focus(); });
  jump.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", mark, { passive: true });
  if (window.visualViewport) visualViewport.addEventListener("resize", () => {
    if (visualViewport.scale !== 1) return;
    window.scrollTo(0, 0); // the on-screen keyboard takes its room from the conversation, not from the bar
    document.body.style.setProperty("--view", visualViewport.height + "px");
  });
  [...log.children].forEach((item) => drawn.set(item, item.outerHTML));
  toNewest();
}
