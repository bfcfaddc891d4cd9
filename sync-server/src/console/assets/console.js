// The console's one script: keys and live arrival. Everything else is the server's pages, which work without it.

const page = document.body.dataset.page;
const live = document.getElementById("live");

// --- Forms: a second press of a button is harmless (the server knows the act's name) and still not sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // A file is sent without leaving the page: its form may be sent again.
  if (form.method !== "post" || "download" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
// The back button shows a page as it was: its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

const all = document.getElementById("pick-all");
if (all) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of all.form.querySelectorAll('input[name="pick"]')) box.checked = all.checked;
  });
}

const printing = document.getElementById("print");
if (printing) {
  printing.hidden = false;
  printing.addEventListener("click", () => window.print());
}

// --- Live arrival. Nothing moves under the cursor: rows that changed are changed in place, rows that left are dimmed, and new rows
// wait behind a line until somebody asks for them.
let waiting = null;

function rowsOf(root) {
  return [...root.querySelectorAll("#rows > [data-id]")];
}

function say(text) {
  live.textContent = "";
  if (!text) {
    live.hidden = true;
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", show);
  live.append(button);
  live.hidden = false;
}

function show() {
  location.reload();
}

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page === "queue") {
    compareRows(fresh);
  } else if (page === "report") {
    if (fresh.body.dataset.saw !== document.body.dataset.saw || storyLength(fresh) !== storyLength(document)) {
      say(document.body.dataset.moved);
    }
  } else if (page === "home") {
    const text = (root) => root.getElementById("main").textContent.replace(/\s+/g, "");
    const ids = (root) => [...root.querySelectorAll("[data-id]")].map((row) => row.dataset.id).join();
    if (ids(fresh) !== ids(document) && text(fresh) !== text(document)) say(document.body.dataset.moved);
  }
}

function storyLength(root) {
  return root.querySelectorAll(".story > li").length;
}

function compareRows(fresh) {
  const before = new Map(rowsOf(document).map((row) => [row.dataset.id, row]));
  const now = new Map(rowsOf(fresh).map((row) => [row.dataset.id, row]));
  for (const [id, row] of before) {
    const other = now.get(id);
    row.classList.toggle("gone", !other);
    if (other && other.innerHTML !== row.innerHTML) {
      const hasFocus = row.contains(document.activeElement);
      row.innerHTML = other.innerHTML;
      if (hasFocus) row.querySelector("a.open").focus({ preventScroll: true });
    }
  }
  const tabs = document.querySelector(".tabs");
  const freshTabs = fresh.querySelector(".tabs");
  if (tabs && freshTabs && !tabs.contains(document.activeElement)) tabs.innerHTML = freshTabs.innerHTML;
  const added = [...now.keys()].filter((id) => !before.has(id)).length;
  say(added ? document.body.dataset.new.replace("{n}", added) : "");
}

function soon() {
  if (waiting) return;
  waiting = setTimeout(() => {
    waiting = null;
    look().catch(() => {});
  }, 250);
}

// A console that nobody touches stops asking, so that a forgotten session can end.
const QUIET_MS = 30 * 60 * 1000;
let touched = Date.now();
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  document.addEventListener(kind, () => (touched = Date.now()), { passive: true });
}

let source = null;
function listen() {
  if (source || !document.body.dataset.events || document.hidden) return;
  source = new EventSource(document.body.dataset.events);
  document.documentElement.dataset.live = "opening";
  source.addEventListener("open", () => (document.documentElement.dataset.live = "on"));
  source.addEventListener("news", () => {
    if (Date.now() - touched < QUIET_MS) soon();
    else stop();
  });
  source.addEventListener("ended", () => {
    stop();
    location.reload();
  });
}
function stop() {
  if (source) source.close();
  source = null;
}
if (live) {
  listen();
  // A hidden tab gives its connection back: browsers allow few to one server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
    else {
      listen();
      soon();
    }
  });
  window.addEventListener("pagehide", stop);
}

// --- Keys. They can be switched off, because speech input presses letters too.
const keys = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
let isOn = localStorage.getItem("xunge-keys") !== "off";
if (keysOn) {
  keysOn.checked = isOn;
  keysOn.closest("label").hidden = false;
  keysOn.addEventListener("change", () => {
    isOn = keysOn.checked;
    localStorage.setItem("xunge-keys", isOn ? "on" : "off");
  });
}

function move(step) {
  const links = [...document.querySelectorAll("li.line > a.open")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement.closest("li.line")?.querySelector("a.open"));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("li.line").scrollIntoView({ block: "nearest" });
}

function act(letter) {
  const found = document.querySelector(`.act[data-key="${letter}"]`);
  if (!found) return false;
  if (found.tagName === "FORM") {
    found.requestSubmit();
    return true;
  }
  found.open = true;
  const field = found.querySelector("select, textarea, input:not([type=hidden]), button");
  if (field) field.focus();
  found.scrollIntoView({ block: "nearest" });
  return true;
}

function onPicture(letter) {
  const rel = letter === "J" ? "next" : letter === "K" ? "prev" : null;
  const link = rel && document.querySelector(`a[rel="${rel}"]`);
  if (link) link.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  const isTyping = target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    const open = target.closest("details.act[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (isTyping) target.blur();
    else document.getElementById("back")?.click();
    return;
  }
  if (isTyping || !isOn) return;
  const letter = event.key.toUpperCase();
  if (event.key === "/") document.getElementById("seek")?.focus();
  else if (event.key === "?" && keys) keys.open = !keys.open;
  else if (event.key === "0" && page === "report") location.assign(document.querySelector(".crumb a").href);
  else if (page === "report" && letter.length === 1 && act(letter)) {
    /* done */
  } else if (page === "picture") {
    onPicture(letter);
    return;
  } else if (letter === "J") move(1);
  else if (letter === "K") move(-1);
  else if (letter === "R" && page !== "report") show();
  else return;
  event.preventDefault();
});
