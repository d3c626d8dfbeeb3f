// Boxes over a picture: drawn as one path a kind, found again under the pointer.

const kindOf = new Map(data.kinds.map((kind) => [kind.name, kind]));

const [KIND, X, Y, WIDTH, HEIGHT, TEXT, VALUE, MESSAGE, PARENT] = Array(9).keys();

function colour(node, kind) {
  node.style.setProperty("--c", kindOf.get(kind).colour);
  return node;
}

function drawBoxes(svg, sample) {
  const lines = new Map(data.kinds.map((kind) => [kind.name, ""]));
  for (const box of sample.boxes) {
    const outline = `M${box[X]} ${box[Y]}h${box[WIDTH]}v${box[HEIGHT]}h${-box[WIDTH]}z`;
    lines.set(box[KIND], lines.get(box[KIND]) + outline);
  }
  svg.replaceChildren();
  for (const [kind, d] of lines) {
    if (d) svg.append(colour(shape("path", { d, "data-kind": kind }), kind));
  }
  hideKinds(svg);
}

function hideKinds(within) {
  for (const path of within.querySelectorAll("path[data-kind]")) {
    path.toggleAttribute("hidden", !state.kinds.has(path.dataset.kind));
  }
}

function markBox(svg, box) {
  svg.querySelector(".hot")?.remove();
  if (!box) return;
  const hot = { class: "hot", x: box[X], y: box[Y], width: box[WIDTH], height: box[HEIGHT] };
  svg.append(colour(shape("rect", hot), box[KIND]));
}

// The smallest visible box under the pointer is the one meant.
function boxUnder(svg, sample, event) {
  if (!state.boxes) return null;
  const frame = svg.getBoundingClientRect();
  const x = ((event.clientX - frame.left) / frame.width) * sample.width;
  const y = ((event.clientY - frame.top) / frame.height) * sample.height;
  let best = null;
  for (const box of sample.boxes) {
    if (!state.kinds.has(box[KIND])) continue;
    if (x < box[X] || y < box[Y] || x > box[X] + box[WIDTH] || y > box[Y] + box[HEIGHT]) continue;
    if (!best || box[WIDTH] * box[HEIGHT] <= best[WIDTH] * best[HEIGHT]) best = box;
  }
  return best;
}

function saying(box) {
  return [box[TEXT], box[VALUE]].filter((part) => part !== null && part !== "").join("\n");
}

const tip = byId("tip");

function showTip(box, event) {
  tip.hidden = !box;
  if (!box) return;
  const host = event.target.closest("dialog") || document.body;
  if (tip.parentNode !== host) host.append(tip);
  colour(tip, box[KIND]);
  tip.children[1].textContent = box[KIND];
  tip.children[2].textContent = saying(box);
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18;
  const top = below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : below;
  tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
}

function watchPointer(area, svg, sampleOf, onBox) {
  area.addEventListener("pointermove", (event) => {
    const box = event.pointerType === "touch" || event.buttons ? null : boxUnder(svg, sampleOf(), event);
    onBox(box);
    showTip(box, event);
  });
  area.addEventListener("pointerleave", () => {
    onBox(null);
    tip.hidden = true;
  });
}
