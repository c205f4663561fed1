// Compares a receipt with a part of the published list here: neither the receipt nor its mark is sent.
(() => {
  "use strict";
  const form = document.querySelector("[data-receipt]");
  if (!form || !window.crypto || !crypto.subtle) return;
  const tell = (what) => document.querySelectorAll("[data-told]").forEach((words) => {
    words.hidden = words.dataset.told !== what;
  });
  form.hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const signs = form.elements.receipt.value.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
    if (!/^[2-9BCFGHJKMNPQRTVXZ]{16}$/.test(signs)) return tell("mistyped");
    const shown = signs.match(/.{4}/g).join("-");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("receipt\0" + shown));
    const mark = Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), 15000);
      const part = await fetch(`${form.dataset.lists}/${mark.slice(0, 2)}.txt`, { signal: limit.signal });
      if (!part.ok) throw new Error(part.status);
      const listed = await part.text();
      clearTimeout(timer);
      return tell(listed.split("\n").includes(mark) ? "found" : "missing");
    } catch {
      return tell("failed");
    }
  });
})();
