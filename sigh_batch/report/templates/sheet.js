// The opened picture: its map and boxes, its score on the scale, its facts; and the keys of the page.

const viewer = byId("viewer");
const sheetBoxes = sheet.querySelector("svg");
const current = () => shots[state.open];

function openViewer(number) {
  state.open = number;
  const shot = current();
  const verdict = verdictOf(shot);
  const place = shown.indexOf(number);
  byId("viewer-title").textContent = shot.path.slice(shot.path.lastIndexOf("/") + 1);
  byId("viewer-place").textContent = place < 0 ? "not among the filtered" : `${place + 1} of ${shown.length}`;
  const thumb = cards[number].querySelector(".picture img");
  sheet.hidden = !thumb;
  byId("sheet-problem").hidden = Boolean(thumb);
  byId("sheet-problem").textContent = thumb ? "" : cards[number].querySelector(".problem").textContent;
  byId("sheet-picture").src = thumb ? shot.view || thumb.src : "";
  byId("sheet-picture").alt = `Screenshot ${shot.path}`;
  byId("sheet-map").hidden = !shot.map;
  if (shot.map) byId("sheet-map").src = shot.map;
  drawBoxes(sheetBoxes, shot);
  markVerdict(byId("viewer-badge"), verdict);
  byId("viewer-badge").lastElementChild.textContent = data.words[verdict];
  byId("viewer-said").textContent = data.meanings[verdict];
  drawScale(shot);
  byId("viewer-notes").textContent = [
    shot.type && verdict !== "clean" ? `Most like: ${shot.type}.` : "",
    shot.map || shot.notes.length ? "" : "No tamper map of it is at hand.",
    ...shot.notes,
    thumb && !shot.view && shot.width > thumb.naturalWidth ? "This page has only a small copy of it." : "",
  ].filter(Boolean).join(" ");
  listOthers(shot);
  listFacts(shot);
  for (const [action, other] of [["previous", neighbour(-1)], ["next", neighbour(1)]]) {
    viewer.querySelector(`[data-do=${action}]`).disabled = other === undefined;
  }
  if (!viewer.open) {
    viewer.showModal();
    viewer.focus();
  }
  root.classList.add("opened");
  setZoom(0);
  writeAddress();
}

// The score between 0 and 1, with the zones of the thresholds.
function drawScale(shot) {
  const scale = byId("viewer-scale");
  const [low, high] = band.map((edge) => edges[edge] * 300);
  const zone = (name, x, width) => shape("rect", { class: `zone is-${name}`, x, width: Math.max(0, width), y: 14, height: 8 });
  const x = (shot.p ?? 0) * 300;
  const said = shape("text", { x: Math.min(284, Math.max(16, x)), y: 10, "text-anchor": "middle" });
  said.textContent = shot.p === null ? "" : say(shot.p);
  scale.setAttribute("aria-label", `Score ${said.textContent}; undecided from ${say(edges[band[0]])} to ${say(edges[band[1]])}`);
  scale.replaceChildren(zone("clean", 0, low), zone("uncertain", low, high - low), zone("flagged", high, 300 - high), shape("path", { class: "needle", d: `M${x} 12l-5 16h10z` }), said);
}

function listOthers(shot) {
  byId("others").hidden = !shot.others.length;
  byId("others").querySelector("tbody").replaceChildren(
    ...shot.others.map(([name, p, verdict]) =>
      element("tr", {}, element("th", { scope: "row", textContent: name, dir: "auto" }), element("td", { className: "number", textContent: say(p) }), element("td", { textContent: data.words[verdict] })),
    ),
  );
}

function listFacts(shot) {
  const parts = shot.facts.map(([title, facts]) => {
    const rows = facts.flatMap(([name, value]) => [element("dt", { textContent: name, dir: "auto" }), element("dd", { textContent: value, dir: "auto" })]);
    return element("details", { open: true }, element("summary", { textContent: title }), element("dl", {}, ...rows));
  });
  byId("facts").replaceChildren(...parts);
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

// --- keys

const ACTIONS = {
  previous: () => turn(-1),
  next: () => turn(1),
  close: closeViewer,
  fit: ZOOM_KEYS[0],
  larger: ZOOM_KEYS["+"],
  smaller: ZOOM_KEYS["-"],
};

const ANYWHERE = {
  "?": () => byId("help").showModal(),
  o: () => toggleLook("map"),
  x: () => toggleLook("boxes"),
  b: () => toggleLook("blur"),
  g: () => toggleLook("grey"),
  "[": () => strengthen(-10),
  "]": () => strengthen(10),
  l: () => byId("log")?.click(),
};

function viewerKey(event) {
  if (event.key.startsWith("Arrow") && (event.target.matches("input") || (event.target === stage && zoom > 0))) return false;
  const keys = { ArrowLeft: ACTIONS.previous, ArrowRight: ACTIONS.next, ...ZOOM_KEYS };
  if (!Object.hasOwn(keys, event.key)) return false;
  keys[event.key]();
  return true;
}

function gridKey(event) {
  if (event.key === "/") return bar.elements.find.focus();
  if (!event.key.startsWith("Arrow")) return false;
  const card = event.target.closest(".card");
  if (!card && event.target !== document.body && event.target.id !== "pictures") return false;
  const row = shown.map((number) => cards[number]);
  if (card && shown.length > limit && row.indexOf(card) > limit - MORE / 2) showMore();
  nextCard(row, card, event.key)?.querySelector(".picture").focus();
  return true;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const typing = event.target.matches("input:not([type=range], [type=checkbox]), select");
  if (typing || (!viewer.open && event.key.startsWith("Arrow") && event.target.matches("input"))) return;
  if (Object.hasOwn(ANYWHERE, event.key)) ANYWHERE[event.key]();
  else if ((viewer.open ? viewerKey(event) : gridKey(event)) === false) return;
  event.preventDefault();
}

function setUpTheme() {
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const tell = () => (byId("theme").textContent = dark() ? "Light" : "Dark");
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  tell();
}

function setUpViewer() {
  viewer.addEventListener("click", (event) => ACTIONS[event.target.closest("[data-do]")?.dataset.do]?.());
  viewer.addEventListener("close", () => {
    const card = cards[state.open];
    state.open = null;
    root.classList.remove("opened");
    writeAddress();
    while (card.hidden && shown.length > limit && shown.includes(cards.indexOf(card))) showMore();
    if (!card.hidden) card.querySelector(".picture").focus();
  });
  setUpZoom();
  // A link to a part of the page must not take the place of the state in the address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = byId(link.getAttribute("href").slice(1));
    target.tabIndex = -1;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  });
  for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copyText(button.previousElementSibling, button));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  addEventListener("keydown", pressed);
  addEventListener("hashchange", readAddress);
}

setUpTheme();
setUpBand();
setUpGrid();
setUpViewer();
setUpCharts();
readAddress();
