/* What a trained network does with one picture: every map, the connections of the one that is
   looked at, the distances to the bitmaps, the scores. */

const TRAINED = (embedded("trained") || {networks: []}).networks;
const DIGITS = TRAINED.filter((one) => one.kind === "digit");
const PHOTOS = TRAINED.filter((one) => one.kind === "photo");
/** Maps of a row that are shown. */
const MOST_SHOWN = 64;
const opened = new Map();

/** A network with its weights unpacked, once. */
function unpackedNetwork(packed) {
  if (!opened.has(packed.own)) {
    opened.set(
      packed.own,
      trainedNetwork(
        packed,
        NETS.find((net) => net.own === packed.own),
      ),
    );
  }
  return opened.get(packed.own);
}

/** Values as a grey picture: 0 is the middle grey, ink and its opposite to either side. */
function mapPicture(values, height, width, words, most) {
  const canvas = el("canvas", {
    width: width,
    height: height,
    class: "map",
    role: "img",
    "aria-label": words,
  });
  const context = canvas.getContext("2d"),
    image = context.createImageData(width, height);
  for (let at = 0; at < height * width; at++) {
    const grey = Math.round(127.5 + 127.5 * Math.min(Math.max(values[at] / most, -1), 1));
    image.data.set([grey, grey, grey, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function scoresView(network, told) {
  const order = told.scores.map((score, at) => at);
  return [
    el(
      "p",
      {class: "answer"},
      el("b", {}, network.classes[told.label]),
      el("span", {}, ` ${(100 * told.scores[told.label]).toFixed(1)} %`),
    ),
    el(
      "ol",
      {class: "bars", "aria-label": "Scores"},
      order.map((at) =>
        el(
          "li",
          {class: at === told.label ? "best" : null},
          el("span", {class: "class"}, network.classes[at]),
          el("span", {class: "bar", style: `--share:${told.scores[at].toFixed(4)}`, "aria-hidden": "true"}),
          el("span", {class: "number"}, `${(100 * told.scores[at]).toFixed(1)} %`),
        ),
      ),
    ),
    network.members.length > 1
      ? el(
          "p",
          {class: "note"},
          told.asked > 1
            ? `The first network was not sure: all ${network.members.length} were asked, and their outputs added.`
            : `The first network was sure, by more than ${network.rule.margin}: the others were not asked.`,
        )
      : "",
  ];
}

/** All that the network computes, row by row: maps as pictures, columns of values as strips. */
function workView(network, told, values, to) {
  const member = Math.min(wholeOf(values.member, 1, 1, told.members.length), told.members.length) - 1;
  const rows = network.rows.filter((row) => row.layer.is !== "Flatten"),
    answers = told.members[member];
  const chosen =
    network.rows.find((row) => row.name === values.row) ||
    network.rows.find((row) => row.layer.table) ||
    null;
  const map = chosen ? Math.min(wholeOf(values.map, 0, 0, 999), chosen.out[0] - 1) : 0;
  const seen = chosen ? seenMaps(network, chosen, map) : new Map();
  const found = [];
  if (told.members.length > 1) {
    found.push(
      el(
        "p",
        {class: "choices", role: "group", "aria-label": "Member"},
        told.members.map((_, at) =>
          el(
            "button",
            {
              type: "button",
              "aria-pressed": String(at === member),
              onclick: () => to({member: at ? at + 1 : ""}),
            },
            `network ${at + 1}`,
          ),
        ),
      ),
    );
  }
  const [channels, height, width] = network.net.input,
    reach = Math.max(...told.input.map(Math.abs));
  found.push(
    el("p", {class: "hint"}, "White is above 0, black below. Choose a map to see at which maps it looks."),
  );
  found.push(
    el(
      "section",
      {class: "at-row"},
      el("h3", {}, "input", el("span", {class: "kind"}, ` ${printed(network.net.input)}`)),
      el(
        "div",
        {class: "maps"},
        Array.from({length: channels}, (_, at) =>
          el(
            "figure",
            {},
            mapPicture(
              told.input.subarray(at * height * width),
              height,
              width,
              `channel ${at} of the picture that goes in`,
              reach,
            ),
          ),
        ),
      ),
    ),
  );
  for (const row of rows) {
    found.push(
      row.layer.is === "RBF"
        ? distances(network, row, answers.get(row.name), told)
        : rowAtWork(row, answers.get(row.name), chosen, map, seen, to),
    );
    if (chosen === row && row.layer.table && row.layer.table.length <= 24) {
      found.push(connections(row.layer, row.input[0], map));
    }
  }
  return found;
}

/** For each row before it, which of its maps the chosen one looks at: by row, a set of numbers. */
function seenMaps(network, row, map) {
  const found = new Map(),
    {layer} = row,
    before = rowBefore(network.graph, row);
  if (!before || layer.branches || row.layer.is === "Dense") return found;
  const sources = layer.table
    ? layer.table[map]
    : layer.is === "Subsample"
      ? [layer.sources ? layer.sources[map] : map]
      : ["Pool", "AdaptivePool", "BatchNorm", "Activation", "Dropout", "Identity", "Pad"].includes(layer.is)
        ? [map]
        : Array.from({length: row.input[0]}, (_, number) => number);
  found.set(before.name, new Set(sources));
  return found;
}

function rowAtWork(row, values, chosen, map, seen, to) {
  const [maps, h, w] = row.out,
    most = Math.max(...values.map(Math.abs), 1e-9);
  const head = el(
    "h3",
    {},
    row.name,
    el("span", {class: "kind"}, ` ${kindAndWindow(row)}, ${printed(row.out)}`),
  );
  if (h === 1 && w === 1) {
    const wide = Math.min(maps, 42);
    const strip = new Float32Array(Math.ceil(maps / wide) * wide);
    strip.set(values);
    return el(
      "section",
      {class: "at-row"},
      head,
      el(
        "figure",
        {class: "strip"},
        mapPicture(strip, strip.length / wide, wide, `${maps} values of ${row.name}`, most),
      ),
    );
  }
  const lit = seen.get(row.name);
  const buttons = Array.from({length: Math.min(maps, MOST_SHOWN)}, (_, at) => {
    const mine = chosen === row && at === map;
    return el(
      "button",
      {
        type: "button",
        tabindex: mine || (chosen !== row && at === 0) ? "0" : "-1",
        class: [mine ? "mine" : "", lit && lit.has(at) ? "lit" : ""].join(" ").trim() || null,
        "aria-pressed": String(mine),
        id: `map-${row.name}-${at}`,
        onclick: () => {
          to({row: row.name, map: at || ""});
          byId(`map-${row.name}-${at}`)?.focus();
        },
      },
      mapPicture(values.subarray(at * h * w, (at + 1) * h * w), h, w, `${row.name}, map ${at}`, most),
    );
  });
  const home = el("div", {class: "maps", role: "group", "aria-label": `maps of ${row.name}`}, buttons);
  roving(home, "button");
  const words = chosen === row ? el("p", {class: "hint"}, chosenWords(row, map, seen)) : "";
  const more = maps > MOST_SHOWN ? el("p", {class: "hint"}, `and ${maps - MOST_SHOWN} further maps`) : "";
  return el("section", {class: "at-row"}, head, words, home, more);
}

function chosenWords(row, map, seen) {
  const [name, maps] = [...seen][0] || [];
  if (!maps)
    return row.layer.branches
      ? `Map ${map} is what the branches give, joined.`
      : `Map ${map} looks at the picture.`;
  const listed = [...maps].join(", ").replace(/, (\d+)$/, " and $1");
  if (maps.size === row.input[0] && maps.size > 1)
    return `Map ${map} looks at all ${maps.size} maps of ${name}.`;
  return `Map ${map} looks at ${maps.size === 1 ? "map" : "maps"} ${listed} of ${name}.`;
}

/** The output of LeNet-5: how far the 84 values are from each class's bitmap. */
function distances(network, row, values, told) {
  const away = [...values].map((value) => -value / row.layer.scale),
    least = Math.min(...away);
  return el(
    "section",
    {class: "at-row"},
    el(
      "h3",
      {},
      row.name,
      el("span", {class: "kind"}, " squared distance to each class's bitmap: the nearest wins"),
    ),
    el(
      "ol",
      {class: "nearest"},
      away.map((distance, at) =>
        el(
          "li",
          {class: distance === least ? "best" : null},
          row.layer.codes.bits[at]
            ? bitmap(row.layer.codes.bits[at], `bitmap of ${network.classes[at]}`)
            : network.classes[at],
          el("span", {}, distance.toFixed(1)),
        ),
      ),
    ),
  );
}
