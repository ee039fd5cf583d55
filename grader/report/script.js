// Searches, filters and sorts what is on the page. The page says all it has to say without this.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

for (const tools of all(".tools")) tools.hidden = false;

// A report: show only what is left to do; open or close every topic.
for (const button of all("[data-filter]")) {
  button.addEventListener("click", () => {
    const on = document.body.classList.toggle("todo");
    button.setAttribute("aria-pressed", String(on));
  });
}
for (const button of all("[data-open]")) {
  button.addEventListener("click", () => {
    for (const topic of all("details.topic")) topic.open = button.dataset.open === "yes";
  });
}

// A link to something inside a closed topic opens the topic first.
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const topic = target && target.closest("details.topic");
  if (topic) topic.open = true;
  if (target) target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();

// The class page: rows whose name holds the words and whose flags hold the choice.
const search = document.querySelector("[data-search]");
const show = document.querySelector("[data-show]");
const found = document.querySelector("[data-found]");
const rows = all("[data-sortable] tbody tr");
const filter = () => {
  const words = search.value.toLocaleLowerCase();
  let visible = 0;
  for (const row of rows) {
    const named = row.cells[0].textContent.toLocaleLowerCase().includes(words);
    row.hidden = !(named && (row.dataset.f || "").includes(show.value));
    visible += !row.hidden;
  }
  found.textContent = visible === rows.length ? "" : `${visible} of ${rows.length}`;
};
if (search) {
  search.addEventListener("input", filter);
  show.addEventListener("input", filter);
}

// A click on a column's head sorts by it: numbers downwards first, names upwards.
const numeric = (row, column) => {
  const cell = row.cells[Math.min(column, row.cells.length - 1)];
  const number = parseFloat(cell.textContent);
  return Number.isNaN(number) ? -1 : number;
};
const byName = (one, other) =>
  one.cells[0].textContent.localeCompare(other.cells[0].textContent, undefined, { numeric: true });
const sort = (table, head, column) => {
  const last = head.getAttribute("aria-sort");
  const up = last ? last === "descending" : column === 0;
  for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sign = up ? 1 : -1;
  const order = column === 0
    ? (one, other) => sign * byName(one, other)
    : (one, other) => sign * (numeric(one, column) - numeric(other, column)) || byName(one, other);
  table.tBodies[0].append(...rows.sort(order));
};
for (const table of all("[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, head, column));
  });
}
