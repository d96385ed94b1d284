// Passkeys. Without this file, or in a browser too old for it, the password is the way in.
//
// A form with data-passkey asks the desk for a challenge, lets a device answer it, and is sent with the answer.

const able = typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

async function answerOf(form) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const asked = await fetch(form.dataset.challenge, { method: "POST", body, redirect: "manual" });
  if (asked.type === "opaqueredirect") return location.reload(); // signed out, or the password is due first
  if (!asked.ok) throw new Error(`the desk said ${asked.status}`);
  const options = await asked.json();
  const key = form.dataset.passkey === "add"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.elements.answer.value = JSON.stringify(key);
  form.submit();
}

for (const form of able ? document.querySelectorAll("form[data-passkey]") : []) {
  const told = form.querySelector("output");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    told.textContent = "";
    answerOf(form).catch(() => { told.textContent = told.dataset.refused; });
  });
}
