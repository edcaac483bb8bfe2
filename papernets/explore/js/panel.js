/* The arithmetic of a layer or a block, filled in: what `papernets explain NAME LAYER` says. */

const TOPICS = {
  output: "Output",
  memory: "Memory of its output",
  parameters: "Parameters",
  "multiply-adds": "Multiply-adds",
  connections: "Connections",
  "receptive field": "Receptive field",
  "largest path": "Receptive field: the largest path",
  "smallest path": "Receptive field: the smallest path",
  example: "An example with numbers",
};

function valueWords(value, rule) {
  if (Array.isArray(value)) return rule === "row,column" ? value.join(",") : by(value);
  if (typeof value === "number") return Number.isInteger(value) ? comma(value) : general(value);
  return /^\d+$/.test(value) && value.length > 15 ? `about 10^${value.length - 1}` : comma2(value);
}

/** Digits in groups where a text is a number. */
function comma2(text) {
  return /^\d+$/.test(text) ? comma(text) : text;
}

/** The steps of a place's calculation, topic by topic, each with the lesson of it. */
function stepsView(steps, place) {
  const found = [];
  for (const topic of new Set(steps.map((one) => one.topic))) {
    const several = steps.filter((one) => one.topic === topic);
    found.push(
      el(
        "section",
        {class: "topic"},
        el("div", {class: "head"}, el("h4", {}, TOPICS[topic] || topic), lessonOf(topic, place)),
        el(
          "dl",
          {},
          several.flatMap((one) => [
            el("dt", {}, one.what),
            el(
              "dd",
              {},
              one.formula
                ? [el("code", {title: one.rule ? `rule: ${one.rule}` : null}, readable(one.formula)), " = "]
                : "",
              el("b", {}, valueWords(one.value, one.rule)),
              one.formula && one.rule ? el("span", {class: "rule"}, one.rule) : "",
            ),
          ]),
        ),
      ),
    );
  }
  return found;
}

/** A formula with signs of multiplication, and room to break at. */
function readable(formula) {
  return formula.replace(/\*\*/g, "^").replace(/\*/g, " × ").replace(/\+/g, " + ").replace(/,/g, ", ");
}

/** A connection table, a line an input map and a column an output map; `lit` is a column's number. */
function connections(layer, maps, lit = -1) {
  const head = el(
    "tr",
    {},
    el("td", {}),
    layer.table.map((seen, at) => el("th", {scope: "col", class: at === lit ? "lit" : null}, String(at))),
  );
  const lines = Array.from({length: maps}, (_, source) =>
    el(
      "tr",
      {},
      el(
        "th",
        {scope: "row", class: lit >= 0 && layer.table[lit].includes(source) ? "lit" : null},
        String(source),
      ),
      layer.table.map((seen, at) =>
        el("td", {class: at === lit ? "lit" : null}, seen.includes(source) ? "X" : ""),
      ),
    ),
  );
  return el(
    "figure",
    {},
    wide("Connection table", el("table", {class: "cross"}, el("thead", {}, head), el("tbody", {}, lines))),
    el(
      "figcaption",
      {},
      `Input maps in lines, output maps in columns: ${kernelsOf(layer)} of ` +
        `${maps * layer.table.length} crosses, a kernel for each.`,
    ),
  );
}

const CODE_WIDTH = 7;

/** A code of an RBF layer as a bitmap of 7 columns, where it has such. */
function bitmap(code, words) {
  const wide = code.length % CODE_WIDTH === 0 && code.length > CODE_WIDTH ? CODE_WIDTH : code.length;
  const high = code.length / wide,
    side = 4;
  const dots = [...code].flatMap((sign, at) =>
    sign === "#"
      ? [shape("rect", {x: (at % wide) * side, y: Math.floor(at / wide) * side, width: side, height: side})]
      : [],
  );
  return shape(
    "svg",
    {
      viewBox: `0 0 ${wide * side} ${high * side}`,
      width: wide * side,
      height: high * side,
      class: "bitmap",
      role: "img",
      "aria-label": words,
    },
    dots,
  );
}

/** What is said of a layer or a block: `unit` is the view of a unit, `link(name, text)` leads on. */
function placeView(graph, paths, place, link, unit) {
  const told = explainPlace(graph, paths, place),
    {end} = place;
  const fact = (what, value) => el("div", {}, el("dt", {}, what), el("dd", {}, value));
  const found = [
    el(
      "h3",
      {id: "place", tabindex: "-1"},
      place.name,
      el(
        "span",
        {class: "kind"},
        place.isBlock ? ` block of ${place.rows.length} rows` : ` ${kindAndWindow(end)}`,
      ),
    ),
  ];
  if (!place.isBlock) found.push(el("p", {}, `${meaningOf(end)}. `, lessonOf("", place)));
  const details = place.isBlock ? [] : detailsOf(end);
  found.push(
    el(
      "dl",
      {class: "facts"},
      fact("input", printed(told.in)),
      fact("output", printed(told.out)),
      fact("parameters", comma(told.params)),
      fact("multiply-adds", comma(told.macs)),
      fact("connections", comma(told.connections)),
      fact("sees", told.receptive_field ? `${by(told.receptive_field)} pixels` : "everything"),
      details.length ? fact("settings", details.join(", ")) : "",
    ),
  );
  if (place.aux)
    found.push(
      el("p", {class: "note"}, "Part of an auxiliary head: in training only, and not in the sums."),
    );
  if (place.isBlock) {
    found.push(
      el(
        "section",
        {class: "topic"},
        el("h4", {}, "Its rows"),
        el(
          "ul",
          {class: "links"},
          place.rows.map((row) =>
            el(
              "li",
              {},
              link(
                row.name,
                row.name.startsWith(`${place.name}.`) ? row.name.slice(place.name.length + 1) : row.name,
              ),
              ` ${kindAndWindow(row)}, ${printed(row.out)}`,
            ),
          ),
        ),
      ),
    );
  }
  found.push(el("section", {class: "topic"}, el("h4", {}, "What a unit sees"), unit));
  found.push(...stepsView(told.steps, place));
  if (end.layer.table && !place.isBlock) found.push(connections(end.layer, end.input[0]));
  if (end.layer.codes && !place.isBlock) {
    found.push(
      el(
        "div",
        {class: "bitmaps"},
        end.layer.codes.bits.map((code, at) => bitmap(code, `code ${at}`)),
      ),
    );
  }
  if (told.otherwise.length) {
    found.push(
      el(
        "section",
        {class: "topic"},
        el("h4", {}, "What it would cost otherwise"),
        wide(
          "What it would cost otherwise",
          table(
            ["", "parameters", "multiply-adds"],
            [
              ["as it is", told.otherwise[0].instead_of.params, told.otherwise[0].instead_of.macs],
              ...told.otherwise.map((one) => [
                one.what +
                  (equal(one.instead_of, told.otherwise[0].instead_of)
                    ? ""
                    : ` (in the place of ${comma(one.instead_of.params)} and ${comma(one.instead_of.macs)})`),
                one.params,
                one.macs,
              ]),
            ],
          ),
        ),
      ),
    );
  }
  return found;
}
