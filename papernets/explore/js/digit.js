/* The room in which one draws digits and sees LeNet at work. */

/** By name: what it changes, its least, most and usual value, its unit, and whether strips have it. */
const SLIDERS = [
  ["pen", "pen width", 3, 16, 9, "% of the pad", true],
  ["turn", "turned by", -90, 90, 0, "°", false],
  ["box", "size", 8, 28, 20, "pixels of 28; MNIST has 20", false],
  ["noise", "noise", 0, 120, 0, "levels of 255", true],
];

/** The network of a name; without one that which does best what is written. */
function digitNamed(name, mode) {
  const named = (own) => DIGITS.find((one) => one.own === own);
  const best = mode === "strip" ? DIGITS.find((one) => one.strip.scans) : named("lenet5");
  return named(name) || best || DIGITS[0];
}

/** What is written by the address: `digit`, or `strip`. */
function modeOf(values) {
  return values.mode === "strip" ? "strip" : "digit";
}

/** What the address says of a mode that the pad has not; nothing of one that it has. */
function unknownMode(text) {
  return Object.hasOwn(WIDE, text) ? "" : `The pad has no mode ${shortened(text)}: it has digit and strip`;
}

/** The same of a moment of a training; `own` is the network, `values` are those of the address. */
function unknownEpoch(text, {own, values}) {
  const replay = modeOf(values) === "digit" ? replayOf(own) : null;
  if (!replay) return `No training of ${own} is replayed here`;
  if (momentOf(replay, {epoch: text}) >= 0) return "";
  const moments = replay.moments.map((one) => one.epoch).join(", ");
  return `The replay has no moment after ${shortened(text)} passes: it has ${moments}`;
}

/** The stored digit of what is on the pad, with the sliders' values; null for an empty pad. */
function digitOn(values) {
  const strokes = strokesOnPad();
  if (!strokes.length) return null;
  const digit = stored(painted(strokes, values.pen / 100, values.turn), values.box);
  return digit && values.noise ? noisy(digit, values.noise) : digit;
}

function sliderValues(values) {
  return Object.fromEntries(
    SLIDERS.map(([name, , least, most, usual]) => {
      const number = /^-?\d{1,3}$/.test(values[name] || "") ? Number(values[name]) : usual;
      return [name, number >= least && number <= most ? number : usual];
    }),
  );
}

/** What the room shows: elements stay, and say anew what is told, while their `key` is the same. */
const SHOWN = {key: null, views: []};

/** Shows views of `made()`, [[home, view], ...], made anew where the key is another than before. */
function showAll(key, made, told) {
  if (SHOWN.key !== key) {
    Object.assign(SHOWN, {key: key, views: made()});
    for (const [home, view] of SHOWN.views) fill(home, view.nodes);
  }
  for (const [, view] of SHOWN.views) view.update(told);
}

/** Shows nothing, but what `words` say. */
function showNone(words) {
  SHOWN.key = null;
  if (words) fill(byId("scores"), words);
  fill(byId("at-work"));
}

function showDigit(nets, names, values) {
  const mode = modeOf(values),
    entry = digitNamed(names[0], mode),
    sliders = sliderValues(values);
  document.title = `Draw ${mode === "strip" ? "digits" : "a digit"}: ${entry.own} - Papernets explorer`;
  const to = (more, name = entry.own, quietly = true) => {
    const {values: now} = readAddress(location.hash), // who holds this may have been made long ago
      kept = {mode: now.mode, row: now.row, map: now.map, member: now.member, epoch: now.epoch},
      own = sliderValues(now);
    for (const [slider, , , , usual] of SLIDERS) kept[slider] = own[slider] === usual ? "" : own[slider];
    go("digit", [name], {...kept, ...more}, quietly);
  };
  turnPad(mode);
  if (!padReady) {
    padReady = true;
    readyPad();
  }
  paintPad(sliders);
  padButtons(mode, entry, to);
  fillSliders(sliders, mode, to);
  (mode === "strip" ? showStrip : showOne)(entry, sliders, values, to);
}

/** The buttons above the pad: one digit or a strip, and the networks; they are made once. */
function padButtons(mode, entry, to) {
  const home = byId("digit-networks"),
    several =
      mode === "strip"
        ? [...DIGITS].sort((a, b) => b.strip.scans - a.strip.scans)
        : DIGITS.filter((one) => one === entry || !one.strip.scans),
    key = `${mode} ${several.map((one) => one.own)} ${entry.own}`,
    forget = {row: "", map: "", member: "", epoch: ""};
  for (const button of byId("pad-mode").children) {
    button.setAttribute("aria-pressed", String(button.value === mode));
    button.onclick = () => {
      const own = button.value === "strip" ? digitNamed("", "strip").own : "lenet5";
      to({...forget, mode: button.value === "strip" ? "strip" : ""}, digitNamed(own).own, false);
    };
  }
  CHOOSE.network = (own) => to(forget, own, false);
  if (home.dataset.key === key) return;
  home.dataset.key = key;
  networkButtons(home, several, entry, (own) => CHOOSE.network(own));
}

/** What a button of a network does, by the address as it is now. */
const CHOOSE = {network: null};

function showOne(entry, sliders, values, to) {
  const digit = digitOn(sliders),
    trained = digit && openedNetwork(DIGITS, entry, byId("scores"));
  const replay = replayOf(entry.own),
    at = momentOf(replay, values);
  showReplay(byId("replay"), digit ? replay : null, at, to);
  if (!digit) {
    showNone(el("p", {class: "hint"}, "Draw a digit on the pad, or take an example."));
    announce("The pad is empty");
    return;
  }
  if (!trained) {
    showNone("");
    return;
  }
  const network = at < 0 ? trained : networkAt(trained, replay, at);
  if (!network) return; // it is shown when it is ready
  const told = recognised(network, (member) => member.runStored(digit)),
    key = JSON.stringify([entry.own, values.row, values.map, values.member]);
  showAll(
    key,
    () => [
      [byId("scores"), scoresView(network)],
      [byId("at-work"), workView(network, values, to)],
    ],
    told,
  );
  if (PAD.pen === null && !playing)
    announce(
      `${network.own} reads ${network.classes[told.label]}, score ${Math.round(100 * told.scores[told.label])} per cent`,
    );
}

function showStrip(entry, sliders, values, to) {
  showReplay(byId("replay"), null, -1, to);
  const strip = stripOn(sliders),
    scanner = strip && openedScanner(entry, byId("scores"));
  if (!strip) {
    showNone(el("p", {class: "hint"}, "Write some digits side by side, or take an example."));
    announce("The pad is empty");
    return;
  }
  if (!scanner) {
    showNone("");
    return;
  }
  const network = roomy(scanner, strip.columns);
  if (!network) return; // it is shown when it is ready
  const told = stripReading(scanner, network, strip.values, strip.columns);
  showAll(
    JSON.stringify([entry.own, "strip"]),
    () => [
      [byId("scores"), stripFigure(scanner)],
      [byId("at-work"), stripMaps(scanner, strip.columns)],
    ],
    told,
  );
  if (PAD.pen === null)
    announce(`${scanner.own} reads ${[...told.text].join(" ") || "no digit"}, score ${Math.round(100 * told.score)} per cent`);
}

function fillSliders(sliders, mode, to) {
  const home = byId("sliders");
  if (!home.children.length) {
    home.append(
      ...SLIDERS.map(([name, text, least, most]) =>
        el(
          "label",
          {id: `slider-${name}`},
          el("span", {}, `${text} `, el("output", {id: `said-${name}`})),
          el("input", {type: "range", min: least, max: most, id: `slide-${name}`}),
        ),
      ),
      el("button", {type: "button", id: "sliders-back"}, "Sliders back"),
    );
  }
  for (const [name, , , , usual, unit, strips] of SLIDERS) {
    const input = byId(`slide-${name}`);
    byId(`slider-${name}`).hidden = mode === "strip" && !strips;
    if (input.valueAsNumber !== sliders[name]) input.value = sliders[name];
    input.oninput = () => to({[name]: Number(input.value) === usual ? "" : input.value});
    say(byId(`said-${name}`), `${sliders[name]} ${unit}`);
  }
  byId("sliders-back").onclick = () => to(Object.fromEntries(SLIDERS.map(([name]) => [name, ""])));
}
