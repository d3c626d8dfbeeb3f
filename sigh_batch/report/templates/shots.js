// The grid of pictures: filters, order, looks, and the state in the address.

const cards = [...document.querySelectorAll(".card")];
const shots = data.shots;
const bar = byId("bar");
const grid = byId("grid");
const FILTERS = data.filters;
const names = shots.map((shot) => fold(shot.path));
const START = { map: true, boxes: true, truth: true, blur: false, grey: false, opacity: 65 };
const LOOKS = ["map", "boxes", "truth", "blur", "grey"];
const state = { ...START, open: null };
const MORE = 60; // cards that are shown at once, and that are added each time
let shown = shots.map((_, number) => number);
let limit = MORE;
const NARROW = 0.45; // a longer strip is cut off in the grid

const verdictOf = (shot) => (shot.p === null || !bandMoved() ? shot.verdict : verdictAt(shot.p));
const valueOf = (shot, name) => (name === "verdict" ? verdictOf(shot) : shot[name]);

// --- what is shown

function passes(number, skipped) {
  return (
    names[number].includes(fold(bar.elements.find.value.trim())) &&
    FILTERS.every((name) => {
      const wanted = name === skipped ? "" : bar.elements.namedItem(name).value;
      return !wanted || valueOf(shots[number], name) === wanted;
    })
  );
}

const ORDERS = {
  high: (shot) => -(shot.p ?? -1),
  low: (shot) => shot.p ?? 2,
  near: (shot) => Math.min(...band.map((edge) => Math.abs((shot.p ?? 9) - edges[edge]))),
  span: (shot) => -(shot.span ?? -1),
  name: () => 0,
};

function order() {
  const key = ORDERS[bar.elements.sort.value] || ORDERS.high;
  const keys = shots.map(key);
  const byName = (one, two) => (shots[one].path < shots[two].path ? -1 : 1);
  return shots.map((_, number) => number).sort((one, two) => keys[one] - keys[two] || byName(one, two));
}

function applyFilters() {
  const visible = new Set(shots.map((_, number) => number).filter((number) => passes(number)));
  shown = order().filter((number) => visible.has(number));
  grid.append(...shown.map((number) => cards[number]));
  showCards();
  for (const name of FILTERS) {
    const select = bar.elements.namedItem(name);
    const counts = new Map();
    shots.forEach((shot, number) => {
      if (passes(number, name)) counts.set(valueOf(shot, name), (counts.get(valueOf(shot, name)) || 0) + 1);
    });
    select.classList.toggle("on", select.value !== "");
    for (const option of select.options) {
      if (option.value) option.textContent = option.textContent.replace(/\([\d,]+\)$/, `(${counts.get(option.value) || 0})`);
    }
  }
  byId("live").textContent = `${shown.length} of ${shots.length}`;
  byId("nothing").hidden = shown.length > 0 || shots.length === 0;
  byId("clear").hidden = !FILTERS.some((name) => bar.elements.namedItem(name).value) && !bar.elements.find.value;
}

function showCards() {
  const there = new Set(shown.slice(0, limit));
  cards.forEach((card, number) => (card.hidden = !there.has(number)));
  byId("more").hidden = shown.length <= limit;
  byId("more").textContent = `Show more (${grouped(Math.max(0, shown.length - limit))} are left)`;
}

function showMore() {
  limit += MORE;
  showCards();
}

function markVerdict(node, verdict) {
  for (const name of VERDICTS) node.classList.toggle(`is-${name}`, name === verdict);
}

function applyBand() {
  cards.forEach((card, number) => {
    const verdict = verdictOf(shots[number]);
    markVerdict(card, verdict);
    card.querySelector(".badge span").textContent = data.words[verdict];
    card.querySelector(".picture").setAttribute("aria-label", `${shots[number].path}: ${data.words[verdict]}, score ${say(shots[number].p ?? 0)}`);
  });
  applyFilters();
  markOperatingPoint();
}

function applyLook() {
  for (const name of LOOKS) {
    root.classList.toggle(`look-${name}`, state[name]);
    for (const button of document.querySelectorAll(`[data-look=${name}]`)) button.setAttribute("aria-pressed", state[name]);
  }
  root.style.setProperty("--map-opacity", state.opacity / 100);
  for (const id of ["opacity", "viewer-opacity"]) byId(id).value = state.opacity;
}

function toggleLook(name) {
  state[name] = !state[name];
  applyLook();
  writeAddress();
}

function strengthen(by) {
  state.opacity = Math.min(100, Math.max(0, state.opacity + by));
  applyLook();
  writeAddress();
}

// --- the address: only what differs from the start

function writeAddress() {
  const said = new URLSearchParams();
  if (bandMoved()) said.set("band", band.map((edge) => edges[edge]).join("~"));
  if (byId("log")?.checked === false) said.set("log", "off");
  for (const name of FILTERS) if (bar.elements.namedItem(name).value) said.set(name, bar.elements.namedItem(name).value);
  if (bar.elements.find.value) said.set("find", bar.elements.find.value);
  if (bar.elements.sort.value !== "high") said.set("sort", bar.elements.sort.value);
  for (const name of LOOKS) if (state[name] !== START[name]) said.set(name, state[name] ? "on" : "off");
  if (state.opacity !== START.opacity) said.set("opacity", state.opacity);
  if (state.open !== null) said.set("open", shots[state.open].path);
  history.replaceState(null, "", `#${said}`);
}

function pick(select, value) {
  select.value = value ?? "";
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  const values = (said.get("band") ?? "").split("~").map(Number);
  const known = values.length === 2 && said.has("band") && values.every((value) => value >= 0 && value <= 1);
  band = known ? values.sort((one, two) => one - two).map((value) => edgeOf(value + 1e-9)) : [...START_BAND];
  if (byId("log")) byId("log").checked = said.get("log") !== "off";
  for (const name of FILTERS) pick(bar.elements.namedItem(name), said.get(name));
  bar.elements.find.value = said.get("find") ?? "";
  pick(bar.elements.sort, said.get("sort") ?? "high");
  for (const name of LOOKS) state[name] = said.has(name) ? said.get(name) === "on" : START[name];
  const level = said.get("opacity");
  state.opacity = level !== null && /^\d{1,3}$/.test(level) ? Math.min(100, Number(level)) : START.opacity;
  drawHistogram();
  applyBand();
  applyLook();
  const open = shots.findIndex((shot) => shot.path === said.get("open"));
  if (open >= 0) openViewer(open);
  else if (state.open !== null) closeViewer();
}

// Shows the pictures that have all of some values, and nothing else.
function showOnly(values, sort = "high") {
  limit = MORE;
  bar.reset();
  for (const [name, value] of Object.entries(values)) if (bar.elements.namedItem(name)) pick(bar.elements.namedItem(name), value);
  bar.elements.sort.value = sort;
  applyFilters();
  writeAddress();
  byId("pictures").scrollIntoView();
  byId("pictures").focus({ preventScroll: true });
}

// --- setting up

function drawBoxes(svg, shot) {
  svg.setAttribute("viewBox", `0 0 ${shot.width} ${shot.height}`);
  svg.replaceChildren(...shot.boxes.map(([x, y, width, height]) => shape("rect", { x, y, width, height })));
}

function setUpGrid() {
  cards.forEach((card, number) => {
    const shot = shots[number];
    const svg = card.querySelector(".boxes");
    card.style.setProperty("--a", Math.max(NARROW, shot.width / shot.height));
    card.querySelector(".picture").addEventListener("click", () => openViewer(number));
    if (!svg) return;
    for (const over of ["map", "truth"]) {
      if (shot[over]) svg.before(element("img", { className: over, src: shot[over], alt: "", decoding: "async" }));
    }
    drawBoxes(svg, shot);
  });
  for (const button of document.querySelectorAll("[data-look]")) button.addEventListener("click", () => toggleLook(button.dataset.look));
  for (const id of ["opacity", "viewer-opacity"]) {
    byId(id).addEventListener("input", (event) => {
      state.opacity = Number(event.target.value);
      state.map = true;
      applyLook();
    });
    byId(id).addEventListener("change", writeAddress);
  }
  const changed = (event) => {
    if (event?.target.id === "opacity") return;
    applyFilters();
    writeAddress();
  };
  bar.addEventListener("input", changed);
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("reset", () => setTimeout(() => {
    applyLook();
    changed();
  }));
  byId("more").addEventListener("click", showMore);
  byId("nothing-reset").addEventListener("click", () => bar.reset());
  for (const button of document.querySelectorAll("[data-verdict]")) button.addEventListener("click", () => showOnly({ verdict: button.dataset.verdict }));
  for (const button of document.querySelectorAll("[data-cell]")) {
    button.addEventListener("click", () => {
      const [label, verdict] = button.dataset.cell.split(" ");
      showOnly({ label, verdict });
    });
  }
  byId("show-masks")?.addEventListener("click", () => showOnly({ mask: "kept" }));
  byId("show-disputed")?.addEventListener("click", () => showOnly({}, "span"));
}
