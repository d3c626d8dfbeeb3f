// What an opened picture of the report shows: map, boxes, true mask, its score on the scale; and the page's keys.

const current = () => shots[state.open];

function openViewer(number) {
  state.open = number;
  const shot = current();
  const verdict = verdictOf(shot);
  byId("viewer-title").textContent = shot.path.slice(shot.path.lastIndexOf("/") + 1);
  byId("viewer-place").textContent = placeOf(number);
  const thumb = laySheet(number, shot.view, `Screenshot ${shot.path}`);
  layOver("sheet-map", shot.map);
  layOver("sheet-truth", shot.truth);
  byId("viewer-truth").hidden = !shot.truth;
  drawBoxes(sheetBoxes, shot);
  markVerdict(byId("viewer-badge"), verdict);
  byId("viewer-badge").lastElementChild.textContent = data.words[verdict];
  byId("viewer-said").textContent = data.meanings[verdict];
  drawScale(shot);
  byId("viewer-notes").textContent = [
    shot.type && verdict !== "clean" ? `Most like: ${shot.type}.` : "",
    shot.map || shot.notes.length ? "" : "No tamper map of it is at hand.",
    shot.truth && shot.label !== "clean" ? "The line goes round what was truly changed." : "",
    ...shot.notes,
    thumb && !shot.view && shot.width > thumb.naturalWidth ? "This page has only a small copy of it." : "",
  ].filter(Boolean).join(" ");
  listOthers(shot);
  listFacts(shot.facts);
  root.classList.add("opened");
  showViewer();
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

// --- keys

const ANYWHERE = {
  "?": () => byId("help").showModal(),
  o: () => toggleLook("map"),
  x: () => toggleLook("boxes"),
  t: () => toggleLook("truth"),
  b: () => toggleLook("blur"),
  g: () => toggleLook("grey"),
  "[": () => strengthen(-10),
  "]": () => strengthen(10),
  l: () => byId("log")?.click(),
};

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
  setUpOpened((card) => {
    root.classList.remove("opened");
    while (card.hidden && shown.length > limit && shown.includes(cards.indexOf(card))) showMore();
  });
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
}

setUpTheme();
setUpBand();
setUpGrid();
setUpViewer();
setUpCharts();
readAddress();
