/* The room in which one draws a digit and sees LeNet at work: every map, the connections of the one
   that is looked at, the distances to the bitmaps, the scores. */

const DIGITS = (embedded("digits") || {networks: []}).networks;
const SLIDERS = [
  ["pen", "pen width", 3, 16, 9, "% of the pad"], ["turn", "turned by", -90, 90, 0, "°"],
  ["box", "size", 8, 28, 20, "pixels of 28; MNIST has 20"], ["noise", "noise", 0, 120, 0, "levels of 255"],
];
const opened = new Map();

function digitNamed(name) {
  const packed = DIGITS.find((one) => one.own === name) || DIGITS.find((one) => one.own === "lenet5") || DIGITS[0];
  if (!opened.has(packed.own)) {
    opened.set(packed.own, digitNetwork(packed, NETS.find((net) => net.own === packed.own)));
  }
  return opened.get(packed.own);
}

/** The stored digit of what is on the pad, with the sliders' values; null for an empty pad. */
function digitOn(values) {
  const strokes = PAD.strokes.filter((stroke) => stroke.length);
  if (!strokes.length) return null;
  const digit = stored(painted(strokes, values.pen / 100, values.turn), values.box);
  return digit && values.noise ? noisy(digit, values.noise) : digit;
}

function sliderValues(values) {
  return Object.fromEntries(SLIDERS.map(([name, , least, most, usual]) => {
    const number = /^-?\d{1,3}$/.test(values[name] || "") ? Number(values[name]) : usual;
    return [name, number >= least && number <= most ? number : usual];
  }));
}

/** Values as a grey picture: 0 is the middle grey, ink and its opposite to either side. */
function mapPicture(values, height, width, words, most) {
  const canvas = el("canvas", {width: width, height: height, class: "map", role: "img", "aria-label": words});
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let at = 0; at < height * width; at++) {
    const grey = Math.round(127.5 + 127.5 * Math.min(Math.max(values[at] / most, -1), 1));
    image.data.set([grey, grey, grey, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function showDigit(nets, names, values) {
  const network = digitNamed(names[0]), sliders = sliderValues(values);
  document.title = `Draw a digit: ${network.own} - Papernets explorer`;
  const to = (more, name = network.own, quietly = true) => {
    const kept = {row: values.row, map: values.map};
    for (const [slider, , , , usual] of SLIDERS) kept[slider] = sliders[slider] === usual ? "" : sliders[slider];
    go("digit", [name], {...kept, ...more}, quietly);
  };
  if (!padReady) {
    padReady = true;
    readyPad();
  }
  paintPad(sliders);
  fill(byId("digit-networks"), DIGITS.map((one) => el("button", {type: "button",
    "aria-pressed": String(one.own === network.own), onclick: () => {
      to({row: "", map: ""}, one.own, false);
      byId("digit-networks").querySelector("[aria-pressed=true]").focus();
    }}, one.own)));
  fillSliders(sliders, to);
  const digit = digitOn(sliders), home = byId("at-work");
  if (!digit) {
    fill(byId("scores"), el("p", {class: "hint"}, "Draw a digit on the pad, or take an example."));
    fill(home);
    announce("The pad is empty");
    return;
  }
  const told = recognised(network, digit);
  fill(byId("scores"), scoresView(network, told));
  fill(home, workView(network, told, digit, values, to));
  if (PAD.pen === null) announce(`${network.own} reads ${network.classes[told.label]}, score ${Math.round(100 * told.scores[told.label])} per cent`);
}

function fillSliders(sliders, to) {
  const home = byId("sliders");
  if (!home.children.length) {
    home.append(...SLIDERS.map(([name, text, least, most]) => el("label", {},
      el("span", {}, `${text} `, el("output", {id: `said-${name}`})),
      el("input", {type: "range", min: least, max: most, id: `slide-${name}`}))),
    el("button", {type: "button", id: "sliders-back"}, "Sliders back"));
  }
  for (const [name, , , , usual, unit] of SLIDERS) {
    const input = byId(`slide-${name}`);
    input.value = sliders[name];
    input.oninput = () => to({[name]: Number(input.value) === usual ? "" : input.value});
    byId(`said-${name}`).textContent = `${sliders[name]} ${unit}`;
  }
  byId("sliders-back").onclick = () => to(Object.fromEntries(SLIDERS.map(([name]) => [name, ""])));
}

function scoresView(network, told) {
  const order = told.scores.map((score, at) => at);
  return [
    el("p", {class: "answer"}, el("b", {}, network.classes[told.label]),
      el("span", {}, ` ${(100 * told.scores[told.label]).toFixed(1)} %`)),
    el("ol", {class: "bars", "aria-label": "Scores"}, order.map((at) => el("li", {class: at === told.label ? "best" : null},
      el("span", {class: "class"}, network.classes[at]),
      el("span", {class: "bar", style: `--share:${told.scores[at].toFixed(4)}`, "aria-hidden": "true"}),
      el("span", {class: "number"}, `${(100 * told.scores[at]).toFixed(1)} %`)))),
    network.members.length > 1 ? el("p", {class: "note"}, told.asked > 1
      ? `The first network was not sure: all ${network.members.length} were asked, and their outputs added.`
      : `The first network was sure, by more than ${network.rule.margin}: the others were not asked.`) : "",
  ];
}

/** All that the network computes, row by row: maps as pictures, columns of values as strips. */
function workView(network, told, digit, values, to) {
  const member = Math.min(wholeOf(values.member, 1, 1, told.members.length), told.members.length) - 1;
  const rows = network.rows.filter((row) => row.layer.is !== "Flatten"), answers = told.members[member];
  const chosen = network.rows.find((row) => row.name === values.row) || network.rows.find((row) => row.layer.table) || null;
  const map = chosen ? Math.min(wholeOf(values.map, 0, 0, 999), chosen.out[0] - 1) : 0;
  const seen = chosen ? seenMaps(network, chosen, map) : new Map();
  const found = [];
  if (told.members.length > 1) {
    found.push(el("p", {class: "choices", role: "group", "aria-label": "Member"}, told.members.map((_, at) =>
      el("button", {type: "button", "aria-pressed": String(at === member), onclick: () => to({member: at ? at + 1 : ""})},
        `network ${at + 1}`))));
  }
  const [, height, width] = network.net.input;
  const reach = Math.max(...told.input.map(Math.abs));
  found.push(el("section", {class: "at-row"}, el("h3", {}, "input", el("span", {class: "kind"}, ` ${height}x${width}`)),
    el("div", {class: "maps"}, el("figure", {}, mapPicture(told.input, height, width, "the picture that goes in", reach)))));
  for (const row of rows) {
    found.push(row.layer.is === "RBF" ? distances(network, row, answers.get(row.name), told)
      : rowAtWork(row, answers.get(row.name), chosen, map, seen, to));
    if (chosen === row && row.layer.table && row.layer.table.length <= 24) {
      found.push(connections(row.layer, row.input[0], map));
    }
  }
  return found;
}

/** For each row before it, which of its maps the chosen one looks at: by row, a set of numbers. */
function seenMaps(network, row, map) {
  const found = new Map(), at = network.rows.indexOf(row), before = network.rows[at - 1];
  if (!before) return found;
  const {layer} = row;
  const sources = layer.table ? layer.table[map]
    : layer.is === "Subsample" ? [layer.sources ? layer.sources[map] : map]
      : Array.from({length: row.input[0]}, (_, number) => number);
  found.set(before.name, new Set(sources));
  return found;
}

function rowAtWork(row, values, chosen, map, seen, to) {
  const [maps, h, w] = row.out, most = Math.max(...values.map(Math.abs), 1e-9);
  const head = el("h3", {}, row.name, el("span", {class: "kind"}, ` ${kindAndWindow(row)}, ${printed(row.out)}`));
  if (h === 1 && w === 1) {
    const wide = Math.min(maps, 42);
    const strip = new Float32Array(Math.ceil(maps / wide) * wide);
    strip.set(values);
    return el("section", {class: "at-row"}, head, el("figure", {class: "strip"},
      mapPicture(strip, strip.length / wide, wide, `${maps} values of ${row.name}`, most)));
  }
  const lit = seen.get(row.name);
  const buttons = Array.from({length: maps}, (_, at) => {
    const mine = chosen === row && at === map;
    return el("button", {type: "button", tabindex: mine || (chosen !== row && at === 0) ? "0" : "-1",
      class: [mine ? "mine" : "", lit && lit.has(at) ? "lit" : ""].join(" ").trim() || null,
      "aria-pressed": String(mine), id: `map-${row.name}-${at}`,
      onclick: () => {
        to({row: row.name, map: at || ""});
        byId(`map-${row.name}-${at}`)?.focus();
      },
    }, mapPicture(values.subarray(at * h * w, (at + 1) * h * w), h, w, `${row.name}, map ${at}`, most));
  });
  const home = el("div", {class: "maps", role: "group", "aria-label": `maps of ${row.name}`}, buttons);
  roving(home, "button");
  const words = chosen === row ? el("p", {class: "hint"}, chosenWords(row, map, seen)) : "";
  return el("section", {class: "at-row"}, head, words, home);
}

function chosenWords(row, map, seen) {
  const before = [...seen.values()][0];
  if (!before) return `Map ${map} looks at the picture.`;
  const all = before.size === row.input[0];
  return `Map ${map} looks at ${all ? `all ${before.size} maps` : `${plural(before.size, "map")}: ${[...before].join(", ")}`} before it.`;
}

/** The output of LeNet-5: how far the 84 values are from each class's bitmap. */
function distances(network, row, values, told) {
  const away = [...values].map((value) => -value / row.layer.scale), least = Math.min(...away);
  return el("section", {class: "at-row"},
    el("h3", {}, row.name, el("span", {class: "kind"}, " squared distance to each class's bitmap: the nearest wins")),
    el("ol", {class: "nearest"}, away.map((distance, at) => el("li", {class: distance === least ? "best" : null},
      bitmap(row.layer.codes.bits[at], `bitmap of ${network.classes[at]}`),
      el("span", {}, distance.toFixed(1))))));
}
