// What every page of an open questionnaire has: copying, printing, the session's end, submitting over a bad line.
// Without this script every page works by its buttons. Written for Chrome 76, Safari 13, Firefox 78.
(() => {
  "use strict";
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const json = { Accept: "application/json" };
  const LIMIT = 10000;

  // A line that never answers, or breaks off within an answer, is a line that is down: `read` is done within the limit.
  function timely(address, options, read, limit = LIMIT) {
    const line = new AbortController();
    const timer = setTimeout(() => line.abort(), limit);
    return fetch(address, { credentials: "same-origin", signal: line.signal, ...options }).then(read).finally(() => clearTimeout(timer));
  }
  // A gateway's page is a line that is down too.
  const told = (answer) => answer.json().then((result) => ({ ok: answer.ok, status: answer.status, result }));

  each("[data-copy-row]", (row) => { row.hidden = !navigator.clipboard; });
  each("[data-copy]", (button) => button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  }));
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // A screen reader is told once, when there is nothing newer to tell; what went wrong comes sooner.
  const teller = document.getElementById("told");
  let tellTimer;
  function announce(words, wait = 0) {
    clearTimeout(tellTimer);
    tellTimer = setTimeout(() => { if (teller && teller.textContent !== words) teller.textContent = words; }, wait);
  }

  // Also for pages that join later: see answers.js.
  function prepare(place) {
    const within = (selector, act) => place.querySelectorAll(selector).forEach(act);
    within("[data-keys]", (hint) => { hint.hidden = false; });
    within("[data-count-for]", (count) => {
      const field = place.querySelector(`[id="${count.dataset.countFor}"]`);
      const show = () => {
        // Counted as the server does: composed signs, nothing for blanks at the ends.
        const left = count.dataset.limit - field.value.normalize("NFC").trim().length;
        count.textContent = (left < 0 ? count.dataset.overWords : count.dataset.countWords).replace("{}", Math.abs(left));
        if (left < 0 && !count.classList.contains("wrong")) announce(count.textContent);
        count.classList.toggle("wrong", left < 0);
        field.setAttribute("aria-invalid", String(left < 0));
      };
      field.addEventListener("input", show);
      show();
    });
  }
  prepare(document);

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
  function showWarning(shown) {
    warning.hidden = !shown;
    document.documentElement.classList.toggle("ending", shown);
  }
  function sessionLasts(seconds, isFinal) {
    if (!warning || !seconds) return;
    clearTimeout(warningTimer);
    clearTimeout(endTimer);
    showWarning(false);
    warning.querySelectorAll("[data-final]").forEach((part) => { part.hidden = (part.dataset.final === "") !== Boolean(isFinal); });
    warningTimer = setTimeout(() => showWarning(true), Math.max(0, seconds - 300) * 1000);
    endTimer = setTimeout(sessionIsOver, seconds * 1000);
  }
  function sessionIsOver() {
    warning.textContent = warning.dataset.over;
    showWarning(true);
  }
  each("[data-extend-now]", (button) => button.addEventListener("click", async () => {
    const body = new URLSearchParams({ csrf_token: document.querySelector("[name=csrf_token]").value });
    const answer = await timely(warning.dataset.extend, { method: "POST", body, headers: json }, told).catch(() => null);
    if (answer && answer.ok) sessionLasts(answer.result.seconds, answer.result.final);
    else if (answer && answer.status < 500) sessionIsOver();
  }));
  if (warning) sessionLasts(Number(warning.dataset.seconds), warning.dataset.isFinal === "True");
  // Back after leaving: the server says what is open here, not what the browser remembers.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // The deadline comes nearer while the page stands.
  each("[data-due]", (due) => {
    const loaded = Date.now(), stages = JSON.parse(due.dataset.stages);
    (function tell() {
      const left = due.dataset.due - (Date.now() - loaded) / 1000;
      const [, words] = stages.find(([start]) => left <= start) || [0, ""];
      if (due.textContent !== words) due.textContent = words;
      due.hidden = !words;
      setTimeout(tell, 20000);
    })();
  });

  // Submitting waits for the line and goes on by itself. It can be repeated: the server gives the same receipt.
  each("form[data-submits]", (form) => {
    const waiting = form.querySelector("[data-waiting]");
    let running = false, wait = 1000, retry;
    async function submit() {
      clearTimeout(retry);
      if (running) return;
      running = true;
      const body = new URLSearchParams(new FormData(form));
      const answer = await timely(form.action, { method: "POST", body, headers: json }, told).catch(() => null);
      running = false;
      if (answer && answer.ok) location.assign(answer.result.address);
      else if (answer && answer.status < 500 && answer.status !== 429) HTMLFormElement.prototype.submit.call(form); // its page says why
      else {
        waiting.hidden = false;
        retry = setTimeout(submit, wait);
        wait = Math.min(wait * 2, 30000);
      }
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); wait = 1000; submit(); });
    window.addEventListener("online", () => { if (!waiting.hidden) { wait = 1000; submit(); } });
  });

  window.survey = { timely, told, prepare, goTo, sessionLasts, announce, json, LIMIT };
})();
