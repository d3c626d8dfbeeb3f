// Drawings of how right the model is: ROC, reliability, robustness curves, pairs of models; and the slices.

const FRAME = { left: 44, right: 308, top: 12, bottom: 236 };
const LEAST_RATE = 1e-4;

function textAt(x, y, words, attributes = {}) {
  const made = shape("text", { x, y, ...attributes });
  made.textContent = words;
  return made;
}

const across = (share, frame = FRAME) => frame.left + share * (frame.right - frame.left);
const upward = (share, frame = FRAME) => frame.bottom - share * (frame.bottom - frame.top);

// A frame with ticks: each [share of the way, words].
function framed(svg, xs, ys, xName, yName, frame = FRAME) {
  svg.setAttribute("role", "img");
  svg.replaceChildren();
  for (const [share, words] of ys) {
    svg.append(shape("line", { class: "rule", x1: frame.left, x2: frame.right, y1: upward(share, frame), y2: upward(share, frame) }));
    svg.append(textAt(frame.left - 6, upward(share, frame) + 4, words, { "text-anchor": "end" }));
  }
  for (const [share, words] of xs) {
    svg.append(shape("line", { class: "rule", x1: across(share, frame), x2: across(share, frame), y1: frame.top, y2: frame.bottom }));
    svg.append(textAt(across(share, frame), frame.bottom + 16, words, { "text-anchor": "middle" }));
  }
  svg.append(textAt((frame.left + frame.right) / 2, frame.bottom + 34, xName, { class: "name", "text-anchor": "middle" }));
  svg.append(textAt(12, (frame.top + frame.bottom) / 2, yName, { class: "name", "text-anchor": "middle", transform: `rotate(-90 12 ${(frame.top + frame.bottom) / 2})` }));
}

const TENTHS = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, say(share)]);
const PERCENTS = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share}`]);

function line(points) {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

// Few false alarms are what matters, so that axis is logarithmic.
const rateShare = (rate) => Math.max(0, 1 - Math.log10(Math.max(rate, LEAST_RATE)) / Math.log10(LEAST_RATE));

function drawRoc() {
  const svg = byId("roc");
  if (!svg) return;
  framed(svg, [1e-4, 1e-3, 1e-2, 0.1, 1].map((rate) => [rateShare(rate), `${100 * rate}`]), PERCENTS, "false alarms, %", "forged found, %");
  svg.append(shape("path", { class: "chance", d: line([1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.6, 1].map((rate) => [across(rateShare(rate)), upward(rate)])) }));
  svg.append(shape("path", { class: "line", d: line(data.roc.map(([fpr, tpr]) => [across(rateShare(fpr)), upward(tpr)])) }));
  if (data.same_pictures) svg.append(shape("circle", { class: "point", r: 5 }));
  svg.setAttribute("aria-label", "ROC on a logarithmic axis of false alarms");
  markOperatingPoint();
}

function markOperatingPoint() {
  const point = byId("roc")?.querySelector(".point");
  if (!point) return;
  const [clean, forged] = [CLEAN, FORGED].map(countsOf);
  const [negatives, positives] = [above[CLEAN][0], above[FORGED][0]];
  point.toggleAttribute("hidden", !negatives || !positives);
  if (!negatives || !positives) return;
  point.setAttribute("cx", across(rateShare(clean.flagged / negatives)));
  point.setAttribute("cy", upward(forged.flagged / positives));
}

function drawReliability() {
  const svg = byId("reliability");
  if (!svg) return;
  framed(svg, TENTHS, PERCENTS, "score", "truly forged, %");
  const most = Math.max(...data.reliability.map((bin) => bin.pictures));
  svg.append(shape("path", { class: "chance", d: line([[across(0), upward(0)], [across(1), upward(1)]]) }));
  const seen = data.reliability.filter((bin) => bin.share_forged !== null);
  for (const bin of seen) {
    const tall = (Math.log1p(bin.pictures) / Math.log1p(most)) * 0.25;
    svg.append(shape("rect", { class: "count", x: across(bin.low) + 1, width: Math.max(1, across(bin.high) - across(bin.low) - 2), y: upward(tall), height: upward(0) - upward(tall) }));
  }
  const place = (bin) => [across(bin.mean_probability), upward(bin.share_forged)];
  svg.append(shape("path", { class: "line", d: line(seen.map(place)) }));
  for (const bin of seen) {
    const [cx, cy] = place(bin);
    const dot = shape("circle", { class: "dot", cx, cy, r: 3.5 });
    const title = shape("title", {});
    title.textContent = `${grouped(bin.pictures)} pictures: said ${say(bin.mean_probability)}, ${percent(bin.share_forged, 1)} forged`;
    dot.append(title);
    svg.append(dot);
  }
  svg.setAttribute("aria-label", "Reliability diagram; grey bars count the pictures, logarithmically");
}

// --- robustness

const SMALL = { left: 40, right: 262, top: 10, bottom: 122 };

function drawCurves() {
  const host = byId("curves");
  if (!host) return;
  const metric = byId("curve-metric").value;
  const all = data.curves.flatMap((curve) => curve.points.map((point) => point.metrics[metric])).filter(Boolean);
  const lows = all.map((value) => value.low ?? value.value).filter((value) => value !== null);
  const floor = Math.max(0, Math.min(0.5, Math.floor(Math.min(...lows, 1) * 10) / 10));
  const ceiling = Math.max(1, ...all.map((value) => value.value ?? 0));
  const height = (value) => upward((value - floor) / (ceiling - floor), SMALL);
  host.replaceChildren(
    ...data.curves.map((curve) => {
      const svg = shape("svg", { viewBox: "0 0 270 164" });
      const points = curve.points.filter((point) => point.metrics[metric]?.value != null);
      const share = (at) => (points.length > 1 ? at / (points.length - 1) : 0.5);
      const every = Math.ceil(points.length / 4);
      const xs = points.map((point, at) => [share(at), at % every ? "" : point.label]);
      framed(svg, xs, [0, 0.5, 1].map((part) => [part, say(floor + part * (ceiling - floor))]), "", "", SMALL);
      const ranged = points.every((point) => point.metrics[metric].low !== null);
      const edge = (name) => points.map((point, at) => [across(share(at), SMALL), height(point.metrics[metric][name])]);
      if (ranged && points.length > 1) svg.append(shape("path", { class: "range", d: `${line([...edge("low"), ...edge("high").reverse()])}z` }));
      svg.append(shape("path", { class: "line", d: line(edge("value")) }));
      edge("value").forEach(([cx, cy], at) => {
        const dot = shape("circle", { class: "dot", cx, cy, r: 3 });
        const title = shape("title", {});
        title.textContent = `${points[at].label}: ${say(points[at].metrics[metric].value)}`;
        dot.append(title);
        svg.append(dot);
      });
      const told = points.map((point) => `${point.label} ${say(point.metrics[metric].value)}`).join(", ");
      svg.setAttribute("aria-label", told || "no such number");
      return element("figure", {}, element("figcaption", { textContent: curve.degradation.replaceAll("_", " "), dir: "auto" }), svg);
    }),
  );
}

// --- pairs of models

function drawPair(svg) {
  const pair = data.pairs[svg.dataset.pair];
  const frame = { ...FRAME, right: FRAME.left + 224 };
  framed(svg, TENTHS, TENTHS, pair.second, pair.first, frame);
  const side = pair.cells.length;
  const most = Math.log1p(Math.max(...pair.cells.flat()));
  const step = 224 / side;
  pair.cells.forEach((row, one) => {
    row.forEach((count, two) => {
      if (!count) return;
      svg.append(shape("rect", { class: "cell", x: frame.left + two * step, y: frame.bottom - (one + 1) * step, width: step + 0.3, height: step + 0.3, "fill-opacity": (0.15 + 0.85 * (Math.log1p(count) / most)).toFixed(2) }));
    });
  });
  svg.append(shape("path", { class: "chance", d: line([[across(0, frame), upward(0, frame)], [across(1, frame), upward(1, frame)]]) }));
  svg.setAttribute("aria-label", `Scores of ${pair.first} upwards and of ${pair.second} to the right; darker cells have more pictures`);
}

// --- slices

function sortSlices(metric, descending) {
  const table = byId("slices");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const key = (row) => {
    const part = data.slices[row.dataset.slice];
    const value = metric === "pictures" || metric === "forged" ? part[metric] : part.metrics[metric]?.value;
    return value ?? (descending ? -Infinity : Infinity);
  };
  rows.sort((one, two) => (descending ? key(two) - key(one) : key(one) - key(two)) || one.dataset.slice - two.dataset.slice);
  body.append(...rows);
  for (const head of table.querySelectorAll("[data-sort]")) {
    const direction = head.dataset.sort === metric ? (descending ? "descending" : "ascending") : "none";
    head.closest("th").setAttribute("aria-sort", direction);
  }
}

function setUpSlices() {
  const table = byId("slices");
  if (!table) return;
  [...table.tBodies[0].rows].forEach((row, at) => (row.dataset.slice = at));
  for (const head of table.querySelectorAll("[data-sort]")) {
    head.addEventListener("click", () => {
      const before = head.closest("th").ariaSort;
      const first = data.higher_is_worse.includes(head.dataset.sort) ? "descending" : "ascending";
      const turned = before === "none" ? first : before === "ascending" ? "descending" : "ascending";
      sortSlices(head.dataset.sort, turned === "descending");
    });
  }
  byId("slice-by").addEventListener("change", (event) => {
    for (const row of table.tBodies[0].rows) row.hidden = event.target.value !== "" && row.cells[0].textContent !== event.target.value;
  });
}

function setUpCharts() {
  drawRoc();
  drawReliability();
  drawCurves();
  byId("curve-metric")?.addEventListener("change", drawCurves);
  document.querySelectorAll("svg.pair").forEach(drawPair);
  setUpSlices();
}
