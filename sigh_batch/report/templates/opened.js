// The opened picture: the sheet it lies on, the way to the next one, its facts, and the keys of the page.
// The page says what is `shown`, what an opened picture needs besides, and which keys it has ANYWHERE.

const viewer = byId("viewer");
const sheetBoxes = sheet.querySelector("svg");

function placeOf(number) {
  const place = shown.indexOf(number);
  return place < 0 ? "not among the filtered" : `${place + 1} of ${shown.length}`;
}

// Puts a picture on the sheet, or the reason why there is none; returns its small copy.
function laySheet(number, view, words) {
  const thumb = cards[number].querySelector(".picture img");
  sheet.hidden = !thumb;
  byId("sheet-problem").hidden = Boolean(thumb);
  byId("sheet-problem").textContent = thumb ? "" : cards[number].querySelector(".problem").textContent;
  byId("sheet-picture").src = thumb ? view || thumb.src : "";
  byId("sheet-picture").alt = words;
  return thumb;
}

function layOver(id, address) {
  byId(id).hidden = !address;
  if (address) byId(id).src = address;
}

function listFacts(groups) {
  const parts = groups.map(([title, facts]) => {
    const rows = facts.flatMap(([name, value]) => [element("dt", { textContent: name, dir: "auto" }), element("dd", { textContent: value, dir: "auto" })]);
    return element("details", { open: true }, element("summary", { textContent: title }), element("dl", {}, ...rows));
  });
  byId("facts").replaceChildren(...parts);
}

function showViewer() {
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
const VIEWER_KEYS = { ArrowLeft: ACTIONS.previous, ArrowRight: ACTIONS.next, ...ZOOM_KEYS };

function viewerKey(event) {
  if (event.key.startsWith("Arrow") && (event.target.matches("input") || (event.target === stage && zoom > 0))) return false;
  if (!Object.hasOwn(VIEWER_KEYS, event.key)) return false;
  VIEWER_KEYS[event.key]();
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

// `closed` is told the card of the picture that was open.
function setUpOpened(closed) {
  viewer.addEventListener("click", (event) => ACTIONS[event.target.closest("[data-do]")?.dataset.do]?.());
  viewer.addEventListener("close", () => {
    const card = cards[state.open];
    state.open = null;
    closed(card);
    writeAddress();
    if (!card.hidden) card.querySelector(".picture").focus();
  });
  setUpZoom();
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  addEventListener("keydown", pressed);
  addEventListener("hashchange", readAddress);
}
