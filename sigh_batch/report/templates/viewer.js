// What an opened sample shows: overlay, twin, its annotations as a list, the command that makes it again.

const list = byId("elements");
let selected = null;

const current = () => samples[state.open];

function openViewer(number) {
  state.open = number;
  const sample = current();
  selected = null;
  tip.hidden = true;
  const looks = cards[number].querySelector(".look").textContent;
  byId("viewer-title").textContent = `Sample ${sample.index}`;
  byId("viewer-place").textContent = [sample.label, looks, placeOf(number)].filter(Boolean).join(" \u00b7 ");
  const thumb = laySheet(number, sample.view, `${sample.label} screenshot ${sample.index}`);
  layOver("sheet-mask", sample.mask);
  byId("mask-slider").hidden = !sample.mask;
  showTwin(thumb);
  sheetBoxes.setAttribute("viewBox", `0 0 ${sample.width} ${sample.height}`);
  drawBoxes(sheetBoxes, sample);
  listElements();
  listFacts(sample.facts);
  byId("again").hidden = !sample.again;
  byId("again-command").textContent = sample.again;
  byId("again-copy").textContent = "Copy";
  showViewer();
}

// --- the twin: beside the picture, or in its place while a key is held

function pictureOf(number) {
  return samples[number].view || cards[number].querySelector(".picture img")?.src || "";
}

function showTwin(readable) {
  const { twin } = current();
  const known = readable && twin !== null && pictureOf(twin) !== "";
  byId("twin-button").hidden = !known;
  byId("twin-button").setAttribute("aria-pressed", state.twins);
  byId("twin").hidden = !known || !state.twins;
  sheet.classList.remove("blink");
  if (!known) return;
  byId("twin-picture").src = pictureOf(twin);
  byId("twin-picture").alt = `${samples[twin].label} twin of ${current().index}`;
  byId("twin-caption").textContent = `${samples[twin].label} · ${samples[twin].index}`;
}

function toggleTwins() {
  state.twins = !state.twins;
  openViewer(state.open);
}

function blink(on) {
  if (state.open === null || byId("twin-button").hidden || sheet.classList.contains("blink") === on) return;
  sheet.classList.toggle("blink", on);
  byId("sheet-picture").src = pictureOf(on ? current().twin : state.open);
}

// --- the list of annotations

function depthOf(box) {
  let depth = 0;
  let parent = box[PARENT];
  while (parent !== null && depth < 6) {
    const above = current().boxes[parent];
    if (!above) break;
    if (state.kinds.has(above[KIND])) depth += 1;
    parent = above[PARENT];
  }
  return depth;
}

function listElements() {
  const boxes = current().boxes;
  const rows = [];
  boxes.forEach((box, number) => {
    if (!state.kinds.has(box[KIND])) return;
    const row = element("li", { id: `element-${number}` }, element("i"), element("b", { textContent: box[KIND] }));
    row.setAttribute("role", "option");
    if (box[TEXT] !== null) row.append(element("span", { textContent: box[TEXT], dir: "auto" }));
    if (box[VALUE] !== null) row.append(element("span", { className: "value", textContent: box[VALUE], dir: "auto" }));
    row.style.setProperty("--depth", depthOf(box));
    colour(row, box[KIND]);
    row.addEventListener("pointerenter", () => markBox(sheetBoxes, box));
    row.addEventListener("pointerleave", () => markBox(sheetBoxes, boxes[selected]));
    row.addEventListener("click", () => goTo(number));
    rows.push(row);
  });
  byId("elements-count").textContent = `${rows.length} of ${boxes.length}`;
  list.replaceChildren(...(rows.length ? rows : [element("p", { textContent: "None of these kinds is switched on." })]));
  select(byId(`element-${selected}`) ? selected : null);
}

function select(number) {
  for (const row of list.querySelectorAll("[aria-selected]")) row.removeAttribute("aria-selected");
  selected = number;
  const box = number === null ? null : current().boxes[number];
  markBox(sheetBoxes, box);
  if (!box) return list.removeAttribute("aria-activedescendant");
  const row = byId(`element-${number}`);
  row.setAttribute("aria-selected", "true");
  list.setAttribute("aria-activedescendant", row.id);
  const place = row.offsetTop - list.offsetTop;
  if (place < list.scrollTop) list.scrollTop = place - 4;
  if (place + row.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = place + row.offsetHeight - list.clientHeight + 4;
  }
}

function goTo(number) {
  select(number);
  if (!zoom) return;
  const box = current().boxes[number];
  const left = sheet.offsetLeft - stage.offsetLeft + (box[X] + box[WIDTH] / 2) * zoom;
  const top = sheet.offsetTop - stage.offsetTop + (box[Y] + box[HEIGHT] / 2) * zoom;
  stage.scrollTo(left - stage.clientWidth / 2, top - stage.clientHeight / 2);
}

function stepElement(direction) {
  const rows = [...list.querySelectorAll("li")].map((row) => Number(row.id.slice("element-".length)));
  if (!rows.length) return;
  const at = rows.indexOf(selected);
  const next = at < 0 ? (direction > 0 ? 0 : rows.length - 1) : at + direction;
  if (rows[next] !== undefined) goTo(rows[next]);
}

// --- keys

const ANYWHERE = { "?": () => byId("help").showModal(), b: toggleBoxes, m: toggleMasks };
ACTIONS.twin = toggleTwins;
Object.assign(VIEWER_KEYS, {
  ArrowUp: () => stepElement(-1),
  ArrowDown: () => stepElement(1),
  t: () => byId("twin-button").hidden || toggleTwins(),
  x: () => blink(true),
});

function setUpViewer() {
  for (const chip of document.querySelectorAll("#kinds .chip[data-kind]")) {
    const twin = chip.cloneNode(true);
    twin.addEventListener("click", () => toggleKind(twin.dataset.kind));
    byId("viewer-kinds").append(twin);
  }
  for (const [slider, name] of [["opacity", "opacity"], ["mask-opacity", "mask"]]) {
    byId(slider).addEventListener("input", (event) => {
      state[name] = event.target.value;
      applyLook();
    });
    byId(slider).addEventListener("change", writeAddress);
  }
  byId("again-copy").addEventListener("click", (event) => copyText(byId("again-command"), event.target));
  watchPointer(sheet, sheetBoxes, current, (box) => markBox(sheetBoxes, box || current().boxes[selected]));
  sheet.addEventListener("click", (event) => {
    const box = dragged > 4 ? null : boxUnder(sheetBoxes, current(), event);
    if (box) select(current().boxes.indexOf(box));
  });
  setUpOpened(() => (tip.hidden = true));
  addEventListener("keyup", (event) => event.key === "x" && blink(false));
}

setUpGrid();
setUpViewer();
readAddress();
