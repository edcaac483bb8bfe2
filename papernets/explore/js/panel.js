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

/** Words of the terminal for which this page has others. */
const STEP_WORDS = {
  "neurons of all its rows": "neurons of all its layers",
  "sum of its rows": "sum of its layers",
  "first pixel of value 0,0": "where the field of the first value begins: row, column",
};

function valueWords(value, rule) {
  if (Array.isArray(value)) {
    if (rule !== "row,column") return crossed(by(value));
    const place = value.join(", ").replace(/-/g, "−");
    return value.some((one) => one < 0) ? `${place} (before the picture, in its padding)` : place;
  }
  if (typeof value === "number") return Number.isInteger(value) ? comma(value) : general(value);
  if (/^\d+$/.test(value)) return value.length > 15 ? `about 10^${value.length - 1}` : comma(value);
  return value.includes("*") ? readable(value) : value;
}

/**
 * The steps of a place's calculation, topic by topic, each with the lesson of it, and what the
 * letters of its rules mean that no topic above has told.
 */
function stepsView(steps, place) {
  const found = [],
    above = [];
  for (const topic of new Set(steps.map((one) => one.topic))) {
    const several = steps.filter((one) => one.topic === topic);
    const rules = several.map((one) => (one.formula ? one.rule : ""));
    const letters = lettersOf(rules, above);
    above.push(...rules);
    found.push(
      el(
        "section",
        {class: "topic"},
        el("div", {class: "head"}, el("h4", {}, TOPICS[topic] || topic), lessonOf(topic, place)),
        el(
          "dl",
          {},
          several.flatMap((one) => [
            el("dt", {}, STEP_WORDS[one.what] || crossed(one.what)),
            el(
              "dd",
              {},
              one.formula
                ? [el("code", {}, readable(one.formula)), " = "]
                : "",
              el("b", {}, valueWords(one.value, one.rule)),
              one.formula && one.rule ? el("span", {class: "rule", title: lettersOf([one.rule]) || null}, STEP_WORDS[one.rule] || readable(one.rule)) : "",
            ),
          ]),
        ),
        letters ? el("p", {class: "hint"}, `${letters}.`) : "",
      ),
    );
  }
  return found;
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

/** A setting as the page says it. */
function settingShown(text) {
  return text === "ceil" ? "a last partial window counts (ceil)" : crossed(text);
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
        place.isBlock ? ` block of ${place.rows.length} layers` : ` ${kindShown(end)}`,
      ),
    ),
  ];
  if (!place.isBlock) found.push(el("p", {}, `${crossed(meaningOf(end))}. `, lessonOf("", place)));
  const details = place.isBlock ? [] : detailsOf(end).map(settingShown);
  found.push(
    el(
      "dl",
      {class: "facts"},
      fact("input", printed(told.in)),
      fact("output", printed(told.out)),
      fact("parameters", comma(told.params)),
      fact("multiply-adds", comma(told.macs)),
      fact("connections", comma(told.connections)),
      fact("sees", told.receptive_field ? `${crossed(by(told.receptive_field))} pixels` : "everything"),
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
        el("h4", {}, "Its layers"),
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
              ` ${kindShown(row)}, ${printed(row.out)}`,
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
                crossed(one.what) +
                  (equal(one.instead_of, told.otherwise[0].instead_of)
                    ? ""
                    : ` (instead of ${comma(one.instead_of.params)} parameters and ` +
                      `${comma(one.instead_of.macs)} multiply-adds)`),
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
