// Small comforts; every page but the Mini App's door works without them.
document.documentElement.classList.add("js");

// A deed that cannot be taken back is asked for once more.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-ask]");
  if (button && !window.confirm(button.dataset.ask)) event.preventDefault();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The form is narrowed while one types; what is filled in stays in sight.
const filled = (item) =>
  [...item.querySelectorAll("input, select")].some((field) => field.value.trim() !== "");
const narrow = (word) => {
  let found = 0;
  for (const node of document.querySelectorAll(".node")) {
    let shown = 0;
    for (const item of node.querySelectorAll(".item")) {
      item.hidden = !item.dataset.words.includes(word) && !filled(item);
      if (!item.hidden) shown += 1;
    }
    node.hidden = shown === 0;
    if (word) node.open = shown > 0;
    found += shown;
  }
  document.getElementById("none").hidden = found > 0;
};
document.addEventListener("input", (event) => {
  const item = event.target.closest(".item");
  if (item) item.classList.toggle("filled", filled(item));
  if (event.target.id === "text") narrow(event.target.value.trim().toLowerCase());
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("#sheet input:not([type=file])")) event.preventDefault();
});

// Telegram gives a Mini App its proof behind the # of the address.
const door = document.getElementById("mini-app");
const proof = new URLSearchParams(window.location.hash.slice(1)).get("tgWebAppData");
if (door && proof) {
  door.elements.data.value = proof;
  door.requestSubmit();
}
