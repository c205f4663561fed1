// A questionnaire as one document: its pages change at once, answers are saved in batches, and what could not
// be sent is kept encrypted. Without this script it goes page by page. Written for Chrome 76, Safari 13, Firefox 78.
(() => {
  "use strict";
  const form = document.getElementById("answers");
  const line = document.getElementById("saved");
  if (!form || !form.dataset.save || !window.survey) return;
  const { timely, told, prepare, goTo, sessionLasts, announce, json, LIMIT } = window.survey;
  const REST = 2000, LONGEST = 10000, TOUCH = 20000, CALM = 3000;
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // ---- what is answered

  const stored = JSON.parse(form.dataset.answers); // of each item, what the server holds as far as this page was told
  const settled = {}; // what its field showed when that was so: a remark is trimmed by the server, not under the pen
  const items = new Map(); // every field of the questionnaire by name, also of pages that are not shown
  const names = () => [...items.keys()];
  const isTyped = (field) => field.matches("textarea, input[type=text]");
  function take(part) {
    part.querySelectorAll("input[name^='was.']").forEach((base) => {
      const name = base.name.slice(4);
      const fields = [...part.querySelectorAll("input, textarea")].filter((field) => field.name === name);
      const routed = base.closest("[data-shown-if]");
      const conditions = routed ? JSON.parse(routed.dataset.shownIf) : [];
      const count = [...part.querySelectorAll("[data-count-for]")].find((one) => one.dataset.countFor === name);
      items.set(name, { base, fields, conditions, count, page: Number(part.dataset.page), isText: fields.length === 1 && isTyped(fields[0]) });
    });
    part.querySelectorAll(".condition").forEach((words) => { words.hidden = true; });
    part.querySelectorAll("fieldset").forEach(search);
  }
  const isText = (name) => items.get(name).isText;
  function value(name) {
    const item = items.get(name);
    if (!item) return stored[name] || "";
    if (item.isText) return item.fields[0].value;
    return item.fields.map((field) => (isTyped(field) ? field.value.trim() : field.checked ? field.value : "")).filter(Boolean).join(" ");
  }
  function put(name, now) {
    const { fields } = items.get(name);
    if (isText(name)) {
      fields[0].value = now;
      fields[0].dispatchEvent(new Event("input"));
      return;
    }
    const chosen = now.split(" "), boxes = fields.filter((field) => !isTyped(field));
    boxes.forEach((box) => { box.checked = chosen.includes(box.value); });
    fields.filter(isTyped).forEach((field) => { field.value = boxes.some((box) => box.checked) ? "" : now; });
  }
  // ---- what applies: the same rule as instruments/kinds/routing.py

  function holds(condition) {
    const met = ({ item, codes = [], least = null, most = null, answered = false, without = [] }) => {
      const given = value(item), named = codes.length ? codes : without;
      if (!given || !applies(item)) return without.length > 0;
      const isTypedIn = items.has(item) && items.get(item).fields.some(isTyped); // the number 98 is no code
      const chosen = isTypedIn ? (given === "-98" ? ["98"] : []) : given.split(" ");
      if (named.length) return chosen.some((code) => named.includes(code)) === codes.length > 0;
      const n = /^\d+([.,]\d{1,2})?$/.test(given) ? Number(given.replace(",", ".")) : NaN;
      return answered || (!Number.isNaN(n) && (least === null || n >= least) && (most === null || n <= most));
    };
    return condition.any && condition.any.length ? condition.any.some(met) : condition.all.every(met);
  }
  const applies = (name) => !items.has(name) || items.get(name).conditions.every(holds);
  const isAsked = (name) => !name.endsWith(".other") && applies(name);
  function route() {
    let more = "";
    parts.forEach((part) => {
      part.querySelectorAll(".routed").forEach((one) => {
        const before = one.hidden;
        one.hidden = !applies(one.querySelector("[name^='was.']").name.slice(4));
        if (before !== one.hidden && part === parts.get(here)) more = one.hidden ? one.dataset.left : one.dataset.come;
      });
      part.querySelectorAll("[data-beside]").forEach((field) => { field.hidden = !value(field.dataset.beside).split(" ").includes(field.dataset.code); });
    });
    if (more && spoken.textContent !== more) spoken.textContent = more;
  }
  const spoken = form.appendChild(Object.assign(document.createElement("p"), { className: "unseen" }));
  spoken.setAttribute("role", "status");

  function search(list) { // a long list is found by typing a part of it
    const choices = [...list.querySelectorAll(".choice:not(.apart)")];
    if (choices.length <= 10) return;
    const legend = list.querySelector("legend"), field = document.createElement("input");
    Object.assign(field, { type: "search", className: "entry medium finds", autocomplete: "off" });
    field.setAttribute("aria-label", "⌕ " + legend.lastChild.textContent);
    field.placeholder = "⌕";
    const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      choices.forEach((one) => { one.hidden = !plain(one.textContent).includes(plain(field.value)) && !one.querySelector("input").checked; });
    });
    choices[0].before(field);
  }

  function exclude(field) { // "none of these" and what it excludes
    const box = field.closest("fieldset.item");
    if (!box || field.type === "radio" || !items.has(field.name)) return;
    const alone = field.matches("[data-alone]");
    if (alone ? !field.checked : isTyped(field) && !field.value) return;
    items.get(field.name).fields.filter((other) => other !== field).forEach((other) => {
      if (isTyped(other)) other.value = "";
      else if (alone || other.matches("[data-alone]")) other.checked = false;
    });
  }

  const refusals = {}; // by item, the value that was refused and why: not sent again until it is changed
  const unsaved = () => names().filter((name) => value(name) !== settled[name] || name in inDoubt);
  // What is too long is not sent at all.
  const isTooLong = (name) => Boolean(items.get(name).count) && items.get(name).count.classList.contains("wrong");
  const isRefused = (name) => isTooLong(name) || (Boolean(refusals[name]) && value(name) === refusals[name].value);
  const why = (name) => isTooLong(name) ? items.get(name).count.textContent : refusals[name].message;
  const due = () => unsaved().filter((name) => !isRefused(name));
  const wrong = () => unsaved().find(isRefused);
  function settle(name) {
    items.get(name).base.value = stored[name] || "";
    settled[name] = isText(name) || value(name) === (stored[name] || "") ? value(name) : stored[name] || "";
  }

  // ---- saving

  let running = null, timer, retry, firstChange = 0, wait = 1000, lastContact = Date.now();
  let going = null, leaving = false, underWay = {}, turns = 0;
  const inDoubt = {}; // sent, never acknowledged
  const sealedAway = {}; // kept in a cookie since the session ended: sent along until stored
  const mark = Math.random().toString(36).slice(2, 10);
  const turn = () => `${mark}.${turns += 1}`; // see rules.py

  function changed() {
    route();
    const long = names().find(isTooLong);
    if (long) fail(why(long));
    keep();
    progress();
    clearTimeout(timer);
    firstChange = firstChange || Date.now();
    timer = setTimeout(save, Math.max(0, Math.min(REST, firstChange + LONGEST - Date.now())));
  }

  // Resolves to "saved", to "later" while the line is down, to "refused" where trying again would not help.
  function save() {
    clearTimeout(timer);
    clearTimeout(retry);
    firstChange = 0;
    if (!running) {
      if (!due().length && !(going && Date.now() - lastContact > TOUCH)) return Promise.resolve("saved").then(goOn);
      running = attempts().then((how) => { running = null; return goOn(how); });
    }
    return running;
  }

  async function attempts() {
    let batch = due();
    do {
      const how = await attempt(batch);
      if (how !== "saved") return how;
      batch = due();
    } while (batch.length);
    return "saved";
  }

  function post(batch) {
    const body = new URLSearchParams({ page: here, turn: turn() });
    ["csrf_token", "own", "shown", "draft"].filter((name) => form.elements[name]).forEach((name) => { body.set(name, form.elements[name].value); });
    // Beside it what is shown, unchanged: the server tells what another device made of it.
    const beside = names().filter((name) => items.get(name).page === here && !batch.includes(name));
    [...batch, ...beside].forEach((name) => {
      body.set(`was.${name}`, base(name));
      body.set(name, batch.includes(name) ? value(name) : stored[name] || "");
    });
    return timely(form.dataset.save, { method: "POST", body, headers: json, keepalive: true }, told);
  }

  const base = (name) => name in inDoubt && value(name) === (stored[name] || "") ? inDoubt[name] : stored[name] || "";

  async function attempt(due) {
    const batch = [...new Set([...due, ...Object.keys(sealedAway)])];
    underWay = {};
    batch.forEach((name) => { underWay[name] = value(name); });
    const slow = setTimeout(() => { if (!line.classList.contains("failed")) line.textContent = line.dataset.saving; }, 1000); // seen, not told
    let answer;
    try {
      answer = await post(batch);
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    } catch {
      Object.assign(inDoubt, underWay);
      fail(going ? line.dataset.going : line.dataset.failed);
      retry = setTimeout(save, wait);
      wait = Math.min(wait * 2, 30000);
      return "later";
    } finally {
      clearTimeout(slow);
    }
    wait = 1000;
    lastContact = Date.now();
    if (!answer.ok) return refused(answer.result);
    accept(answer.result, underWay);
    return "saved";
  }

  function say(words, wait) {
    if (line.textContent !== words) line.textContent = words;
    announce(words, wait);
  }
  function fail(words) {
    line.classList.add("failed");
    say(words, 500);
  }

  function refused(result) {
    fail(result.message || line.dataset.over);
    if (result.item && result.item in underWay) { // one value will not do; the others are sent without it
      refusals[result.item] = { value: underWay[result.item], message: result.message };
      return due().length ? attempt(due()) : "refused";
    }
    if (result.kept) { // the browser holds it sealed until the code is there again
      Object.keys(underWay).forEach((name) => { settled[name] = sealedAway[name] = underWay[name]; delete inDoubt[name]; });
    }
    return "refused";
  }

  function accept(result, sent) {
    line.classList.remove("failed");
    Object.keys(sent).forEach((name) => { delete inDoubt[name]; delete sealedAway[name]; });
    const unsent = unsaved().filter((name) => !(name in sent));
    names().filter((name) => !unsent.includes(name)).forEach((name) => {
      const now = result.answers[name] || "";
      stored[name] = now;
      const asSent = !(name in sent) || value(name) === sent[name];
      if (asSent && value(name) !== now && !(isText(name) && name in sent)) put(name, now);
      if (asSent) settle(name);
      else settled[name] = sent[name];
    });
    Object.assign(stored, ...Object.keys(result.answers).filter((name) => !items.has(name)).map((name) => ({ [name]: result.answers[name] })));
    route();
    keep();
    progress();
    if (wrong()) fail(why(wrong()));
    else say([result.saved, leftWords()].join(" · "), CALM);
    const elsewhere = document.getElementById("elsewhere");
    if (result.elsewhere) elsewhere.textContent = result.elsewhere;
    elsewhere.hidden = !elsewhere.textContent;
    line.parentNode.classList.toggle("beside", !elsewhere.hidden);
    sessionLasts(result.seconds, result.final);
  }

  // ---- how far it is

  function leftWords() {
    const all = new Set([...Object.keys(stored), ...names()]);
    const written = form.dataset.remark;
    const asked = [...all].filter((name) => name !== written && isAsked(name));
    const away = [...all].filter((name) => !name.endsWith(".other") && !applies(name)).length;
    const left = form.dataset.total - away - asked.filter(value).length;
    return left ? line.dataset.left.replace("{}", left) : line.dataset.none;
  }
  function progress() {
    each("span[data-left]", (words) => { words.textContent = leftWords(); });
    each("[data-part-words]", (words) => { words.textContent = words.dataset.partWords.replace("{}", here); });
    const segments = document.querySelectorAll(".segments li");
    const buttons = document.querySelectorAll(".sections button");
    each("button.clear", (button) => { button.hidden = !value(button.value); });
    parts.forEach((_part, page) => {
      const asked = names().filter((name) => items.get(name).page === page && isAsked(name));
      const answered = asked.filter(value).length;
      segments[page - 1].className = page === here ? "now" : answered === asked.length ? "done" : "";
      each(`[data-answered="${page}"] span`, (words) => { words.textContent = words.textContent.replace(/\d+/, answered); });
    });
    buttons.forEach((button) => {
      if (Number(button.value) === here) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  // ---- one document

  const ours = window.trustedTypes ? window.trustedTypes.createPolicy("ours", { createHTML: (page) => page }) : null;
  const trusted = (page) => ours ? ours.createHTML(page) : page; // only what this server answered

  const parts = new Map();
  let here = Number(form.dataset.page);
  const pages = Number(form.dataset.pages);
  parts.set(here, form.querySelector(".part"));
  const suffix = document.title.slice(document.title.lastIndexOf(" – "));

  const whole = !form.dataset.whole ? Promise.resolve(false) : timely(form.dataset.whole, {}, (answer) => answer.ok ? answer.text() : Promise.reject(answer.status), 3 * LIMIT).then(join).catch(() => false);
  const soon = () => Promise.race([whole, new Promise((give) => setTimeout(give, LIMIT))]); // a slow line has time, a press has not
  function join(text) {
    const others = document.createElement("template");
    others.innerHTML = trusted(text);
    others.content.querySelectorAll(".part").forEach((part) => {
      const page = Number(part.dataset.page);
      if (page === here) return;
      parts.set(page, part);
      take(part);
      prepare(part);
      names().filter((name) => items.get(name).page === page).forEach((name) => {
        if (stored[name]) put(name, stored[name]);
        settle(name);
      });
    });
    route();
    progress();
    form.dataset.joined = "";
    return bringBack();
  }

  function show(page, { id = "", remember = true } = {}) {
    const part = parts.get(page);
    part.hidden = false;
    part.insertBefore(line.closest(".saving"), part.querySelector(".actions"));
    parts.get(here).replaceWith(part); // only what is shown is in the page: one heading, one set of buttons
    here = page;
    const address = location.pathname.replace(/\d+$/, page) + location.search + (id && `#${id}`);
    if (remember) history.pushState(null, "", address);
    form.setAttribute("action", form.getAttribute("action").replace(/\d+(?=$|\?)/, page));
    each(".stepper details", (list) => { list.open = false; });
    each("#errors", (summary) => { summary.remove(); });
    const heading = part.querySelector("h1");
    document.title = heading.textContent + suffix;
    progress();
    if (id && goTo(id)) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  window.addEventListener("popstate", () => {
    const page = Number((location.pathname.match(/\d+$/) || [])[0]);
    if (page === here) return;
    save();
    if (parts.has(page)) show(page, { id: location.hash.slice(1), remember: false });
    else location.reload();
  });

  // ---- the buttons

  function destination(button) {
    if (button.name !== "go") return null;
    const step = { next: 1, back: -1 }[button.value] || 0;
    let page = step ? here + step : Number(button.value);
    const isSkipped = () => { const on = names().filter((name) => items.get(name).page === page); return on.length && !on.some(applies); };
    while (step && isSkipped()) page += step;
    return page >= 1 && page <= pages ? page : null;
  }

  function clear(item) {
    put(item.dataset.item, "");
    changed();
    item.querySelector("input").focus();
  }
  let pressed = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.form === form) pressed = button;
  }, true);
  form.addEventListener("submit", async (event) => {
    const button = event.submitter || pressed;
    pressed = null;
    if (leaving || !button) return;
    event.preventDefault();
    if (button.name === "clear") { clear(button.closest("fieldset")); return; }
    keepPlace(button);
    const page = destination(button);
    if (page) {
      going = null;
      if (parts.has(page)) show(page);
      save();
      if (page === here || (await soon() && parts.has(page) && (show(page), true))) return;
    }
    going = button;
    save();
  });

  // Leaving waits until everything is stored.
  function goOn(how) {
    if (!going || how === "later") return how;
    const button = going;
    going = null;
    const name = wrong();
    if (name) {
      const { page } = items.get(name);
      if (page !== here) show(page, { id: name });
      else goTo(name);
      fail(why(name));
      return how;
    }
    leaving = true;
    if (form.dataset.review && how === "saved" && button.name === "go" && (button.value === "review" || (button.value === "next" && here === pages))) {
      location.assign(form.dataset.review);
      return how;
    }
    sendOff(button);
    return how;
  }

  function sendOff(button) {
    const send = (name, now) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: now }));
    const waiting = new Set([...unsaved(), ...Object.keys(sealedAway)]);
    [...waiting].filter((name) => items.get(name).page !== here).forEach((name) => {
      send(`was.${name}`, base(name));
      send(name, value(name));
    });
    send("turn", turn());
    send(button.name, button.value);
    HTMLFormElement.prototype.submit.call(form);
  }
  function keepPlace(button) {
    if (button.name !== "language") return;
    const shown = [...parts.get(here).querySelectorAll("[data-item]")];
    const near = shown.find((item) => item.getBoundingClientRect().bottom > 120);
    if (near && near !== shown[0]) form.elements.at.value = near.dataset.item;
  }

  // ---- what could not be sent stays in the browser, encrypted under a key that only the code brings back

  const store = (() => { try { return window.localStorage; } catch { return null; } })();
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const BLOCK = 512, DAYS = 2 * 24 * 3600 * 1000;
  const key = (() => {
    const subtle = window.crypto && window.crypto.subtle;
    if (!subtle || !store || !form.dataset.keptKey) return null;
    const masked = bytes(form.dataset.keptKey), half = masked.length / 2;
    const plain = masked.slice(0, half).map((byte, n) => byte ^ masked[half + n]);
    return subtle.importKey("raw", plain, "AES-GCM", false, ["encrypt", "decrypt"]);
  })();
  let writing = Promise.resolve();

  function keep() {
    if (!key) return;
    const waiting = {};
    [...unsaved(), ...Object.keys(sealedAway)].forEach((name) => { waiting[name] = [stored[name] || "", value(name)]; });
    writing = writing.then(() => write(waiting)).catch(() => {});
  }
  async function write(waiting) {
    if (!Object.keys(waiting).length) return store.removeItem(form.dataset.kept);
    const plain = new TextEncoder().encode(JSON.stringify(waiting));
    const padded = new Uint8Array(Math.ceil(plain.length / BLOCK) * BLOCK).fill(32);
    padded.set(plain);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key, padded);
    store.setItem(form.dataset.kept, [Date.now(), text(nonce), text(sealed)].join("."));
  }
  async function bringBack() {
    if (!key) return true;
    try {
      Object.keys(store).filter((name) => name.startsWith("phieu.") && Date.now() - store.getItem(name).split(".")[0] > DAYS).forEach((name) => store.removeItem(name));
      const found = store.getItem(form.dataset.kept);
      if (!found || unsaved().length) return true;
      const [, nonce, sealed] = found.split(".");
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(nonce) }, await key, bytes(sealed));
      const waiting = JSON.parse(new TextDecoder().decode(plain));
      // What another device has answered since is the later word.
      const missing = Object.keys(waiting).filter((name) => items.has(name) && value(name) === waiting[name][0] && value(name) !== waiting[name][1]);
      missing.forEach((name) => put(name, waiting[name][1]));
      if (missing.length) {
        changed();
        say(line.dataset.restored, 500);
      } else keep();
    } catch { store.removeItem(form.dataset.kept); /* of another code, or cut short */ }
    return true;
  }

  // ---- when

  form.addEventListener("change", (event) => { if (!isTyped(event.target) && event.target.type !== "search") { exclude(event.target); changed(); } });
  form.addEventListener("input", (event) => { if (isTyped(event.target)) { exclude(event.target); changed(); } });
  window.addEventListener("online", () => { wait = 1000; save(); });
  function hidden() { // nothing may wait for an answer that this page no longer hears
    if (leaving) return;
    if (!running) { save(); return; }
    const rest = due().filter((name) => value(name) !== underWay[name]);
    if (rest.length) post(rest).catch(() => {});
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) hidden(); });
  window.addEventListener("pagehide", hidden);
  window.addEventListener("beforeunload", (event) => {
    if (!unsaved().length || leaving) return;
    event.preventDefault();
    event.returnValue = true; // Chrome before 119 looks at nothing else
  });

  // Only while an item has the focus (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("textarea, input[type=text], input[type=search]")) return;
    const item = document.activeElement.closest("fieldset[data-item]");
    if (item && event.key === "Delete") { clear(item); return; }
    if (!item || !/^[0-9]$/.test(event.key)) return;
    const radio = event.key === "0"
      ? item.querySelector(".apart input")
      : item.querySelectorAll(".choice:not(.apart) input")[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  });

  take(parts.get(here));
  names().forEach((name) => { // what the page was rendered with; a page that came back refused shows more
    const base = stored[name] = items.get(name).base.value;
    settled[name] = isText(name) && value(name).trim() === base.trim() ? value(name) : base;
  });
  route();
  line.textContent = "";
})();
