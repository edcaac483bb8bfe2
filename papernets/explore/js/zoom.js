/* How large a drawing is, and what of it is on the screen. */

/** Labels of a drawing below this size, in pixels, cannot well be read. */
const READABLE = 9;

const ZOOM = {at: 1, least: 0.5, most: 6, by: 1.35};

/** A drawing that is opened is shown whole, from its beginning. */
function fromTheTop() {
  zoomTo(1);
  const home = byId("drawing");
  home.scrollTo(0, 0);
  home.closest(".left").scrollTo(0, 0);
}

function zoomTo(to) {
  const home = byId("drawing");
  ZOOM.at = Math.min(Math.max(to, ZOOM.least), ZOOM.most);
  home.style.setProperty("--zoom", ZOOM.at);
  home.classList.toggle("zoomed", ZOOM.at > 1);
  sayWhatIsSmall();
}

/** Says what helps where the labels of a drawing are too small to be read. */
function sayWhatIsSmall() {
  const svg = byId("drawing").querySelector("svg");
  const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 0,
    sizes = svg ? [...svg.querySelectorAll("text")].map((one) => Number(one.getAttribute("font-size"))) : [];
  byId("small").hidden = !scale || scale * Math.max(...sizes) >= READABLE;
}

function middleOf(box) {
  return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
}

/** The part of the drawing that is on the screen: [left, top, right, bottom]. */
function partOnScreen(home) {
  const [own, column] = [home, home.closest(".left")].map((one) => one.getBoundingClientRect());
  return [
    Math.max(own.left, 0),
    Math.max(own.top, column.top, 0),
    Math.min(own.right, innerWidth),
    Math.min(own.bottom, column.bottom, innerHeight),
  ];
}

/** Makes the drawing larger or smaller round the layer that is nearest to the middle of what is seen. */
function zoomRound(factor) {
  const home = byId("drawing"),
    [left, top, right, bottom] = partOnScreen(home),
    [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const away = (box) => {
    const [bx, by2] = middleOf(box.getBoundingClientRect());
    return Math.hypot(bx - x, by2 - y);
  };
  const boxes = [...home.querySelectorAll("g.row")];
  const nearest = boxes.length ? boxes.reduce((a, b) => (away(a) <= away(b) ? a : b)) : home;
  zoomTo(ZOOM.at * factor);
  const [bx, by2] = middleOf(nearest.getBoundingClientRect());
  home.scrollLeft += bx - x;
  const column = home.closest(".left"),
    scroller = home.scrollHeight > home.clientHeight + 1 ? home : column;
  scroller.scrollTop += by2 - y;
}

function readyZoom() {
  byId("zoom-in").addEventListener("click", () => zoomRound(ZOOM.by));
  byId("zoom-out").addEventListener("click", () => zoomRound(1 / ZOOM.by));
  byId("zoom-fit").addEventListener("click", fromTheTop);
  addEventListener("resize", sayWhatIsSmall);
}
