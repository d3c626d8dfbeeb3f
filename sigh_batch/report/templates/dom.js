// What every page's script stands on: its data, its elements, the keys of a grid of cards.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const root = document.documentElement;
const NAMESPACE = byId("sheet").querySelector("svg").namespaceURI;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

async function copyText(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
  }
}

// The card that an arrow key leads to: in reading order across, the nearest one up and down.
function nextCard(cards, card, key) {
  const row = cards.filter((other) => !other.hidden);
  const at = row.indexOf(card);
  if (at < 0) return row[0];
  if (key === "ArrowRight") return row[at + 1];
  if (key === "ArrowLeft") return row[at - 1];
  const frame = card.getBoundingClientRect();
  const middle = (other) => other.left + other.width / 2;
  const beyond = row
    .map((other) => ({ other, place: other.getBoundingClientRect() }))
    .filter(({ place }) => (key === "ArrowDown" ? place.top > frame.bottom - 1 : place.bottom < frame.top + 1));
  const edge = key === "ArrowDown" ? Math.min(...beyond.map((b) => b.place.top)) : Math.max(...beyond.map((b) => b.place.top));
  const near = beyond.filter(({ place }) => Math.abs(place.top - edge) < 4);
  const distance = ({ place }) => Math.abs(middle(place) - middle(frame));
  return near.sort((one, two) => distance(one) - distance(two))[0]?.other;
}
