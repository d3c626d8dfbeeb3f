// The opened picture: overlay, twin, its annotations as a list, its facts, the command that makes it again.

const viewer = byId("viewer");
const sheetBoxes = sheet.querySelector("svg");
const list = byId("elements");
let selected = null;

const current = () => samples[state.open];

function openViewer(number) {
  state.open = number;
  const sample = current();
  selected = null;
  tip.hidden = true;
  byId("viewer-title").textContent = `Sample ${sample.index}`;
  const place = shown.indexOf(number);
  const looks = cards[number].querySelector(".look").textContent;
  const order = place < 0 ? "not among the filtered" : `${place + 1} of ${shown.length}`;
  byId("viewer-place").textContent = [sample.label, looks, order].filter(Boolean).join(" \u00b7 ");
  const thumb = cards[number].querySelector(".picture img");
  sheet.hidden = !thumb;
  byId("sheet-problem").hidden = Boolean(thumb);
  byId("sheet-problem").textContent = thumb ? "" : cards[number].querySelector(".problem").textContent;
  byId("sheet-picture").src = thumb ? sample.view || thumb.src : "";
  byId("sheet-picture").alt = `${sample.label} screenshot ${sample.index}`;
  const mask = byId("sheet-mask");
  mask.hidden = byId("mask-slider").hidden = !sample.mask;
  if (sample.mask) mask.src = sample.mask;
  showTwin(thumb);
  sheetBoxes.setAttribute("viewBox", `0 0 ${sample.width} ${sample.height}`);
  drawBoxes(sheetBoxes, sample);
  listElements();
  listFacts(sample);
  byId("again").hidden = !sample.again;
  byId("again-command").textContent = sample.again;
  byId("again-copy").textContent = "Copy";
  for (const [action, other] of [["previous", neighbour(-1)], ["next", neighbour(1)]]) {
    viewer.querySelector(`[data-do=${action}]`).disabled = other === undefined;
  }
  if (!viewer.open) {
    viewer.showModal();
    viewer.focus();
  }
  setZoom(0);
  writeAddress();
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

function closeViewer() {
  if (viewer.open) viewer.close();
}

function neighbour(direction) {
  const place = shown.indexOf(state.open);
  return place < 0 ? shown[0] : shown[place + direction];
}

function turn(direction) {
  const number = neighbour(direction);
  if (number !== undefined) openViewer(number);
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

// --- facts and command

function listFacts(sample) {
  const parts = sample.facts.map(([title, facts]) => {
    const rows = facts.flatMap(([name, value]) => [
      element("dt", { textContent: name, dir: "auto" }),
      element("dd", { textContent: value, dir: "auto" }),
    ]);
    return element("details", { open: true }, element("summary", { textContent: title }), element("dl", {}, ...rows));
  });
  byId("facts").replaceChildren(...parts);
}

// --- keys

const ACTIONS = {
  twin: toggleTwins,
  previous: () => turn(-1),
  next: () => turn(1),
  close: closeViewer,
  fit: ZOOM_KEYS[0],
  larger: ZOOM_KEYS["+"],
  smaller: ZOOM_KEYS["-"],
};

function viewerKey(event) {
  const sliding = event.target.matches("input");
  const scrolling = event.target === stage && zoom > 0;
  if (event.key.startsWith("Arrow") && (sliding || scrolling)) return false;
  const keys = {
    ArrowLeft: ACTIONS.previous,
    ArrowRight: ACTIONS.next,
    ArrowUp: () => stepElement(-1),
    ArrowDown: () => stepElement(1),
    ...ZOOM_KEYS,
    t: () => byId("twin-button").hidden || toggleTwins(),
    x: () => blink(true),
  };
  if (!Object.hasOwn(keys, event.key)) return false;
  keys[event.key]();
  return true;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const typing = event.target.matches("input:not([type=range]), select");
  const anywhere = { "?": () => byId("help").showModal(), b: toggleBoxes, m: toggleMasks };
  if (!typing && Object.hasOwn(anywhere, event.key)) anywhere[event.key]();
  else if ((viewer.open ? viewerKey(event) : gridKey(event)) === false) return;
  event.preventDefault();
}

function setUpViewer() {
  for (const chip of document.querySelectorAll("#kinds .chip[data-kind]")) {
    const twin = chip.cloneNode(true);
    twin.addEventListener("click", () => toggleKind(twin.dataset.kind));
    byId("viewer-kinds").append(twin);
  }
  viewer.addEventListener("click", (event) => ACTIONS[event.target.closest("[data-do]")?.dataset.do]?.());
  viewer.addEventListener("close", () => {
    const card = cards[state.open];
    state.open = null;
    tip.hidden = true;
    writeAddress();
    if (!card.hidden) card.querySelector(".picture").focus();
  });
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
  setUpZoom();
  addEventListener("keydown", pressed);
  addEventListener("keyup", (event) => event.key === "x" && blink(false));
  addEventListener("hashchange", readAddress);
}

setUpGrid();
setUpViewer();
readAddress();
