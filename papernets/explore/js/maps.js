/* Maps as pictures. Where a network has many, those of a row are painted when it comes into view. */

/** Values of maps up to which all are painted at once. */
const AT_ONCE = 1000000;
/** The paintings that wait, by the element that is to come into view. */
const WAITING = new Map();
const watcher = new IntersectionObserver(
  (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => paintNow(one.target)),
  {rootMargin: "600px"},
);

/** Forgets what waited: its elements are not in the page any more. */
function forgetWaiting() {
  watcher.disconnect();
  WAITING.clear();
}

/** Lets `paint` wait until the element is about to be seen. */
function paintWhenSeen(element, paint) {
  WAITING.set(element, paint);
  watcher.observe(element);
}

function paintNow(element) {
  WAITING.get(element)?.();
  WAITING.delete(element);
  watcher.unobserve(element);
}

addEventListener("beforeprint", () => [...WAITING.keys()].forEach(paintNow));

/** An empty canvas for a map. */
function mapCanvas(height, width, words) {
  return el("canvas", {width: width, height: height, class: "map", role: "img", "aria-label": words});
}

/** The pixels of each canvas that was painted: they are painted over, not made anew. */
const PIXELS = new WeakMap();

function pixelsOf(canvas) {
  let image = PIXELS.get(canvas);
  if (image && image.width === canvas.width && image.height === canvas.height) return image;
  image = new ImageData(canvas.width, canvas.height);
  image.data.fill(255);
  PIXELS.set(canvas, image);
  return image;
}

/** Paints pixels: `colour(at)` gives red, green and blue, 0 to 255, of the pixel at this place. */
function paintPixels(canvas, colour) {
  const image = pixelsOf(canvas),
    {data} = image;
  for (let at = 0; at < canvas.height * canvas.width; at++) {
    const [red, green, blue] = colour(at);
    data[4 * at] = red;
    data[4 * at + 1] = green;
    data[4 * at + 2] = blue;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Paints values in grey: 0 is the middle grey, `most` white, its opposite black; `positive` ones from black. */
function paintMap(canvas, values, most, positive = false) {
  const image = pixelsOf(canvas),
    {data} = image,
    zero = positive ? 0 : 127.5,
    times = (255 - zero) / most;
  for (let at = 0, to = 0; at < canvas.height * canvas.width; at++, to += 4) {
    data[to] = data[to + 1] = data[to + 2] = zero + times * values[at]; // rounded, kept in 0 to 255
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Layers that make no value negative that was not. */
const KEEP_SIGN = ["Pool", "AdaptivePool", "GlobalPool", "LRN", "Dropout", "Identity", "Flatten", "Pad", "PadShortcut", "Concat"];

/** The rows of a network in which no value can be below 0: behind a rectifier, and what keeps that. */
function neverNegative({graph, rows}) {
  const found = new Set();
  for (const row of rows) {
    const active = activationOf(row),
      kept = !active && KEEP_SIGN.includes(row.layer.is) && graph.sources.get(row.name).every((name) => found.has(name));
    if (kept || ["relu", "relu6", "sigmoid"].includes(active)) found.add(row.name);
  }
  return found;
}

/** A number of a map in words: 3.142, 0.00012, 120. */
function numberWords(value) {
  const size = Math.abs(value);
  const text = size && (size < 0.001 || size >= 100000) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace("-", "\u2212");
}

/** What the greys of a row's maps mean. */
function scaleWords(most, positive) {
  return positive ? `0 is black, ${numberWords(most)} white` : `${numberWords(-most)} is black, 0 grey, ${numberWords(most)} white`;
}

/** The largest of values, whatever their sign. */
function largestOf(values) {
  let most = 1e-9;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
