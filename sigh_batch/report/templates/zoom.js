// The opened picture on its stage: as it fits or larger, dragged, about the point that is meant.
// The page says what `current()` is: something with a width and a height.

const stage = byId("stage");
const sheet = byId("sheet");
const LARGEST = 8;
let zoom = 0; // 0 is "as it fits", otherwise screen pixels a picture pixel
let dragged = 0;

const panes = () => [sheet, byId("twin")].filter((pane) => pane && !pane.hidden);

function fitting() {
  const style = getComputedStyle(stage);
  const width = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const height = stage.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const beside = Math.max(1, panes().length);
  return Math.min((width - (beside - 1) * 20) / current().width / beside, height / current().height, 1);
}

// Keeps the point under (x, y), or the middle, where it is.
function setZoom(wanted, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const fit = fitting();
  const before = sheet.getBoundingClientRect();
  const frame = stage.getBoundingClientRect();
  const across = before.width ? (frame.left + x - before.left) / before.width : 0.5;
  const down = before.height ? (frame.top + y - before.top) / before.height : 0.5;
  zoom = wanted > fit * 1.001 ? Math.min(wanted, LARGEST) : 0;
  const scale = zoom || fit;
  for (const pane of panes()) {
    pane.style.width = `${current().width * scale}px`;
    pane.style.height = `${current().height * scale}px`;
  }
  const after = sheet.getBoundingClientRect();
  stage.scrollLeft += after.left + across * after.width - frame.left - x;
  stage.scrollTop += after.top + down * after.height - frame.top - y;
  stage.classList.toggle("large", zoom > 0);
  byId("zoom").textContent = `${Math.round(scale * 100)} %`;
}

function zoomBy(factor, x, y) {
  setZoom((zoom || fitting()) * factor, x, y);
}

const ZOOM_KEYS = {
  "+": () => zoomBy(1.25),
  "=": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: () => setZoom(0),
  1: () => setZoom(1),
};

function setUpZoom() {
  sheet.addEventListener("dblclick", (event) => {
    const frame = stage.getBoundingClientRect();
    setZoom(zoom ? 0 : Math.max(1, fitting() * 2), event.clientX - frame.left, event.clientY - frame.top);
  });
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    zoomBy(Math.exp(-event.deltaY / 200), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });
  stage.addEventListener("pointerdown", (event) => {
    dragged = 0;
    if (event.pointerType !== "mouse" || event.button !== 0 || !zoom) return;
    stage.classList.add("drag");
    event.preventDefault();
    stage.focus();
  });
  addEventListener("pointermove", (event) => {
    if (!stage.classList.contains("drag")) return;
    dragged += Math.abs(event.movementX) + Math.abs(event.movementY);
    stage.scrollBy(-event.movementX, -event.movementY);
  });
  addEventListener("pointerup", () => stage.classList.remove("drag"));
  addEventListener("resize", () => stage.closest("dialog").open && setZoom(zoom));
}
