/* Several digits side by side, read in one go, as LeCun et al. 1998 show it (section VII): the strip,
   the scores along it, the reading below, and every map. */

/** Pixels between two digits of a reading within which their scores do not fit side by side. */
const TIGHT = 40;

/** By name: a network that reads strips, null while it is made ready, or what went wrong. */
const SCANNERS = new Map();
/** Pixels of the longer side of the sheet on which a strip is painted before it is scaled. */
const STRIP_SHEET = 480;

/** The strip on the pad as it is stored, with the sliders' values; null for an empty pad. */
function stripOn(values) {
  const strokes = strokesOnPad();
  if (!strokes.length) return null;
  const found = storedStrip(painted(strokes, values.pen / 100, 0, STRIP_SHEET));
  return found && values.noise ? {...found, values: noisy(found.values, values.noise)} : found;
}

/** A network for strips that is ready; null where it is not, or not yet: then `home` says which. */
function openedScanner(entry, home) {
  const found = SCANNERS.get(entry.own);
  if (found?.program) return found;
  if (found) fill(home, el("p", {class: "error", role: "alert"}, found.message), otherScanner());
  else fill(home, el("p", {class: "hint"}, `${entry.own} is made ready ...`));
  if (found === undefined) {
    SCANNERS.set(entry.own, null);
    readyScanner(entry, engineData(), NETS.find((net) => net.own === entry.own))
      .catch((error) => mendable(error))
      .then((ready) => {
        SCANNERS.set(entry.own, ready);
        show();
      });
  }
  return null;
}

/** A button for the network that reads strips, for one that does not. */
function otherScanner() {
  const other = DIGITS.find((one) => one.strip.scans);
  return other
    ? el("button", {type: "button", onclick: () => CHOOSE.network(other.own)}, `Try ${other.own}`)
    : "";
}

/** The network with room for a strip; null where it is laid out first: then the page is shown anew. */
function roomy(scanner, columns) {
  const found = scanner.roomFor(columns);
  if (!found) scanner.over(columns).then(show);
  return found;
}

/** The rows of a scanner as they are over a strip: name, words, and [maps, height, width]. */
function stripRows(scanner, columns) {
  const wide = Engine.widened(scanner.program, inputColumns(scanner.program, columns));
  return wide.steps
    .filter((step, at) => step.op !== "same" || scanner.program.steps[at].op !== "same")
    .map(({name, out}) => ({name: name, out: out}));
}

/** Paints a part of a map that was computed with more room than is wanted. */
function paintWithin(canvas, values, length, most) {
  const {width, height} = canvas,
    own = new Float32Array(width * height);
  for (let row = 0; row < height; row++) own.set(values.subarray(row * length, row * length + width), row * width);
  return paintMap(canvas, own, most);
}

function sized(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas;
}

/** The paper's figure: the strip, ten scores and that of nothing along it, and the reading. */
function stripFigure(scanner) {
  const strip = mapCanvas(28, 28, "the strip as the network sees it"),
    scores = mapCanvas(scanner.classes.length + 1, 28, "scores along the strip, a line a class"),
    reads = el("div", {class: "reads"}),
    answer = el("p", {class: "answer read-whole"});
  const names = [...scanner.classes, "–"].map((name) => el("li", {title: titleOf(name)}, name));
  const track = (lead, what) => el("div", {class: "track"}, lead, what);
  return {
    nodes: [
      answer,
      el(
        "figure",
        {class: "along"},
        track(el("span", {}), strip),
        track(el("ol", {"aria-hidden": "true"}, names), scores),
        track(el("span", {}), reads),
        el(
          "figcaption",
          {},
          `One pass gives ten outputs at every ${ordinal(scanner.stride)} column; ${scanner.stride} passes, each ` +
            "moved by a column, those between. White: sure. The last line: no digit here. " +
            "The likeliest sequence of digits and of nothing is the reading.",
        ),
      ),
      scanner.strip.scans ? "" : el("p", {class: "note"}, untaughtWords(scanner)),
    ],
    update: (told) => {
      const {values, places, kinds} = told.scores,
        shown = new Float32Array(places * (kinds + 1));
      for (let at = 0; at < places; at++)
        for (let one = 0; one <= kinds; one++)
          shown[one * places + at] = 2 * Math.exp(values[at * (kinds + 1) + one]) - 1;
      paintMap(sized(scores, places, kinds + 1), shown, 1);
      const light = Float32Array.from(told.strip, (value) => 2 * value - 255);
      paintMap(sized(strip, told.columns, STORED), light, 255);
      fill(answer, told.text || "nothing", el("span", {}, ` ${told.text ? `score ${percent(told.score)}` : "no digit is read"}`));
      fill(reads, told.digits.map((one) => readAt(one, told)));
      const wide = reads.clientWidth / (told.columns + 1),
        tight = told.digits.some(({x}, at) => at && (x - told.digits[at - 1].x) * wide < TIGHT);
      reads.classList.toggle("tight", tight);
    },
  };
}

function percent(share) {
  return `${(100 * share).toFixed(share < 0.995 ? 0 : 1)} %`;
}

function ordinal(number) {
  return {1: "", 2: "second", 3: "third", 4: "fourth"}[number] ?? `${number}th`;
}

function untaughtWords({own}) {
  return (
    `Nobody taught ${own} what a place without a digit looks like: it sees a digit wherever its best class ` +
    "has more than half, between two digits too. lenet5_scan was taught it."
  );
}

/** A digit of the reading, under the columns that it holds. */
function readAt({label, score, start, stop}, {columns}) {
  const style = `--from:${(start / (columns + 1)).toFixed(4)};--share:${((stop - start) / (columns + 1)).toFixed(4)}`;
  return el("span", {class: "read", style: style}, el("b", {}, label), el("small", {}, percent(score)));
}

/** All maps over the strip, of the pass that is not moved: the outputs of a row of one line together. */
function stripMaps(scanner, columns) {
  const kinds = new Map(scanner.rows.map((row) => [row.name, kindAndWindow(row)]));
  const views = stripRows(scanner, columns).map(({name, out: [maps, height]}) => {
    const flat = height === 1,
      head = el("span", {class: "kind"}),
      canvases = Array.from({length: flat ? 1 : maps}, (_, at) =>
        mapCanvas(flat ? maps : height, 1, flat ? `${maps} values of ${name} along the strip` : `${name}, map ${at}`),
      );
    return {name: name, flat: flat, head: head, canvases: canvases};
  });
  return {
    nodes: [
      el("p", {class: "hint"}, "The maps of one pass. White is above 0, black below; the middle grey is 0."),
      views.map(({name, flat, head, canvases}) =>
        el(
          "section",
          {class: "at-row"},
          el("h3", {}, name, head),
          el("div", {class: flat ? "lines" : "long-maps"}, canvases.map((canvas) => el("figure", {}, canvas))),
        ),
      ),
    ],
    update: (told) => {
      const rows = stripRows(scanner, told.columns);
      views.forEach(({name, flat, head, canvases}, at) => {
        const {width, height, values} = told.scores.answer.map(name),
          {out} = rows[at];
        head.textContent = ` ${kinds.get(name)}, ${printed(out)}`;
        const own = flat ? out[0] : height,
          most = largestOf(values);
        canvases.forEach((canvas, map) =>
          paintWithin(sized(canvas, out[2], own), values.subarray(map * own * width), width, most),
        );
      });
    },
  };
}
