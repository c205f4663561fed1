// Figures that change by themselves: asks for the page again and puts in what is new. Focus, scroll, what
// is open and how a table is sorted stay; forms are left alone. Without it the page is reloaded by hand.
"use strict";
(() => {
  const line = document.querySelector("[data-live]");
  if (!line) return;
  const said = line.querySelector("[data-live-said]");
  const press = line.querySelector("button");
  const every = Number(line.dataset.live) * 1000;
  const longest = 10 * every;
  let tag = `W/"${line.dataset.tag}"`;
  let timer = 0;
  let wait = every;
  let due = 0;
  let paused = false;
  let over = false;

  // Attributes that a person or a script changed on the page, and the server knows nothing of.
  const OWN = new Set(["open", "aria-sort", "data-live-kept"]);

  function sameAttributes(old, fresh) {
    for (const { name } of [...old.attributes]) if (!OWN.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (!OWN.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }

  // Rows are known by their heading: a table sorted by the reader keeps its order.
  function rows(old, fresh) {
    const name = (row) => row.cells[0]?.textContent.trim();
    const there = new Map([...old.rows].map((row) => [name(row), row]));
    const order = [...fresh.rows].map((row) => there.get(name(row)));
    const sorted = old.closest("table").querySelector("[aria-sort]");
    if (order.includes(undefined) || new Set(order).size !== old.rows.length) {
      sorted?.removeAttribute("aria-sort"); // other rows: in the order of the server
      return children(old, fresh);
    }
    [...fresh.rows].forEach((row, i) => morph(order[i], row));
    if (sorted || order.every((row, i) => row === old.rows[i])) return;
    // A row that holds the focus would lose it if it moved: the others are put around it.
    const fixed = order.findIndex((row) => row.contains(document.activeElement));
    order.slice(0, Math.max(0, fixed)).forEach((row) => order[fixed].before(row));
    order.slice(fixed + 1).forEach((row) => old.append(row));
  }

  function children(old, fresh) {
    const now = [...old.childNodes];
    const next = [...fresh.childNodes];
    next.forEach((node, i) => (now[i] ? morph(now[i], node) : old.append(node)));
    now.slice(next.length).forEach((node) => node.remove());
  }

  // A form in use is not touched: nothing that was typed or chosen may be lost.
  function form(old, fresh) {
    const inUse = old.contains(document.activeElement) || [...old.elements].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.nodeName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected && !(one.index === 0 && !field.querySelector("[selected]")))
          : "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue);
    const differs = old.getAttribute("action") !== fresh.getAttribute("action") || old.textContent !== fresh.textContent;
    if (differs && !inUse) old.replaceWith(fresh);
  }

  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.nodeName === "FORM") return form(old, fresh);
    if (old.hasAttribute("data-live-kept")) return;
    if (old.nodeName === "THEAD" && old.querySelector(".sort")) return;
    sameAttributes(old, fresh);
    if (old.nodeName === "TBODY") rows(old, fresh);
    else children(old, fresh);
  }

  function take(text) {
    const main = document.getElementById("main");
    const held = document.activeElement;
    const [x, y] = [window.scrollX, window.scrollY];
    morph(main, new DOMParser().parseFromString(trusted(text), "text/html").getElementById("main"));
    if (held !== document.activeElement && held?.isConnected) held.focus({ preventScroll: true });
    window.scrollTo(x, y);
    document.dispatchEvent(new Event("live:changed"));
  }

  // Whether the answer was one: else the server is away, and is asked more rarely.
  async function heed(response) {
    if (response.status === 304) return true;
    if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return end();
    if (!response.ok) return false;
    const text = await response.text();
    tag = response.headers.get("ETag") ?? "";
    take(text);
    said.textContent = line.dataset.updated.replace("{}", response.headers.get("X-Live") ?? "");
    return true;
  }

  function end() {
    over = true;
    press.hidden = true;
    said.textContent = line.dataset.over;
    return true;
  }

  function plan(after) {
    clearTimeout(timer);
    due = Date.now() + after;
    if (!over && !paused && !document.hidden) timer = setTimeout(turn, after);
  }

  async function turn() {
    const headers = { "X-Live": "1", "If-None-Match": tag };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 30000);
    const asking = fetch(location.href, { headers, cache: "no-store", redirect: "manual", signal: limit.signal });
    const response = await asking.catch(() => null);
    wait = response && (await heed(response)) ? every : Math.min(wait * 2, longest);
    clearTimeout(timer);
    plan(wait);
  }

  document.addEventListener("visibilitychange", () => plan(Math.max(0, due - Date.now())));
  press.addEventListener("click", () => {
    paused = !paused;
    press.textContent = paused ? press.dataset.resume : press.dataset.pause;
    plan(paused ? every : 0);
  });
  line.hidden = false;
  plan(every);
})();
