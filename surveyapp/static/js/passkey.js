// Passkeys: forms marked data-passkey ("sign" or "make") ask the browser, put its answer into a field, go on.
// Without a script, or in a browser without passkeys, these forms stay hidden and the code is typed.
"use strict";

const bytesOf = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function asked(options) {
  const known = (one) => ({ ...one, id: bytesOf(one.id) });
  const told = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) told.user = { ...options.user, id: bytesOf(options.user.id) };
  if (options.allowCredentials) told.allowCredentials = options.allowCredentials.map(known);
  if (options.excludeCredentials) told.excludeCredentials = options.excludeCredentials.map(known);
  return told;
}

function answered(credential) {
  const response = { clientDataJSON: textOf(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = textOf(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response,
  });
}

async function go(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 15000);
  const told = await fetch(form.dataset.options, { method: "POST", body, signal: limit.signal });
  clearTimeout(timer);
  if (!told.ok) throw new Error(String(told.status));
  const publicKey = asked(await told.json());
  const credential = form.dataset.passkey === "make"
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  form.querySelector("[data-answer]").value = answered(credential);
  form.submit();
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-said]");
      said.textContent = "";
      go(form).catch(() => { said.textContent = said.dataset.failed; });
    });
  }
}
