// Small comforts; every page works without them.
document.documentElement.classList.add("js");

// A deed that cannot be taken back is asked for once more.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-ask]");
  if (button && !window.confirm(button.dataset.ask)) event.preventDefault();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A choice among filters is applied at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters[method=get]");
  if (form && event.target.matches("select")) form.requestSubmit();
});

// On a phone the strip of pages shows where one is.
window.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
});
