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

/** Whether the address says nothing of the pad, though there is something to say of it. */
function unsaidSheet(mode, {ink, example}) {
  const words = sheetWords(mode);
  return PAD.pen === null && !PAD.down && !ink && !example && Boolean(words.ink || words.example);
}

/** What the address says of strokes that are none; nothing of ink that can be shown. */
function unknownInk(text, {values}) {
  return unpackedInk(text, WIDE[modeOf(values)]) ? "" : "The ink of this address is damaged: the pad shows what it had";
}

/** The same of an example's number. */
function unknownExample(text, {values}) {
  const {length} = examplesOf(modeOf(values));
  return wholeWithin(text, 0, length - 1) === null ? `is a whole number from 0 to ${length - 1}, not ${shortened(text)}` : "";
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
  fill(byId("reading"));
  byId("remark").hidden = true;
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
      kept = {mode: now.mode, row: now.row, map: now.map, member: now.member, epoch: now.epoch, pixel: now.pixel},
      own = sliderValues(now);
    for (const [slider, , , , usual] of SLIDERS) kept[slider] = own[slider] === usual ? "" : own[slider];
    go("digit", [name], {...kept, ...settledSheet(), ...more}, quietly);
  };
  turnPad(mode);
  followSheet(mode, values);
  if (unsaidSheet(mode, values)) return settle(); // what was drawn before is in this address too
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
    forget = {row: "", map: "", member: "", epoch: "", pixel: ""};
  for (const button of byId("pad-mode").children) {
    button.setAttribute("aria-pressed", String(button.value === mode));
    button.onclick = () => {
      const own = button.value === "strip" ? digitNamed("", "strip").own : "lenet5";
      to({...forget, ...sheetWords(button.value), mode: button.value === "strip" ? "strip" : ""}, digitNamed(own).own, false);
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
  showReplay(byId("replay"), digit ? replay : null, at, to, Boolean(digit));
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
    key = JSON.stringify([entry.own, values.row, values.map, values.member, values.pixel]);
  showAll(
    key,
    () => [
      [byId("scores"), scoresView(network)],
      [byId("at-work"), workView(network, values, to)],
    ],
    told,
  );
  readingWords(network.classes[told.label], told.scores[told.label]);
  const remark = remarkOn(network, told, strokesOnPad());
  byId("remark").hidden = !remark;
  say(byId("remark"), remark);
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
  readingWords(told.text || "nothing", told.text ? told.score : null);
  byId("remark").hidden = true;
  if (PAD.pen === null)
    announce(`${scanner.own} reads ${[...told.text].join(" ") || "no digit"}, score ${Math.round(100 * told.score)} per cent`);
}

/** The reading beside the pad, for whoever does not see the scores while drawing. */
function readingWords(name, score) {
  fill(byId("reading"), "reads ", el("b", {}, name), score === null ? "" : ` ${(100 * score).toFixed(1)} %`);
}

/** How many times ink is enlarged, beyond which it is worth a word: a digit of a third of the pad. */
const ENLARGED = 2.2;

/** A best score below which the second class is named too. */
const UNSURE_BELOW = 0.7;

/** What is odd about what was drawn, and that its score does not say; empty where nothing is. */
function remarkOn(network, told, strokes) {
  const found = [],
    every = strokes.flat(),
    extent = (at) => Math.max(...every.map((point) => point[at])) - Math.min(...every.map((point) => point[at])),
    side = Math.max(extent(0), extent(1)) + sliderValues(readAddress(location.hash).values).pen / 100;
  const times = BOX / (STORED * side);
  if (times > ENLARGED)
    found.push(
      `What you drew is small: it is enlarged ${times.toFixed(1)} times, for MNIST's digits fill ${BOX} of ${STORED} pixels. ` +
        "A dot becomes a disc so.",
    );
  const {far} = network,
    away = far && nearestOf(network, told);
  if (far && away > far.distance)
    found.push(
      `This may be no digit: the nearest bitmap is ${away.toFixed(0)} away. Of MNIST's test digits that ${network.own} ` +
        `reads rightly, ${far.share} have it nearer than ${far.distance}. A score only compares the ten digits.`,
    );
  const [first, second] = bestOf(told.scores);
  if (told.scores[first] < UNSURE_BELOW)
    found.push(
      `It is not sure: ${[first, second].map((at) => `${network.classes[at]} has ${(100 * told.scores[at]).toFixed(1)} %`).join(", ")}.`,
    );
  return found.join(" ");
}

/** The squared distance of the nearest code, for a network that ends in them. */
function nearestOf({rows}, {answers: [answer]}) {
  const row = rows.find((one) => one.layer.is === "RBF");
  return Math.min(...[...answer.map(row.name).values].map((value) => -value / row.layer.scale));
}

function fillSliders(sliders, mode, to) {
  const home = byId("sliders");
  if (!home.children.length) {
    home.append(
      ...SLIDERS.map(([name, text, least, most]) =>
        el(
          "div",
          {id: `slider-${name}`},
          el("label", {for: `slide-${name}`}, text),
          " ",
          el("output", {id: `said-${name}`, for: `slide-${name}`}),
          el("input", {type: "range", min: least, max: most, id: `slide-${name}`}),
        ),
      ),
      el("button", {type: "button", id: "sliders-back"}, "Reset the sliders"),
    );
  }
  for (const [name, , , , usual, unit, strips] of SLIDERS) {
    const input = byId(`slide-${name}`);
    byId(`slider-${name}`).hidden = mode === "strip" && !strips;
    if (input.valueAsNumber !== sliders[name]) input.value = sliders[name];
    input.oninput = () => to({[name]: Number(input.value) === usual ? "" : input.value});
    const words = unit === "°" ? `${sliders[name]}°` : `${sliders[name]} ${unit}`;
    say(byId(`said-${name}`), words);
    say(input, "", {"aria-valuetext": words.replace("°", " degrees clockwise").replace("%", "per cent")});
  }
  byId("sliders-back").onclick = () => to(Object.fromEntries(SLIDERS.map(([name]) => [name, ""])));
}
