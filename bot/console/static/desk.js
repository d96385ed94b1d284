// The keyboard of the desk. Everything works without this file; it only saves a few clicks.
//
// j and k walk down and up a list, Enter opens, "/" goes to the search, "?" tells the keys. e, a and r go to what is marked
// with that key and never press it: approving stays a deed of its own. Whoever dictates turns them off, for a spoken word is
// many keys (WCAG 2.1.4); the browser remembers it.

const rows = () => [...document.querySelectorAll("[data-rows] a")];

function walk(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (next) next.focus();
}

function goTo(key) {
  const there = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!there) return false;
  const fold = there.closest("details");
  if (there.matches("summary") && fold) fold.open = true;
  const field = there.matches("summary") && fold ? fold.querySelector("textarea") : there;
  (field ?? there).focus();
  return true;
}

function tell() {
  const words = document.querySelector("[data-keys]")?.dataset.keys;
  if (!words) return;
  const open = document.querySelector("dialog.keys");
  if (open) return open.remove();
  const box = document.createElement("dialog");
  box.className = "keys note";
  box.textContent = words;
  document.body.append(box);
  box.show();
}

const OFF = "shortcut-keys-off";
const areOff = () => localStorage.getItem(OFF) !== null;
const knob = document.querySelector("[data-switch]");

function label() {
  knob.textContent = areOff() ? knob.dataset.on : knob.dataset.off;
}

knob?.addEventListener("click", () => {
  if (areOff()) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "");
  label();
});
if (knob) {
  label();
  knob.parentElement.hidden = false;
}

function isTyping(target) {
  return target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return document.querySelector("dialog.keys")?.remove();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || areOff()) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "?") tell();
  else if (!"ear/".includes(event.key) || !goTo(event.key)) return;
  event.preventDefault();
});

// What was typed elsewhere, such as a reason, is asked about before it is left behind.
let submitted = false;
document.addEventListener("submit", (event) => { submitted ||= !event.defaultPrevented; });
window.addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("form:not([data-unsaved]) textarea")];
  if (!submitted && typed.some((text) => text.value !== text.defaultValue)) event.preventDefault();
});

// A page that has changed says so quietly. It never changes by itself: no word and no focus is lost. A tab nobody looks at
// doesn't listen; once looked at, it is told at once what it missed.
const live = document.querySelector("output[data-live]");
let stream;

function tellOf(words, link, where) {
  stop();
  live.textContent = `${words} `;
  const there = document.createElement("a");
  there.href = where;
  there.textContent = link;
  live.append(there);
}

function stop() {
  stream?.close();
  stream = undefined;
}

function listen() {
  if (document.hidden) return stop();
  if (stream || live.textContent) return;
  stream = new EventSource(live.dataset.live);
  stream.addEventListener("changed", () => tellOf(live.dataset.changed, live.dataset.show, live.dataset.page));
  stream.addEventListener("ended", () => tellOf(live.dataset.ended, live.dataset.in, live.dataset.page));
  stream.addEventListener("full", stop);
}

function listenAgain() {
  stop();
  live.textContent = "";
  listen();
}

if (live) {
  listen();
  document.addEventListener("visibilitychange", listen);
  document.addEventListener("signedin", listenAgain);
  window.addEventListener("pagehide", stop);
}

// What can be taken back can be so for a few seconds only: the offer goes when they are over.
for (const offer of document.querySelectorAll("form[data-seconds]")) {
  setTimeout(() => offer.remove(), Number(offer.dataset.seconds) * 1000);
}
