// What a script adds: find, filter, order, colours. Without it the page shows everything.
const at = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll(".glance tbody tr")];
const cards = [...document.querySelectorAll(".card")];
const worst = ["REFUTED", "ERROR", "INCONCLUSIVE", "NOT RUN", "HELD"];
const show = () => {
  const words = at("find").value.toLowerCase();
  const verdict = at("only").value;
  let shown = 0;
  rows.forEach((row, place) => {
    const text = row.textContent + cards[place].id;
    const fits = (!verdict || row.dataset.v === verdict) && text.toLowerCase().includes(words);
    row.hidden = cards[place].hidden = !fits;
    shown += fits;
  });
  at("shown").textContent = `${shown} of ${rows.length} claims`;
};
const order = () => {
  const rank = (row) => (at("order").value === "1" ? worst.indexOf(row.dataset.v) : 0);
  const sorted = rows.map((row, place) => [rank(row), place, row]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  document.querySelector(".glance tbody").append(...sorted.map((item) => item[2]));
};
const follow = () => {
  const card = at(decodeURIComponent(location.hash.slice(1)));
  const body = card && card.querySelector("details.body");
  if (body) body.open = true;
  if (card && card.hidden) {
    at("find").value = at("only").value = "";
    show();
    keep();
    card.scrollIntoView();
  }
};
for (const code of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.textContent = "copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "copied";
  });
  code.after(" ", button);
}
// What is chosen stands in the address, so that a link or a reload shows the same view.
const tools = { find: show, only: show, order, theme: () => { document.documentElement.dataset.theme = at("theme").value; } };
const keep = () => {
  const view = new URLSearchParams(Object.keys(tools).map((name) => [name, at(name).value]).filter(([, value]) => value && value !== "0"));
  try {
    history.replaceState(null, "", `?${view}${location.hash}`);
  } catch { /* a page without an address of its own keeps none */ }
};
for (const [name, change] of Object.entries(tools)) {
  const chosen = new URLSearchParams(location.search).get(name);
  if (chosen) {
    at(name).value = chosen;
    change();
  }
  at(name).addEventListener("input", () => { change(); keep(); });
}
window.addEventListener("hashchange", follow);
follow();
document.querySelector(".tools").hidden = false;
