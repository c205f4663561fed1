// Sorting and upload progress for desks and the centre. Every page works without it.
"use strict";

// The one way by which text becomes a page (Trusted Types): only what this server answered is given to it.
const ours = window.trustedTypes?.createPolicy("ours", { createHTML: (page) => page });
const trusted = (page) => ours ? ours.createHTML(page) : page;

// Tables marked data-sortable: headings become buttons; a cell's data-value goes before its words.
function sortBy(table, column, heading) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  const key = (row) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const numbers = Number(x) - Number(y);
    return (Number.isNaN(numbers) ? order.compare(x, y) : numbers) * (down ? -1 : 1);
  };
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
}

function makeSortable(table) {
  if (table.tBodies[0].rows.length < 2) return;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (heading.querySelector("a")) return;
    const press = document.createElement("button");
    press.type = "button";
    press.className = "sort";
    press.append(...heading.childNodes);
    const arrow = document.createElement("span");
    arrow.className = "arrow";
    arrow.setAttribute("aria-hidden", "true"); // as a property Firefox knows it from 119 on
    press.append(arrow);
    press.addEventListener("click", () => sortBy(table, column, heading));
    heading.append(press);
  });
}

// Forms marked data-upload: refuse an over-large file before it is sent, show how far the sending is.
const parsed = (page) => new DOMParser().parseFromString(trusted(page), "text/html");

function show(page, address) {
  const next = parsed(page);
  document.title = next.title;
  document.body.replaceWith(next.body);
  history.replaceState(null, "", address);
  begin();
  (document.getElementById("errors") ?? document.getElementById("main"))?.focus();
}

function watch(form) {
  const input = form.querySelector("input[type=file]");
  const line = form.querySelector(".sending");
  const words = form.querySelector(".sending-words");
  const progress = form.querySelector("progress");
  input.addEventListener("change", () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(input.dataset.limit);
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
    if (tooLarge) input.reportValidity();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button.button");
    const request = new XMLHttpRequest();
    line.hidden = false;
    button.disabled = true;
    words.textContent = words.dataset.sending;
    // A line on which nothing moves any more is a line that is down; how long a file takes is nobody's fault.
    let silence;
    const wait = (seconds) => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), seconds * 1000);
    };
    wait(60);
    request.upload.onprogress = (sent) => {
      wait(60);
      progress.value = (100 * sent.loaded) / sent.total;
    };
    request.upload.onload = () => {
      wait(300);
      progress.removeAttribute("value");
      words.textContent = words.dataset.reading;
    };
    request.onload = () => show(request.responseText, request.responseURL);
    request.onloadend = () => clearTimeout(silence);
    request.onabort = request.onerror = () => {
      progress.value = 0;
      button.disabled = false;
      words.textContent = words.dataset.failed;
    };
    request.open("POST", form.action);
    const body = new FormData(form);
    const { submitter } = event;
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    request.send(body);
  });
}

// data-poll marks work that goes on: the page is asked for until it is over.
async function poll(place) {
  await new Promise((go) => setTimeout(go, Number(place.dataset.poll)));
  if (!place.isConnected) return;
  try {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 30000);
    const answer = await fetch(location.href, { signal: limit.signal });
    const page = await answer.text();
    clearTimeout(timer);
    const next = parsed(page).querySelector("[data-poll]");
    if (!next) return show(page, answer.url);
    if (next.innerHTML !== place.innerHTML) place.innerHTML = trusted(next.innerHTML);
  } catch {
    // The network is away: the next turn asks again.
  }
  poll(place);
}

function begin() {
  document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
  document.querySelectorAll("form[data-upload]").forEach(watch);
  document.querySelectorAll("[data-poll]").forEach(poll);
  document.getElementById("errors")?.focus();
}

begin();
