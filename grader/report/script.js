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

// The class page. Of a long table the style shows the first rows; the button shows them all.
const FEW = 300; // as in style.css
const table = document.querySelector("[data-sortable]");
const rows = all("[data-sortable] tbody tr"); // in the order that was asked for
const names = new Map(rows.map((row) => [row, row.cells[0].textContent]));
const many = (some) => some.length.toLocaleString("en");
const place = (chosen) => {
  const kept = document.createDocumentFragment();
  for (const row of chosen) kept.append(row);
  table.tBodies[0].replaceChildren(kept);
};

// Rows whose name holds the words and whose flags hold the choice.
const search = document.querySelector("[data-search]");
const show = document.querySelector("[data-show]");
const found = document.querySelector("[data-found]");
const more = document.querySelector("[data-all]");
const filter = () => {
  const words = search.value.toLocaleLowerCase();
  const chosen = rows.filter(
    (row) =>
      (row.dataset.f || "").includes(show.value) &&
      names.get(row).toLocaleLowerCase().includes(words),
  );
  place(chosen);
  more.hidden = chosen.length <= FEW || table.classList.contains("whole");
  const told = chosen.length === rows.length ? "" : `${many(chosen)} of ${many(rows)}`;
  found.textContent = more.hidden ? told : `the first ${FEW} of ${many(chosen)}`;
};
if (search) {
  search.addEventListener("input", filter);
  show.addEventListener("input", filter);
  more.addEventListener("click", () => {
    table.classList.add("whole");
    filter();
  });
  if (rows.length > FEW) filter();
}

// A click on a column's head sorts by it: numbers downwards first, names upwards.
const numeric = (row, column) => {
  const cell = row.cells[Math.min(column, row.cells.length - 1)];
  const number = parseFloat(cell.textContent);
  return Number.isNaN(number) ? -1 : number;
};
const byName = new Intl.Collator(undefined, { numeric: true }).compare;
const sort = (head, column) => {
  const last = head.getAttribute("aria-sort");
  const up = last ? last === "descending" : column === 0;
  for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sign = up ? 1 : -1;
  const numbers = column && new Map(rows.map((row) => [row, numeric(row, column)]));
  rows.sort((one, other) =>
    (numbers ? sign * (numbers.get(one) - numbers.get(other)) : 0)
    || (column ? 1 : sign) * byName(names.get(one), names.get(other)));
  filter();
};
if (table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head, column));
  });
}
