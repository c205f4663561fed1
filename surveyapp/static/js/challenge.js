// A number whose SHA-256 the server named, found by trying; then the form goes on by itself. Without this
// script, or where the browser has no SHA-256 for it, somebody waits a minute and presses the button.
(() => {
  "use strict";
  const form = document.querySelector("form[data-challenge]");
  if (!form || !window.crypto || !crypto.subtle || !window.TextEncoder) return;
  const asked = JSON.parse(form.dataset.challenge);
  const most = asked.maxnumber || asked.maxNumber;
  const line = document.getElementById("working");
  const hex = (bytes) => Array.prototype.map.call(new Uint8Array(bytes), (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
  const encoder = new TextEncoder();
  const digest = (number) => crypto.subtle.digest("SHA-256", encoder.encode(asked.salt + number)).then(hex);
  const AT_ONCE = 250;

  async function find() {
    for (let first = 0; first <= most; first += AT_ONCE) {
      const numbers = [];
      for (let number = first; number < first + AT_ONCE && number <= most; number += 1) numbers.push(number);
      const found = (await Promise.all(numbers.map(digest))).indexOf(asked.challenge);
      if (found >= 0) return numbers[found];
      if (first % 5000 === 0) line.querySelector("progress").value = first / most;
    }
    return null;
  }

  form.hidden = true;
  line.hidden = false;
  find().then((number) => {
    if (number === null) throw new Error("none");
    const told = { algorithm: asked.algorithm, challenge: asked.challenge, number, salt: asked.salt, signature: asked.signature };
    form.elements.altcha.value = btoa(JSON.stringify(told));
    form.submit();
  }).catch(() => { form.hidden = false; line.hidden = true; });
})();
