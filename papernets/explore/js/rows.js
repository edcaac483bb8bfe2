/* What a trained network does with one picture, row by row: every map, the connections of the one
   that is looked at, the kernels of the first layer, the distances to the bitmaps. */

/** Maps of a row that are shown. */
const MOST_SHOWN = 64;

/**
 * All that the network computes, row by row: maps as pictures, columns of values as strips. A view,
 * as `scoresView` gives one: `update(told)` paints, and makes no element anew.
 */
function workView(network, values, to) {
  forgetWaiting();
  const {length} = network.members,
    member = Math.min(wholeOf(values.member, 1, 1, length), length) - 1;
  const rows = network.rows.filter((row) => row.layer.is !== "Flatten");
  const chosen =
    network.rows.find((row) => row.name === values.row) ||
    network.rows.find((row) => row.layer.table) ||
    null;
  const map = chosen ? Math.min(wholeOf(values.map, 0, 0, 99999), shownOf(chosen) - 1) : 0;
  const seen = chosen ? seenMaps(network, chosen, map) : new Map();
  const all = sum(rows.map((row) => shownOf(row) * row.out[1] * row.out[2]));
  const views = [inputView(network)],
    positive = neverNegative(network),
    first = network.members[member].kernelsSeen;
  for (const row of rows) {
    if (row.layer.is === "RBF") {
      views.push(distances(network, row));
      continue;
    }
    if (row.out[1] * row.out[2] === 1) views.push(columnAtWork(network, row, positive.has(row.name)));
    else views.push(rowAtWork(row, {chosen: chosen, map: map, seen: seen, positive: positive.has(row.name)}, to));
    const step = network.members[member].program.steps.find((one) => one.name === row.name),
      pixel = chosen === row ? pixelIn(values.pixel, row.out) : null;
    if (pixel && isTold(network.members[member], step))
      views.push(
        pixelView(row, step, map, pixel, [...[...seen.values()][0] || sourcesSeen(row, map)], positive.has(row.name), (at) => {
          to({pixel: at ? at.join() : ""});
          if (!at) byId(`map-${row.name}-${map}`)?.focus();
        }),
      );
    if (first && first.name === row.name) views.push(kernelsView(first));
    if (chosen === row && row.layer.table && row.layer.table.length <= 24)
      views.push({section: connections(row.layer, row.input[0], map), paint: () => {}});
  }
  return {
    nodes: [
      length > 1 ? memberButtons(length, member, to) : "",
      el(
        "p",
        {class: "hint"},
        "Maps of a layer have one scale. Behind a rectifier 0 is black; where values may be negative, 0 is grey. " +
          "Choose a map to see at which maps it looks, and a pixel of it to see how it comes about.",
      ),
      views.map((view) => view.section),
    ],
    update: (told) => {
      const answer = told.answers[member];
      for (const {section, paint} of views) {
        if (all <= AT_ONCE) paint(answer);
        else paintWhenSeen(section, () => paint(answer));
      }
    },
  };
}

/** A button for each network of a committee. */
function memberButtons(count, member, to) {
  return el(
    "p",
    {class: "choices", role: "group", "aria-label": "Member"},
    Array.from({length: count}, (_, at) =>
      el(
        "button",
        {type: "button", "aria-pressed": String(at === member), onclick: () => to({member: at ? at + 1 : ""})},
        `network ${at + 1}`,
      ),
    ),
  );
}

/** Maps of a row that are shown; of a column of values all. */
function shownOf(row) {
  return row.out[1] * row.out[2] === 1 ? row.out[0] : Math.min(row.out[0], MOST_SHOWN);
}

/** The channels of the picture that goes in. */
function inputView(network) {
  const [channels, height, width] = network.net.input,
    size = height * width;
  const canvases = Array.from({length: channels}, (_, at) =>
    mapCanvas(height, width, `channel ${at} of the picture that goes in`),
  );
  return {
    section: el(
      "section",
      {class: "at-row"},
      el("h3", {}, "input", el("span", {class: "kind"}, ` ${printed(network.net.input)}`)),
      el("div", {class: "maps"}, canvases.map((canvas) => el("figure", {}, canvas))),
    ),
    paint: (answer) => {
      const {values} = answer.map(""),
        reach = largestOf(values);
      canvases.forEach((canvas, at) => paintMap(canvas, values.subarray(at * size, (at + 1) * size), reach));
    },
  };
}

/** The kernels of the first layer, where a picture has one channel: what each map looks for. */
function kernelsView({name, maps, height, width}) {
  const size = height * width,
    canvases = Array.from({length: maps}, (_, at) => mapCanvas(height, width, `kernel ${at} of ${name}`));
  return {
    section: el(
      "section",
      {class: "at-row kernels"},
      el("h4", {}, `kernels of ${name}`, el("span", {class: "kind"}, ` ${height}x${width}, one for each map`)),
      el("div", {class: "maps"}, canvases.map((canvas) => el("figure", {}, canvas))),
    ),
    paint: (answer) => {
      const {values} = answer.network.kernelsSeen,
        reach = largestOf(values);
      canvases.forEach((canvas, at) => paintMap(canvas, values.subarray(at * size, (at + 1) * size), reach));
    },
  };
}

/** For each row before it, which of its maps the chosen one looks at: by row, a set of numbers. */
function seenMaps(network, row, map) {
  const found = new Map(),
    before = rowBefore(network.graph, row);
  if (!before || row.layer.branches || row.layer.is === "Dense") return found;
  found.set(before.name, new Set(sourcesSeen(row, map)));
  return found;
}

/** The input maps at which a map of a row looks. */
function sourcesSeen(row, map) {
  const {layer} = row;
  return layer.table
    ? layer.table[map]
    : layer.is === "Subsample"
      ? [layer.sources ? layer.sources[map] : map]
      : layer.is === "Conv" && layer.groups > 1
        ? sourcesOf(row, map)
        : ["Pool", "AdaptivePool", "BatchNorm", "Activation", "Dropout", "Identity", "Pad"].includes(layer.is)
          ? [map]
          : Array.from({length: row.input[0]}, (_, number) => number);
}

/** The input maps of a map's own group. */
function sourcesOf(row, map) {
  const own = row.input[0] / row.layer.groups,
    group = Math.floor((map * row.layer.groups) / row.out[0]);
  return Array.from({length: own}, (_, at) => group * own + at);
}

/** The heading of a row: its name, what it is, and what its greys mean, which `scale` is to say. */
function rowHead(row, scale) {
  return [
    el("h3", {}, row.name, el("span", {class: "kind"}, ` ${kindAndWindow(row)}, ${printed(row.out)}`)),
    el("p", {class: "scale"}, scale),
  ];
}

/** Classes up to which each value of the last row has its name below it. */
const MOST_NAMED = 20;

/** A row of one value a map, as a strip; as a bitmap where bitmaps are what it is compared with. */
function columnAtWork(network, row, positive) {
  const [maps] = row.out,
    codes = codesBehind(network, row),
    last = row === network.rows.at(-1) && maps === network.classes.length && maps <= MOST_NAMED;
  const wide = codes ? codeWidth(codes.layer.codes.bits[0] || "") : last ? maps : Math.min(maps, 42),
    canvas = mapCanvas(Math.ceil(maps / wide), wide, `${maps} values of ${row.name}`),
    scale = el("span", {});
  const names = last ? el("ol", {class: "names"}, network.classes.map((name) => el("li", {title: titleOf(name)}, name))) : "";
  const figure = el("figure", {class: codes ? "code" : last ? "strip named" : "strip"}, canvas, names);
  if (last) figure.style.setProperty("--count", maps);
  return {
    section: el("section", {class: "at-row"}, rowHead(row, scale), figure),
    canvases: [canvas],
    paint: (answer) => {
      const {values} = answer.map(row.name),
        strip = new Float32Array(canvas.height * wide),
        most = largestOf(values);
      strip.set(values);
      paintMap(canvas, strip, most, positive);
      say(scale, scaleWords(most, positive));
    },
  };
}

/** A row as an element, and what paints its maps. */
function rowAtWork(row, {chosen, map, seen, positive}, to) {
  const [maps, h, w] = row.out,
    scale = el("span", {});
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
        onclick: (event) => {
          const pixel = event.detail ? pixelAt(canvas, event) : [h >> 1, w >> 1]; // by keys the middle
          to({row: row.name, map: at || "", pixel: pixel.join()});
          byId(`map-${row.name}-${at}`)?.focus();
        },
      },
      canvas,
    );
  });
  const home = el("div", {class: "maps", role: "group", "aria-label": `maps of ${row.name}`}, buttons);
  roving(home, () => [...home.querySelectorAll("button")]);
  const pointed = el("span", {});
  let shown = null;
  sayPointed(home, canvases, pointed, () => shown);
  const words = chosen === row ? el("p", {class: "hint"}, chosenWords(row, map, seen)) : "";
  const more = maps > MOST_SHOWN ? el("p", {class: "hint"}, `and ${maps - MOST_SHOWN} further maps`) : "";
  const paint = (answer) => {
    const {values} = answer.map(row.name),
      most = largestOf(values);
    shown = values;
    canvases.forEach((canvas, at) => paintMap(canvas, values.subarray(at * h * w, (at + 1) * h * w), most, positive));
    say(scale, scaleWords(most, positive));
  };
  return {section: el("section", {class: "at-row"}, rowHead(row, [scale, pointed]), words, home, more), paint: paint};
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
