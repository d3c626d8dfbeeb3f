// The grid: filters with live counts, kinds on and off, and the state in the address.

const cards = [...document.querySelectorAll(".card")];
const samples = data.samples;
const bar = byId("bar");
const selects = data.facets.map((name) => bar.elements.namedItem(name));
const startKinds = data.kinds.filter((kind) => kind.shown).map((kind) => kind.name);
const haystacks = samples.map((sample) => fold([sample.id, ...sample.boxes.map(saying)].join("\n")));
const START = { opacity: "90", mask: "60" };
const state = { boxes: true, masks: true, twins: true, kinds: new Set(startKinds), open: null, ...START };
let shown = samples.map((_, number) => number);

// --- what is shown

function passes(number, skipped) {
  const facets = samples[number].facets;
  const wanted = fold(bar.elements.find.value.trim());
  return (
    haystacks[number].includes(wanted) &&
    selects.every((select, at) => !select || at === skipped || !select.value || facets[at].includes(select.value))
  );
}

function countValues(at) {
  const counts = new Map();
  samples.forEach((sample, number) => {
    if (!passes(number, at)) return;
    for (const value of sample.facets[at]) counts.set(value, (counts.get(value) || 0) + 1);
  });
  return counts;
}

function applyFilters() {
  shown = samples.map((_, number) => number).filter((number) => passes(number));
  const visible = new Set(shown);
  cards.forEach((card, number) => (card.hidden = !visible.has(number)));
  selects.forEach((select, at) => {
    if (!select) return;
    const counts = countValues(at);
    select.classList.toggle("on", select.value !== "");
    for (const option of select.options) {
      if (option.value) option.textContent = `${option.value} (${counts.get(option.value) || 0})`;
    }
  });
  byId("live").textContent = `${shown.length} of ${samples.length}`;
  byId("nothing").hidden = shown.length > 0 || samples.length === 0;
  byId("clear").hidden = !selects.some((select) => select?.value) && !bar.elements.find.value;
}

function applyLook() {
  root.classList.toggle("no-boxes", !state.boxes);
  root.classList.toggle("no-masks", !state.masks);
  root.style.setProperty("--opacity", state.opacity / 100);
  root.style.setProperty("--mask-opacity", state.mask / 100);
  byId("boxes").setAttribute("aria-pressed", state.boxes);
  byId("masks").setAttribute("aria-pressed", state.masks);
  for (const chip of document.querySelectorAll(".chip[data-kind]")) {
    chip.setAttribute("aria-pressed", state.kinds.has(chip.dataset.kind));
  }
  byId("opacity").value = state.opacity;
  byId("mask-opacity").value = state.mask;
  hideKinds(document);
}

// --- the address: only what differs from the start

function writeAddress() {
  const said = new URLSearchParams();
  data.facets.forEach((name, at) => selects[at]?.value && said.set(name, selects[at].value));
  if (bar.elements.find.value) said.set("find", bar.elements.find.value);
  const kinds = data.kinds.map((kind) => kind.name).filter((kind) => state.kinds.has(kind));
  if (kinds.join() !== startKinds.join()) said.set("kinds", kinds.join());
  if (!state.boxes) said.set("boxes", "off");
  if (!state.masks) said.set("masks", "off");
  for (const name of Object.keys(START)) if (state[name] !== START[name]) said.set(name, state[name]);
  if (state.open !== null) said.set("open", samples[state.open].id);
  history.replaceState(null, "", `#${said}`);
}

function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  data.facets.forEach((name, at) => {
    const select = selects[at];
    if (select) select.value = said.get(name) ?? "";
    if (select && select.selectedIndex < 0) select.value = "";
  });
  bar.elements.find.value = said.get("find") ?? "";
  const kinds = said.has("kinds") ? said.get("kinds").split(",") : startKinds;
  state.kinds = new Set(kinds.filter((kind) => kindOf.has(kind)));
  state.boxes = said.get("boxes") !== "off";
  state.masks = said.get("masks") !== "off";
  for (const name of Object.keys(START)) {
    const level = said.get(name);
    state[name] = level !== null && /^\d{1,3}$/.test(level) ? String(Math.min(100, level)) : START[name];
  }
  applyFilters();
  applyLook();
  const open = samples.findIndex((sample) => sample.id === said.get("open"));
  if (open >= 0) openViewer(open);
  else if (state.open !== null) closeViewer();
}

function update(change) {
  change();
  applyFilters();
  applyLook();
  if (state.open !== null) listElements();
  writeAddress();
}

function toggleKind(kind) {
  update(() => {
    if (state.boxes && state.kinds.has(kind)) state.kinds.delete(kind);
    else state.kinds.add(kind);
    state.boxes = true;
  });
}

const toggleBoxes = () => update(() => (state.boxes = !state.boxes));
const toggleMasks = () => update(() => (state.masks = !state.masks));

// --- keys over the grid

function gridKey(event) {
  if (event.key === "/") return bar.elements.find.focus();
  if (!event.key.startsWith("Arrow")) return false;
  const card = event.target.closest(".card");
  if (!card && event.target !== document.body && event.target.id !== "pictures") return false;
  nextCard(cards, card, event.key)?.querySelector(".picture").focus();
  return true;
}

function setUpGrid() {
  cards.forEach((card, number) => {
    const sample = samples[number];
    card.style.setProperty("--a", sample.width / sample.height);
    const picture = card.querySelector(".picture");
    picture.addEventListener("click", () => openViewer(number));
    const svg = card.querySelector(".boxes");
    if (!svg) return;
    if (sample.mask) svg.before(element("img", { className: "mask", src: sample.mask, alt: "" }));
    drawBoxes(svg, sample);
    watchPointer(picture, svg, () => sample, (box) => markBox(svg, box));
  });
  for (const chip of document.querySelectorAll("#kinds .chip[data-kind]")) {
    colour(chip, chip.dataset.kind);
    chip.addEventListener("click", () => toggleKind(chip.dataset.kind));
  }
  byId("boxes").addEventListener("click", toggleBoxes);
  byId("masks").hidden = !samples.some((sample) => sample.mask);
  byId("masks").style.setProperty("--c", data.tint);
  byId("masks").title = "The changed pixels, and in a second colour those that were copied from";
  byId("masks").addEventListener("click", toggleMasks);
  bar.addEventListener("input", () => update(() => {}));
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("reset", () => setTimeout(() => update(() => {})));
  byId("nothing-reset").addEventListener("click", () => bar.reset());
}
