// Submitted, or left: what the browser kept and has arrived goes; what it could not send waits two days, encrypted.
(() => {
  "use strict";
  const page = document.querySelector("[data-forget]");
  const LONGEST = 2 * 24 * 3600 * 1000;
  try {
    const kept = Object.keys(localStorage).filter((name) => name.startsWith("phieu."));
    const own = (page.dataset.own || "").split(" "); // on a shared computer others' answers may wait too
    const waits = kept.filter((name) => name !== page.dataset.forget && Date.now() - localStorage.getItem(name).split(".")[0] < LONGEST);
    kept.filter((name) => !waits.includes(name)).forEach((name) => localStorage.removeItem(name));
    document.querySelectorAll("[data-unsent]").forEach((words) => { words.hidden = !waits.some((name) => own.includes(name)); });
  } catch { /* a browser that keeps nothing has nothing to forget */ }
})();
