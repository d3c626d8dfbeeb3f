// Two thresholds over the histogram of all scores: dragged or moved by keys, with live counts.
// data.bins has pictures by true label (clean, forged, unknown) and bin; data.edges the edges of the bins.

const [CLEAN, FORGED, UNKNOWN] = [0, 1, 2];
const { edges, bins } = data;
const LAST = edges.length - 1;
const WIDE = 1000;
const PLOT = { top: 26, bottom: 268 };
const COLUMNS = 100;
const STEP = 10; // edges that Page Up and Page Down go
const VERDICTS = ["flagged", "uncertain", "clean"];
const above = bins.map((row) => {
  const sums = new Array(LAST + 1).fill(0);
  for (let at = LAST - 1; at >= 0; at -= 1) sums[at] = sums[at + 1] + row[at];
  return sums;
});
const histogram = byId("histogram");

// The edge at or below a value.
function edgeOf(value) {
  let [low, high] = [0, LAST];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (edges[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const START_BAND = [edgeOf(data.band[0]), edgeOf(data.band[1])];
let band = [...START_BAND];
const bandMoved = () => band.some((edge, at) => edge !== START_BAND[at]);

function verdictAt(score) {
  return score >= edges[band[1]] ? "flagged" : score < edges[band[0]] ? "clean" : "uncertain";
}

function countsOf(label) {
  const sums = above[label];
  return { flagged: sums[band[1]], uncertain: sums[band[0]] - sums[band[1]], clean: sums[0] - sums[band[0]] };
}

function grouped(count) {
  return count.toLocaleString("en");
}

function percent(part, whole, digits = 1) {
  return whole ? `${((100 * part) / whole).toFixed(digits)}\u202f%` : "none";
}

// As many digits as tell two thresholds apart.
function say(value) {
  return Number(value.toPrecision(4)).toString();
}

// --- the drawing

function columns(labels) {
  const heights = new Array(COLUMNS).fill(0);
  for (const label of labels) {
    bins[label].forEach((count, at) => {
      heights[Math.min(COLUMNS - 1, Math.floor(edges[at] * COLUMNS + 1e-9))] += count;
    });
  }
  return heights;
}

function outline(heights, base, reach, most, log) {
  const scale = (count) => (log ? Math.log1p(count) / Math.log1p(most) : count / most);
  const width = WIDE / COLUMNS;
  return heights
    .map((count, at) => {
      if (!count) return "";
      const tall = Math.sign(reach) * Math.max(1.5, Math.abs(reach) * scale(count));
      return `M${(at * width + 0.6).toFixed(1)} ${base}v${(-tall).toFixed(1)}h${(width - 1.2).toFixed(1)}v${tall.toFixed(1)}z`;
    })
    .join("");
}

function drawHistogram() {
  if (!histogram) return;
  const log = byId("log").checked;
  const both = data.labelled;
  const up = columns(both ? [FORGED, UNKNOWN] : [CLEAN, FORGED, UNKNOWN]);
  const down = both ? columns([CLEAN]) : [];
  const most = Math.max(1, ...up, ...down);
  const base = both ? (PLOT.top + PLOT.bottom) / 2 : PLOT.bottom;
  const reach = (base - PLOT.top) * 0.97;
  const zones = shape("g", { class: "zones" });
  const parts = [
    zones,
    shape("path", { class: both ? "bars is-flagged" : "bars is-plain", d: outline(up, base, reach, most, log) }),
    shape("path", { class: "bars is-clean", d: outline(down, base, -reach, most, log) }),
    shape("line", { class: "axis", x1: 0, x2: WIDE, y1: base, y2: base }),
  ];
  for (let tick = 0; tick <= 10; tick += 2) {
    const anchor = tick === 0 ? "start" : tick === 10 ? "end" : "middle";
    const label = shape("text", { x: tick * 100, y: 292, "text-anchor": anchor });
    label.textContent = (tick / 10).toString();
    parts.push(label);
  }
  const top = shape("text", { x: 26, y: PLOT.top + 12, class: "most" });
  top.textContent = `${grouped(most)} at most${log ? ", logarithmic" : ""}`;
  histogram.replaceChildren(...parts, top, ...[0, 1].map(makeHandle));
  drawBand();
}

function makeHandle(which) {
  const name = which ? "From here on a picture looks edited" : "Below it, no traces are found";
  const handle = shape("g", {
    class: `handle ${which ? "is-flagged" : "is-clean"}`,
    tabindex: 0,
    role: "slider",
    "aria-label": name,
    "aria-valuemin": 0,
    "aria-valuemax": 1,
    "aria-orientation": "horizontal",
  });
  handle.append(
    shape("rect", { class: "grip", x: -14, y: 0, width: 28, height: 300 }),
    shape("line", { y1: 22, y2: PLOT.bottom + 6 }),
    shape("path", { d: which ? "M0 4h10l8 9-8 9h-10z" : "M0 4h-10l-8 9 8 9h10z" }),
  );
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const frame = histogram.getBoundingClientRect();
    const value = (event.clientX - frame.left) / frame.width;
    moveBand(which, edgeOf(Math.min(1, Math.max(0, value)) + 0.5 / COLUMNS / 10));
  });
  handle.addEventListener("pointerup", () => writeAddress());
  handle.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -STEP, PageUp: STEP, Home: -LAST, End: LAST };
    if (!Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    moveBand(which, band[which] + moves[event.key]);
    writeAddress();
  });
  return handle;
}

// The edge from 0 up; 1 stands for "never", so both thresholds may reach it.
function moveBand(which, edge) {
  band[which] = Math.min(LAST, Math.max(0, edge));
  if (band[0] > band[1]) band[1 - which] = band[which];
  drawBand();
  applyBand();
}

function drawBand() {
  if (!histogram) return;
  const [low, high] = band.map((edge) => edges[edge] * WIDE);
  const zone = (name, from, to) =>
    shape("rect", { class: `zone is-${name}`, x: from, width: Math.max(0, to - from), y: PLOT.top - 4, height: PLOT.bottom - PLOT.top + 8 });
  histogram.querySelector(".zones").replaceChildren(zone("uncertain", low, high), zone("flagged", high, WIDE));
  histogram.querySelectorAll(".handle").forEach((handle, which) => {
    const value = edges[band[which]];
    handle.setAttribute("transform", `translate(${value * WIDE} 0)`);
    handle.setAttribute("aria-valuenow", say(value));
    handle.setAttribute("aria-valuetext", `${say(value)}`);
  });
  drawCounts();
}

// --- the numbers beside it

function drawCounts() {
  const all = [CLEAN, FORGED, UNKNOWN].map(countsOf);
  const total = all.reduce((sum, counts) => sum + VERDICTS.reduce((part, name) => part + counts[name], 0), 0);
  byId("band-said").textContent = `${bandMoved() ? "Moved" : data.stored ? "The model's own" : "Middle of the scale"}: undecided from ${say(edges[band[0]])} to ${say(edges[band[1]])}`;
  byId("band-reset").hidden = !bandMoved();
  byId("live-counts").replaceChildren(
    ...VERDICTS.map((name) => {
      const count = all.reduce((sum, counts) => sum + counts[name], 0);
      const head = element("th", { scope: "row" }, element("span", { className: `badge is-${name}` }, element("i"), data.words[name]));
      return element("tr", {}, head, element("td", { className: "number", textContent: grouped(count) }), element("td", { className: "number soft", textContent: percent(count, total) }));
    }),
  );
  if (!data.labelled) return;
  const [clean, forged] = all;
  const { flagged: alarms } = clean;
  const { flagged: hits } = forged;
  for (const button of document.querySelectorAll("[data-cell]")) {
    const [label, verdict] = button.dataset.cell.split(" ");
    const count = (label === "forged" ? forged : clean)[verdict];
    button.textContent = grouped(count);
    button.setAttribute("aria-label", `${grouped(count)} that are ${label}: ${data.words[verdict]}`);
  }
  const sum = (counts) => counts.flagged + counts.uncertain + counts.clean;
  const rates = [
    ["Precision", hits, hits + alarms, "of those that look edited, truly forged"],
    ["Recall", hits, sum(forged), "of the forged, look edited"],
    ["False alarms", alarms, sum(clean), "of the clean, look edited"],
    ["Missed", forged.clean, sum(forged), "of the forged, no traces found"],
  ];
  byId("rates").replaceChildren(
    ...rates.map(([name, part, whole, words]) =>
      element("div", { title: `${grouped(part)} of ${grouped(whole)} ${words}` }, element("dt", { textContent: name }), element("dd", { textContent: percent(part, whole, 2) }), element("dd", { className: "soft", textContent: words })),
    ),
  );
}

function setUpBand() {
  if (!histogram) return;
  byId("log").addEventListener("change", () => {
    drawHistogram();
    writeAddress();
  });
  byId("band-reset").addEventListener("click", () => {
    band = [...START_BAND];
    drawBand();
    applyBand();
    writeAddress();
  });
}
