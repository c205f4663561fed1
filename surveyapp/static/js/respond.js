// Saves each answer as it is chosen. Without this script every page still saves by its buttons.
(() => {
  "use strict";
  const form = document.getElementById("answers");
  const line = document.getElementById("saved");
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const json = { Accept: "application/json" };

  each("[data-copy-row]", (row) => { row.hidden = !navigator.clipboard; });
  each("[data-copy]", (button) => button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  }));
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  each("[data-keys]", (hint) => { hint.hidden = false; });
  each("[data-count-for]", (count) => {
    const field = document.getElementById(count.dataset.countFor);
    const show = () => {
      // Counted as the server does: composed signs, nothing for blanks at the ends.
      const left = count.dataset.limit - field.value.normalize("NFC").trim().length;
      count.textContent = (left < 0 ? count.dataset.overWords : count.dataset.countWords).replace("{}", Math.abs(left));
      count.classList.toggle("wrong", left < 0);
    };
    field.addEventListener("input", show);
    show();
  });

  // An address that names a question puts the focus into it; a link to a field shows its whole question.
  function goTo(id) {
    const target = id && document.getElementById(id);
    const question = target && target.closest(".item, .field");
    if (!question) return false;
    const field = target === question ? question.querySelector("input:checked") || question.querySelector("input") : target;
    field.focus({ preventScroll: true });
    question.scrollIntoView();
    return true;
  }
  each("#errors", (summary) => {
    summary.focus();
    summary.addEventListener("click", (event) => {
      if (event.target.hash && goTo(event.target.hash.slice(1))) event.preventDefault();
    });
  });
  // Afterwards: going to the address itself takes the focus away.
  window.addEventListener("load", () => goTo(location.hash.slice(1)));

  const warning = document.getElementById("session-end");
  let warningTimer, endTimer;
  function sessionLasts(seconds) {
    if (!warning || !seconds) return;
    clearTimeout(warningTimer);
    clearTimeout(endTimer);
    warning.hidden = true;
    warningTimer = setTimeout(() => { warning.hidden = false; }, Math.max(0, seconds - 300) * 1000);
    endTimer = setTimeout(sessionIsOver, seconds * 1000);
  }
  function sessionIsOver() {
    warning.textContent = warning.dataset.over;
    warning.hidden = false;
  }
  each("[data-extend-now]", (button) => button.addEventListener("click", async () => {
    const body = new FormData();
    body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
    const answer = await fetch(warning.dataset.extend, { method: "POST", body, headers: json }).catch(() => null);
    if (answer && answer.ok) sessionLasts((await answer.json()).seconds);
    else if (answer && answer.status < 500) sessionIsOver();
  }));
  if (warning) sessionLasts(Number(warning.dataset.seconds));
  if (!form || !form.dataset.autosave) return;

  let changed = 0, stored = 0, running = null, wait = 1000, retry, typing, leaving = false;
  const fields = () => [...form.elements].filter((field) => field.name.startsWith("was."));
  const value = (name) => {
    const field = form.elements[name];
    return field ? field.value || "" : "";
  };

  // Resolves to true when everything chosen so far is stored, to false when the server refuses it.
  function save() {
    clearTimeout(retry);
    clearTimeout(typing);
    if (!running && changed !== stored) running = attempt().finally(() => { running = null; });
    return running || Promise.resolve(true);
  }

  async function attempt() {
    const turn = changed;
    const sent = Object.fromEntries(fields().map((was) => [was.name.slice(4), value(was.name.slice(4))]));
    line.textContent = line.dataset.saving;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: json, keepalive: true });
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
      if (!answer.ok) return refused(await answer.json().catch(() => ({})));
      accept(await answer.json(), sent);
      stored = turn;
      wait = 1000;
    } catch {
      fail(line.dataset.failed);
      retry = setTimeout(save, wait);
      wait = Math.min(wait * 2, 30000);
      return false;
    }
    return changed === stored || attempt();
  }

  function fail(words) {
    line.classList.add("failed");
    line.textContent = words;
  }

  // The session is over, the survey closed, the form submitted: trying again would not help.
  function refused(result) {
    fail(result.message || line.dataset.over);
    if (result.kept) stored = changed; // the browser holds it sealed until the code is there again
    return false;
  }

  function accept(result, sent) {
    line.classList.remove("failed");
    for (const was of fields()) {
      const name = was.name.slice(4);
      const now = result.answers[name] || "";
      if (value(name) === sent[name] && now !== sent[name]) show(name, now);
      was.value = now;
    }
    const left = result.left ? line.dataset.left.replace("{}", result.left) : line.dataset.none;
    line.textContent = [result.saved, left].join(" · ");
    each("span[data-left]", (words) => { words.textContent = left; });
    const answered = String(fields().filter((was) => was.value).length);
    each("[data-answered] span", (words) => { words.textContent = words.textContent.replace(/\d+/, answered); });
    const elsewhere = document.getElementById("elsewhere");
    if (result.elsewhere) elsewhere.textContent = result.elsewhere;
    elsewhere.hidden = !elsewhere.textContent;
    sessionLasts(result.seconds);
  }

  function show(name, now) {
    const field = form.elements[name];
    if (field instanceof RadioNodeList) field.forEach((radio) => { radio.checked = radio.value === now; });
    else if (field.type === "radio") field.checked = field.value === now;
    else field.value = now;
  }

  form.addEventListener("change", () => { changed += 1; save(); });
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    changed += 1;
    clearTimeout(typing);
    typing = setTimeout(save, 1500);
  });
  // Without a connection the browser would show its own error page: save first, go on after that.
  form.addEventListener("submit", async (event) => {
    keepPlace(event.submitter);
    if (changed === stored || leaving) return;
    event.preventDefault();
    const waiting = await save();
    if (!waiting && line.textContent === line.dataset.failed) return;
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  function keepPlace(button) {
    if (!button || button.name !== "language") return;
    const items = [...form.querySelectorAll("[data-item]")];
    const near = items.find((item) => item.getBoundingClientRect().bottom > 120);
    if (near && near !== items[0]) form.elements.at.value = near.dataset.item;
  }
  window.addEventListener("online", () => { wait = 1000; save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => {
    if (changed !== stored && !leaving) event.preventDefault();
  });

  // Only while an item has the focus, so that speech input and screen readers keep their own keys.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "TEXTAREA") return;
    const item = document.activeElement.closest("fieldset[data-item]");
    if (!item || !/^[0-9]$/.test(event.key)) return;
    const radio = event.key === "0"
      ? item.querySelector(".apart input")
      : item.querySelectorAll(".choice:not(.apart) input")[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  });
  line.textContent = "";
})();
