/* The pad on which digits are drawn: pointer, touch and pen draw; with keys a cross is moved. */

/** Pixels of the pad's height, and how wide it is by what is written on it, in heights. */
const PAD_HEIGHT = 280,
  WIDE = {digit: 1, strip: STRIP_WIDE};

/** What is written, and what was on the pad when another thing was: it stays from room to room. */
const SHEETS = {
  digit: {strokes: EXAMPLES[4], example: 4},
  strip: {strokes: ROWS[0][1], example: 0},
};
const PAD = {mode: "digit", ...SHEETS.digit, pen: null, cursor: [0.5, 0.2], down: false};
/** What was on each sheet before, the last one last: so many are kept. */
const BEFORE = {digit: [], strip: []},
  MOST_BEFORE = 60;
/** What the address said of the pad when it was followed last. */
let padSaid = "";

/** The examples of a mode: what each is called, and its strokes. */
function examplesOf(mode) {
  return mode === "strip" ? ROWS : EXAMPLES.map((strokes, at) => [String(at), strokes]);
}

/** What the address says of a mode's sheet: an example's number, or ink; nothing of the usual one. */
function sheetWords(mode) {
  const {example, strokes} = mode === PAD.mode ? PAD : SHEETS[mode],
    usual = {digit: 4, strip: 0}[mode];
  if (example !== null) return {example: example === usual ? "" : example, ink: ""};
  return {example: "", ink: packedInk(strokes.filter((stroke) => stroke.length))};
}

/** Puts on the pad what the address says, unless it is what this page wrote there. */
function followSheet(mode, {ink = "", example = ""}) {
  const said = ink ? `${mode} ink ${ink}` : example ? `${mode} example ${example}` : "";
  if (!said || said === padSaid) return;
  padSaid = said;
  const strokes = ink ? unpackedInk(ink, WIDE[mode]) : examplesOf(mode)[Number(example)]?.[1];
  if (!strokes) return;
  keepBefore();
  Object.assign(PAD, {strokes: strokes, example: ink ? null : Number(example), down: false});
}

/** What the address is to say of what is on the pad: the pad then has just what the address says. */
function settledSheet() {
  const words = sheetWords(PAD.mode);
  if (words.ink && PAD.pen === null && !PAD.down) PAD.strokes = unpackedInk(words.ink, WIDE[PAD.mode]);
  padSaid = words.ink ? `${PAD.mode} ink ${words.ink}` : words.example !== "" ? `${PAD.mode} example ${words.example}` : "";
  return words;
}

/** Writes what is on the pad into the address, and shows the page anew. */
function settle() {
  const {names, values} = readAddress(location.hash),
    before = location.hash;
  go("digit", names, {...values, ...settledSheet()}, true);
  if (location.hash === before) show();
}

function keepBefore() {
  const kept = BEFORE[PAD.mode];
  kept.push({strokes: PAD.strokes.map((stroke) => [...stroke]), example: PAD.example});
  if (kept.length > MOST_BEFORE) kept.shift();
}

/** Takes back the last stroke, or what cleared the pad or put an example on it. */
function undo() {
  const kept = BEFORE[PAD.mode].pop();
  if (!kept) return;
  Object.assign(PAD, {...kept, pen: null, down: false});
  settle();
  announce("Taken back");
}

let padReady = false;

/** The pad: pointer, touch and pen draw; arrow keys move a cross, the space bar lowers the pen. */
function readyPad() {
  const pad = byId("pad"),
    sheet = byId("sheet"); // the pad with an edge, on which a stroke may begin too
  const inside = ([x, y], edge) => [
    Math.min(Math.max(x, edge), WIDE[PAD.mode] - edge),
    Math.min(Math.max(y, edge), 1 - edge),
  ];
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return inside([x * WIDE[PAD.mode], y], 0);
  };
  const begin = (point) => {
    keepBefore();
    if (PAD.example !== null) {
      PAD.strokes = [];
      PAD.example = null;
    }
    PAD.strokes.push([point]);
  };
  sheet.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (PAD.pen !== null || event.button !== 0) return; // a palm, a second finger, another button
    pad.focus();
    sheet.setPointerCapture(event.pointerId);
    PAD.down = false;
    PAD.pen = event.pointerId;
    begin(place(event));
    show();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (PAD.pen !== event.pointerId) return;
    PAD.strokes.at(-1).push(place(event));
    later();
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(kind, (event) => {
      if (PAD.pen !== event.pointerId) return;
      PAD.pen = null;
      settle();
    });
  }
  pad.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault();
      return undo();
    }
    const move = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]}[event.key];
    if (event.key === " ") PAD.down = !PAD.down;
    else if (event.key === "Delete" || event.key === "Backspace") clearPad();
    else if (!move) return;
    event.preventDefault();
    if (event.key === " " && PAD.down) begin([...PAD.cursor]);
    if (move) {
      PAD.cursor = inside(PAD.cursor.map((value, at) => value + 0.04 * move[at]), 0.02);
      if (PAD.down) PAD.strokes.at(-1).push([...PAD.cursor]);
    }
    if (move) show();
    else settle();
  });
  const again = () => paintPad(sliderValues(readAddress(location.hash).values));
  pad.addEventListener("focus", again);
  pad.addEventListener("blur", again);
  byId("clear").addEventListener("click", () => {
    clearPad();
    settle();
  });
  byId("undo").addEventListener("click", undo);
  const inView = new IntersectionObserver(([one]) => byId("reading").classList.toggle("seen", one.isIntersecting), {threshold: 0.6});
  inView.observe(byId("scores"));
  showExamples();
}

/** Turns to one digit or to a strip of them: each has its own sheet, and its own examples. */
function turnPad(mode) {
  if (PAD.mode === mode) return;
  SHEETS[PAD.mode] = {strokes: PAD.strokes, example: PAD.example};
  Object.assign(PAD, {mode: mode, ...SHEETS[mode], pen: null, cursor: [0.5, 0.2], down: false});
  const pad = byId("pad");
  pad.width = PAD_HEIGHT * WIDE[mode];
  byId("room-digit").classList.toggle("wide-pad", mode === "strip");
  showExamples();
}

function showExamples() {
  fill(
    byId("examples"),
    examplesOf(PAD.mode).map(([text, strokes], at) =>
      el(
        "button",
        {
          type: "button",
          "aria-label": `example ${text}`,
          onclick: () => {
            keepBefore();
            Object.assign(PAD, {strokes: strokes, example: at, down: false});
            settle();
          },
        },
        text,
      ),
    ),
  );
}

function clearPad() {
  keepBefore();
  PAD.pen = null;
  PAD.strokes = [];
  PAD.example = null;
  PAD.down = false;
}

/** What is on the pad: strokes of one point or more. */
function strokesOnPad() {
  return PAD.strokes.filter((stroke) => stroke.length);
}

let waiting = false;

/** Shows what is drawn once a frame, however many points come in. */
function later() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    show();
  });
}

function paintPad(sliders) {
  const pad = byId("pad"),
    context = pad.getContext("2d"),
    {width, height: side} = pad;
  context.fillStyle = "#000";
  context.fillRect(0, 0, width, side);
  context.strokeStyle = context.fillStyle = "#fff";
  context.lineWidth = (sliders.pen / 100) * side;
  context.lineCap = context.lineJoin = "round";
  context.save();
  if (PAD.mode === "digit") {
    context.translate(side / 2, side / 2);
    context.rotate((sliders.turn * Math.PI) / 180);
    context.translate(-side / 2, -side / 2);
  }
  for (const stroke of strokesOnPad()) {
    context.beginPath();
    context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
    for (const [x, y] of stroke.slice(1)) context.lineTo(x * side, y * side);
    if (stroke.length === 1) context.lineTo(stroke[0][0] * side + 0.01, stroke[0][1] * side);
    context.stroke();
  }
  context.restore();
  if (document.activeElement === pad && pad.matches(":focus-visible")) {
    const [x, y] = PAD.cursor.map((value) => value * side);
    context.strokeStyle = PAD.down ? "#d55e00" : "#56b4e9";
    context.lineWidth = 3;
    context.beginPath();
    for (const [dx, dy] of [
      [12, 0],
      [0, 12],
    ]) {
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }
}
