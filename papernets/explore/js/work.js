/* What a trained network does with one picture: every map, the connections of the one that is
   looked at, the distances to the bitmaps. */

/** Maps of a row that are shown. */
const MOST_SHOWN = 64;

/** All that the network computes, row by row: maps as pictures, columns of values as strips. */
function workView(network, told, values, to) {
  forgetWaiting();
  const member = Math.min(wholeOf(values.member, 1, 1, told.answers.length), told.answers.length) - 1;
  const rows = network.rows.filter((row) => row.layer.is !== "Flatten"),
    answer = told.answers[member];
  const chosen =
    network.rows.find((row) => row.name === values.row) ||
    network.rows.find((row) => row.layer.table) ||
    null;
  const map = chosen ? Math.min(wholeOf(values.map, 0, 0, 99999), shownOf(chosen) - 1) : 0;
  const seen = chosen ? seenMaps(network, chosen, map) : new Map();
  const all = sum(rows.map((row) => shownOf(row) * row.out[1] * row.out[2]));
  const found = [];
  if (told.answers.length > 1) {
    found.push(
      el(
        "p",
        {class: "choices", role: "group", "aria-label": "Member"},
        told.answers.map((_, at) =>
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
  found.push(
    el("p", {class: "hint"}, "White is above 0, black below. Choose a map to see at which maps it looks."),
    inputView(network, answer),
  );
  for (const row of rows) {
    if (row.layer.is === "RBF") {
      found.push(distances(network, row, answer.map(row.name).values));
      continue;
    }
    const {section, paint} = rowAtWork(row, answer, chosen, map, seen, to);
    if (all <= AT_ONCE) paint();
    else paintWhenSeen(section, paint);
    found.push(section);
    if (chosen === row && row.layer.table && row.layer.table.length <= 24) {
      found.push(connections(row.layer, row.input[0], map));
    }
  }
  return found;
}

/** Maps of a row that are shown; of a column of values all. */
function shownOf(row) {
  return row.out[1] * row.out[2] === 1 ? row.out[0] : Math.min(row.out[0], MOST_SHOWN);
}

/** The channels of the picture that goes in. */
function inputView(network, answer) {
  const {channels, height, width, values} = answer.map(""),
    reach = largestOf(values);
  return el(
    "section",
    {class: "at-row"},
    el("h3", {}, "input", el("span", {class: "kind"}, ` ${printed(network.net.input)}`)),
    el(
      "div",
      {class: "maps"},
      Array.from({length: channels}, (_, at) => {
        const canvas = mapCanvas(height, width, `channel ${at} of the picture that goes in`);
        const own = values.subarray(at * height * width, (at + 1) * height * width);
        return el("figure", {}, paintMap(canvas, own, reach));
      }),
    ),
  );
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
      : layer.is === "Conv" && layer.groups > 1
        ? sourcesOf(row, map)
        : ["Pool", "AdaptivePool", "BatchNorm", "Activation", "Dropout", "Identity", "Pad"].includes(layer.is)
          ? [map]
          : Array.from({length: row.input[0]}, (_, number) => number);
  found.set(before.name, new Set(sources));
  return found;
}

/** The input maps of a map's own group. */
function sourcesOf(row, map) {
  const own = row.input[0] / row.layer.groups,
    group = Math.floor((map * row.layer.groups) / row.out[0]);
  return Array.from({length: own}, (_, at) => group * own + at);
}

/** A row as an element, and what paints its maps. */
function rowAtWork(row, answer, chosen, map, seen, to) {
  const [maps, h, w] = row.out;
  const head = el(
    "h3",
    {},
    row.name,
    el("span", {class: "kind"}, ` ${kindAndWindow(row)}, ${printed(row.out)}`),
  );
  if (h === 1 && w === 1) {
    const wide = Math.min(maps, 42),
      canvas = mapCanvas(Math.ceil(maps / wide), wide, `${maps} values of ${row.name}`);
    const paint = () => {
      const {values} = answer.map(row.name),
        strip = new Float32Array(canvas.height * wide);
      strip.set(values);
      paintMap(canvas, strip, largestOf(values));
    };
    return {
      section: el("section", {class: "at-row"}, head, el("figure", {class: "strip"}, canvas)),
      paint: paint,
    };
  }
  const lit = seen.get(row.name);
  const canvases = Array.from({length: shownOf(row)}, (_, at) =>
    mapCanvas(h, w, `${row.name}, map ${at}`),
  );
  const buttons = canvases.map((canvas, at) => {
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
      canvas,
    );
  });
  const home = el("div", {class: "maps", role: "group", "aria-label": `maps of ${row.name}`}, buttons);
  roving(home, () => [...home.querySelectorAll("button")]);
  const words = chosen === row ? el("p", {class: "hint"}, chosenWords(row, map, seen)) : "";
  const more = maps > MOST_SHOWN ? el("p", {class: "hint"}, `and ${maps - MOST_SHOWN} further maps`) : "";
  const paint = () => {
    const {values} = answer.map(row.name),
      most = largestOf(values);
    canvases.forEach((canvas, at) => paintMap(canvas, values.subarray(at * h * w, (at + 1) * h * w), most));
  };
  return {section: el("section", {class: "at-row"}, head, words, home, more), paint: paint};
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
function distances(network, row, values) {
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
