/* The room of two networks: what `papernets diff A B` says, for sizes of the reader's own. */

const VERDICTS = {same: "=", renamed: "=", changed: "~", only_a: "−", only_b: "+"};
const VERDICT_WORDS = {
  same: "the same",
  renamed: "the same, under another name",
  changed: "changed",
  only_a: "only in the first",
  only_b: "only in the second",
};

/** A value of a change as people read it. */
function changeWords(value, what = "") {
  if (value === null) return "-";
  if (what === "auxiliary") return value ? "yes" : "no";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return Number.isInteger(value) ? comma(value) : general(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    if (["output", "input"].includes(what) && value.length === 3) return printed(value);
    return value.length ? value.join("×") : "none";
  }
  if ("rows" in value) return crossed(zerosWords(value));
  if ("eps" in value) return normWords(value);
  return scalesWords(value) || "all 1";
}

/** Counts as the other rooms call them. */
const WORDS = {
  params: "parameters",
  fixed_params: "fixed parameters",
  macs: "multiply-adds",
  lrn: "local response normalisation",
  field_stride: "step of the field",
  ceil: "a last partial window counts",
};

function wordsOf(what) {
  return WORDS[what] || what.replace(/_/g, " ");
}

function changeLine({what, a, b}) {
  return `${wordsOf(what)} ${changeWords(a, what)} → ${changeWords(b, what)}`;
}

/** What the marks before the rows mean, with the number of each. */
function marks(several) {
  return el(
    "ul",
    {class: "marks"},
    several.map(([verdict, words]) =>
      el("li", {class: verdict}, el("b", {"aria-hidden": "true"}, VERDICTS[verdict]), ` ${words}`),
    ),
  );
}

/** What a row is that one network alone has there, and where the other has its namesake. */
function aloneWords(layers, one, a, b) {
  if (one.a && one.b) return "";
  const after = placeElsewhere(layers, layers.indexOf(one)),
    other = one.a ? b.own : a.own;
  const where = after === null ? "" : after ? `moved: ${other} has it after ${after}` : `moved: ${other} begins with it`;
  return [wordsOf(one.kind), where].map((text) => text && el("span", {class: "line"}, text));
}

/** The field for the input of both, made once, and what it leads to. */
let compareInput = null,
  compareTo = null;

function showCompare(nets, names, values) {
  const pick = (name, usual) =>
    nets.find((net) => net.own === name) || nets.find((net) => net.own === usual);
  const a = pick(names[0], "alexnet") || nets[0],
    b = pick(names[1], "zfnet") || nets.at(-1);
  const to = (x, y, more = {}) => go("compare", [x, y], {...kept(), ...more});
  const kept = () => ({input: values.input, all: values.all});
  document.title = `${a.own} and ${b.own} - Papernets explorer`;
  const select = (chosen, words, changed) => {
    const field = el(
      "select",
      {"aria-label": words, onchange: () => changed(field.value)},
      [...new Set(nets.map((net) => net.family))].map((family) =>
        el(
          "optgroup",
          {label: FAMILIES[family] || family},
          nets.filter((net) => net.family === family).map((net) => el("option", {value: net.own}, net.own)),
        ),
      ),
    );
    field.value = chosen.own;
    return field;
  };
  compareTo = (text, first) => go("compare", [a.own, b.own], {...kept(), input: text}, !first);
  compareInput ||= numberField({placeholder: "each its own", id: "compare-input"}, MOST_SIDE, (text, first) =>
    compareTo(text, first),
  );
  const input = compareInput.field,
    wrong = values.input ? wrongNumber("input", values.input, MOST_SIDE) : "";
  compareInput.show(values.input || "");
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const all = el("input", {
    type: "checkbox",
    id: "compare-all",
    onchange: () => to(a.own, b.own, {all: all.checked ? "1" : ""}),
  });
  all.checked = values.all === "1";
  const focused = document.activeElement && document.activeElement.getAttribute("aria-label"),
    typing = document.activeElement === input,
    caret = [input.selectionStart, input.selectionEnd];
  const home = byId("compare");
  fill(
    home,
    el("h2", {}, "Two networks, layer by layer"),
    el(
      "div",
      {class: "sizes"},
      el(
        "label",
        {},
        el("span", {}, "first"),
        select(a, "First network", (name) => to(name, b.own)),
      ),
      el(
        "button",
        {type: "button", class: "swap", "aria-label": "Swap the two", onclick: () => to(b.own, a.own)},
        "⇄",
      ),
      el(
        "label",
        {},
        el("span", {}, "second"),
        select(b, "Second network", (name) => to(a.own, name)),
      ),
      el("label", {}, el("span", {}, "input of both"), input),
      el("label", {class: "check"}, all, " all rows"),
    ),
    [...new Set([a, b])].map((net) => inputNotes(net, `${net.own} `)),
    compared(a, b, values),
  );
  if (focused) home.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  if (typing) {
    input.focus();
    input.setSelectionRange(...caret);
  }
}

function compared(a, b, values) {
  const wrong = values.input ? wrongNumber("input", values.input, MOST_SIDE) : "";
  if (wrong) return el("p", {class: "error", role: "alert", id: "compare-error"}, wrong);
  const side = wholeOf(values.input, 0, 1, MOST_SIDE);
  const sized = (data) =>
    instantiate(data, side ? {...ownSizes(data), height: side, width: side} : ownSizes(data));
  let found;
  try {
    found = diffNetworks(sized(a), sized(b));
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return el("p", {class: "error", role: "alert"}, error.message);
  }
  const totals = found.totals.map(({what, a: x, b: y}) => [
    wordsOf(what),
    changeWords(x, what),
    changeWords(y, what),
    typeof x === "number" && typeof y === "number" && x !== y
      ? (y > x ? "+" : "−") + comma(Math.abs(y - x))
      : "",
  ]);
  const wanted = found.layers.filter(
    (one) => values.all === "1" || !["same", "renamed"].includes(one.verdict),
  );
  const count = (verdict) => found.layers.filter((one) => one.verdict === verdict).length;
  const said = (departures) =>
    el(
      "ul",
      {},
      departures.map((d) => el("li", {}, `${crossed(d.what)} (${d.where})`)),
    );
  const of = (letter) => found.departures.filter((d) => d.of === letter);
  const side2 = (net, letter) =>
    of(letter).length
      ? el("details", {}, el("summary", {}, `Where ${net.own} departs from its paper`), said(of(letter)))
      : "";
  const show = 600,
    lines = (changes) => changes.map((one) => el("span", {class: "line"}, changeLine(one)));
  announce(found.same ? "The two are the same" : `${plural(wanted.length, "row")} shown`);
  return [
    found.same
      ? el("p", {class: "hint"}, "The two are the same: every row, every setting, every total.")
      : marks([
          ["same", `${plural(count("same") + count("renamed"), "row")} of the same form`],
          ["changed", `${count("changed")} changed`],
          ["only_a", `${count("only_a")} only in ${a.own}`],
          ["only_b", `${count("only_b")} only in ${b.own}`],
        ]),
    found.general.map((one) =>
      el(
        "p",
        {},
        el("b", {}, `${one.what[0].toUpperCase()}${one.what.slice(1)}: `),
        `${changeWords(one.a)} → ${changeWords(one.b)}`,
      ),
    ),
    el(
      "div",
      {class: "columns"},
      el(
        "section",
        {},
        el("h3", {}, "Totals"),
        wide("Totals", table(["", a.own, b.own, "second − first"], totals, {class: "totals"})),
      ),
      el(
        "section",
        {},
        el("h3", {}, "Layer by layer"),
        wide(
          "Layer by layer",
          el(
            "table",
            {class: "diff"},
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                ["", a.own, b.own, "what differs", "what that changes"].map((text) =>
                  text ? el("th", {scope: "col"}, text) : el("td"),
                ),
              ),
            ),
            el(
              "tbody",
              {},
              wanted
                .slice(0, show)
                .map((one) =>
                  el(
                    "tr",
                    {class: one.verdict},
                    el(
                      "td",
                      {class: "verdict"},
                      el("span", {"aria-hidden": "true"}, VERDICTS[one.verdict]),
                      el("span", {class: "unseen"}, VERDICT_WORDS[one.verdict]),
                    ),
                    el("td", {}, one.a || ""),
                    el("td", {}, one.b || ""),
                    el("td", {}, one.changes.length ? lines(one.changes) : aloneWords(found.layers, one, a, b)),
                    el("td", {}, lines(one.effects)),
                  ),
                ),
            ),
          ),
        ),
        wanted.length
          ? ""
          : el(
              "p",
              {},
              found.same
                ? "No row differs."
                : "No layer does anything else; choose “all rows” to see what the input changes.",
            ),
        wanted.length > show
          ? el(
              "p",
              {class: "note"},
              `${wanted.length - show} further rows: papernets diff ${a.own} ${b.own}`,
            )
          : "",
      ),
    ),
    side2(a, "a"),
    side2(b, "b"),
    found.shared_departures.length
      ? el("details", {}, el("summary", {}, "Departures that both share"), said(found.shared_departures))
      : "",
  ];
}
