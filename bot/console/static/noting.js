// Words that are typed are noted on the desk whenever the typing pauses, so that a crash or an ended session loses none. How
// they look then, and what is in their way, takes the place of what the page showed.
//
// A page outlives its session: it says so, and goes on once the same colleague has signed in again, in any tab. Each session
// seals its forms anew; the desk says whose session it is, and under another name nothing is noted and nothing is sent.

const PAUSE = 1000; // milliseconds after the last key
const TRIES = 6; // each waits twice as long as the one before

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const told = form.querySelector("output");
  let waiting = 0;
  let tries = 0;
  let changed = false;
  let asking = false;
  let sealed = false;

  async function post() {
    const sent = { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" };
    const answer = await fetch(form.dataset.unsaved, { ...sent, keepalive: document.hidden });
    if (answer.ok) show();
    return answer.ok;
  }

  // The page forbids to make elements of text (trusted types); a document that was asked for as one runs nothing.
  function show() {
    const asked = new XMLHttpRequest();
    asked.responseType = "document";
    asked.addEventListener("load", () => {
      if (asked.status === 200 && asked.response && !changed) asked.response.querySelectorAll("[data-shown]").forEach(replace);
    });
    asked.open("GET", form.dataset.unsaved);
    asked.send();
  }

  function replace(part) {
    const before = document.querySelector(`[data-shown="${part.dataset.shown}"]`);
    const held = before?.contains(document.activeElement);
    before?.replaceWith(part);
    if (held) part.focus();
  }

  // Seals the form for the session that this browser has now, and says whether it may be sent.
  async function seal() {
    const answer = await fetch(form.dataset.seal, { redirect: "manual" });
    if (answer.type === "opaqueredirect") return "ended";
    if (!answer.ok) return "lost";
    const found = await answer.json();
    if (found.colleague !== form.dataset.colleague) return "other";
    form.elements.csrf.value = found.seal;
    return "kept";
  }

  const orLost = (deed) => deed().catch(() => "lost");

  async function noted() {
    if (await post()) return "kept";
    const standing = await seal();
    return standing === "kept" && !(await post()) ? "lost" : standing;
  }

  function tell(standing) {
    if (told.dataset.standing === standing) return;
    const isBack = ["ended", "other"].includes(told.dataset.standing) && standing === "kept";
    told.dataset.standing = standing;
    told.className = standing === "kept" ? "faint" : "note warn";
    told.textContent = `${told.dataset[standing]} `;
    if (standing === "ended" || standing === "other") told.append(door());
    if (isBack) document.dispatchEvent(new Event("signedin"));
  }

  function door() {
    const link = document.createElement("a");
    link.href = told.dataset.door;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = told.dataset.in;
    return link;
  }

  async function note() {
    clearTimeout(waiting);
    if (!changed || asking) return;
    changed = false;
    const standing = await orLost(noted);
    changed ||= standing !== "kept";
    tell(standing);
    if (standing === "lost" && tries < TRIES) waiting = setTimeout(note, PAUSE * 2 ** tries++);
  }

  form.addEventListener("input", () => {
    changed = true;
    tries = 0;
    clearTimeout(waiting);
    waiting = setTimeout(note, PAUSE);
  });

  // A form is sent only where it will be taken: the words stay on the page otherwise.
  form.addEventListener("submit", async (event) => {
    if (sealed) return;
    event.preventDefault();
    if (asking) return;
    const { submitter } = event;
    clearTimeout(waiting);
    asking = true;
    const standing = await orLost(seal);
    asking = false;
    changed = standing !== "kept";
    if (changed) return tell(standing);
    sealed = true;
    form.requestSubmit(submitter);
    sealed = false;
  });

  document.addEventListener("visibilitychange", note);
  for (const back of ["focus", "online"]) window.addEventListener(back, note);
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
