"use strict";
const search = document.getElementById("search");
const backend = document.getElementById("backend");
const count = document.getElementById("count");
const states = [...document.querySelectorAll("button[data-state]")];
const rows = [...document.querySelectorAll("tr.case")];
const failures = [...document.querySelectorAll("details.failure")];

// Shows the cases that have the text in their names or promises, and a cell of the chosen state on the chosen backend.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = states.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.state);
  const found = (text) => words.every((word) => text.includes(word));
  let shown = 0;
  for (const row of rows) {
    const columns = columnsOf(row);
    const cells = [...row.cells].slice(1).filter((_, index) => columns === null || columns === index);
    const inState = wanted.length === 0 || cells.some((cell) => wanted.includes(cell.className));
    row.hidden = !(found(row.dataset.text) && inState && cells.length > 0);
    shown += row.hidden ? 0 : 1;
  }
  for (const failure of failures) {
    const here = backend.value === "" || failure.dataset.backend === backend.value;
    const inState = wanted.length === 0 || wanted.includes("failed");
    failure.hidden = !(found(failure.dataset.text) && here && inState);
  }
  for (const section of document.querySelectorAll("section.suite")) {
    section.hidden = !section.querySelector("tr.case:not([hidden]), details.failure:not([hidden])");
  }
  hideEmptyGroups();
  count.textContent = shown === rows.length ? `${rows.length} cases` : `${shown} of ${rows.length} cases`;
}

// The index of the chosen backend in a row's table: null for all, -1 where it has none.
function columnsOf(row) {
  if (backend.value === "") return null;
  const heads = [...row.closest("table").tHead.rows[0].cells].slice(1);
  return heads.findIndex((head) => head.dataset.backend === backend.value);
}

function hideEmptyGroups() {
  for (const group of document.querySelectorAll("tr.group")) {
    let row = group.nextElementSibling;
    while (row && row.className === "case" && row.hidden) row = row.nextElementSibling;
    group.hidden = !(row && row.className === "case");
  }
}

// A link to a failure opens it.
function open() {
  const failure = location.hash && document.getElementById(location.hash.slice(1));
  if (failure && failure.tagName === "DETAILS") {
    failure.hidden = false;
    failure.open = true;
    failure.scrollIntoView();
  }
}

for (const code of document.querySelectorAll(".copied")) {
  const text = code.textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  button.addEventListener("click", () => navigator.clipboard.writeText(text).then(() => { button.textContent = "copied"; }));
  if (code.tagName === "PRE") code.append(button); else code.after(button);
}
for (const button of states) {
  button.addEventListener("click", () => {
    button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
    filter();
  });
}
search.addEventListener("input", filter);
backend.addEventListener("change", filter);
window.addEventListener("hashchange", open);

// `?search=ttl&state=failed&backend=memory` can be linked to.
const asked = new URLSearchParams(location.search);
search.value = asked.get("search") ?? "";
backend.value = asked.get("backend") ?? "";
for (const button of states) {
  if (asked.getAll("state").includes(button.dataset.state)) button.ariaPressed = "true";
}
filter();
open();
