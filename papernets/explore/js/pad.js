/* The pad on which a digit is drawn: pointer, touch and pen draw; with keys a cross is moved. */

/** What is on the pad, and how it is shown: it stays while one goes from room to room. */
const PAD = {strokes: EXAMPLES[4], example: 4, pen: null, cursor: [0.5, 0.2], down: false};

let padReady = false;

/** The pad: pointer, touch and pen draw; arrow keys move a cross, the space bar lowers the pen. */
function readyPad() {
  const pad = byId("pad");
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((value) =>
      Math.min(Math.max(value, 0), 1),
    );
  };
  const begin = (point) => {
    if (PAD.example !== null) {
      PAD.strokes = [];
      PAD.example = null;
    }
    PAD.strokes.push([point]);
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.focus();
    pad.setPointerCapture(event.pointerId);
    PAD.pen = event.pointerId;
    begin(place(event));
    show();
  });
  pad.addEventListener("pointermove", (event) => {
    if (PAD.pen !== event.pointerId) return;
    PAD.strokes.at(-1).push(place(event));
    later();
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    pad.addEventListener(kind, (event) => {
      if (PAD.pen === event.pointerId) PAD.pen = null;
      show();
    });
  }
  pad.addEventListener("keydown", (event) => {
    const move = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]}[event.key];
    if (event.key === " ") PAD.down = !PAD.down;
    else if (event.key === "Delete" || event.key === "Backspace") clearPad();
    else if (!move) return;
    event.preventDefault();
    if (event.key === " " && PAD.down) begin([...PAD.cursor]);
    if (move) {
      PAD.cursor = PAD.cursor.map((value, at) => Math.min(Math.max(value + 0.04 * move[at], 0.02), 0.98));
      if (PAD.down) PAD.strokes.at(-1).push([...PAD.cursor]);
    }
    show();
  });
  pad.addEventListener("focus", () => paintPad(sliderValues(readAddress(location.hash).values)));
  pad.addEventListener("blur", () => paintPad(sliderValues(readAddress(location.hash).values)));
  byId("clear").addEventListener("click", () => {
    clearPad();
    show();
  });
  fill(
    byId("examples"),
    EXAMPLES.map((strokes, at) =>
      el(
        "button",
        {
          type: "button",
          "aria-label": `example ${at}`,
          onclick: () => {
            PAD.strokes = strokes;
            PAD.example = at;
            PAD.down = false;
            show();
          },
        },
        String(at),
      ),
    ),
  );
}

function clearPad() {
  PAD.strokes = [];
  PAD.example = null;
  PAD.down = false;
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
    side = pad.width;
  context.fillStyle = "#000";
  context.fillRect(0, 0, side, side);
  context.strokeStyle = context.fillStyle = "#fff";
  context.lineWidth = (sliders.pen / 100) * side;
  context.lineCap = context.lineJoin = "round";
  context.save();
  context.translate(side / 2, side / 2);
  context.rotate((sliders.turn * Math.PI) / 180);
  context.translate(-side / 2, -side / 2);
  for (const stroke of PAD.strokes.filter((one) => one.length)) {
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
