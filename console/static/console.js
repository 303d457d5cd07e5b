// Small comforts; every page works without them.
document.documentElement.classList.add("js");
