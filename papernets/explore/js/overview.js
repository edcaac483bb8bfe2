/* What stands beside a drawing: the stages, the parts of one, or a layer with its unit. */

/** The stages with their shares, where no layer is chosen. */
function overview(here, stageAt) {
  const {worked, data} = here;
  if (stageAt >= 0) return stageOverview(here, stageAt);
  const most = Math.max(...worked.stages.map((one) => sum(one.rows.map((row) => row.macs))));
  const mostParams = Math.max(...worked.stages.map((one) => sum(one.rows.map((row) => row.params))));
  const bar = (part, whole, kind) =>
    el("span", {
      class: `bar ${kind}`,
      "aria-hidden": "true",
      style: `--share:${whole ? (part / whole).toFixed(4) : 0}`,
    });
  return [
    el("h3", {}, "Stage by stage"),
    el(
      "p",
      {class: "hint"},
      "Choose a layer in the drawing for its arithmetic, or a stage to see it opened.",
    ),
    wide(
      "Stages",
      el(
        "table",
        {class: "stages"},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["stage", "output", "parameters", "multiply-adds"].map((text) =>
              el("th", {scope: "col"}, text),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          worked.stages.map((one, at) => {
            const params = sum(one.rows.map((row) => row.params)),
              macs = sum(one.rows.map((row) => row.macs));
            return el(
              "tr",
              {},
              el(
                "th",
                {scope: "row"},
                el("a", {href: here.address({stage: at + 1})}, one.name),
                one.counted ? "" : " (head)",
              ),
              el("td", {}, printed(one.end.out)),
              el("td", {class: "number"}, big(params), bar(params, mostParams, "params")),
              el("td", {class: "number"}, big(macs), bar(macs, most, "macs")),
            );
          }),
        ),
      ),
    ),
    data.departures.length
      ? el(
          "details",
          {},
          el("summary", {}, "Where it departs from its paper, and who says so"),
          el(
            "ul",
            {},
            data.departures.map((one) => el("li", {}, `${crossed(one.what)} (${one.where})`)),
          ),
        )
      : "",
  ];
}

function stageOverview(here, at) {
  const one = here.worked.stages[at],
    dict = stageDict(one);
  const fact = (text, value) => el("div", {}, el("dt", {}, text), el("dd", {}, value));
  const unit = (u) =>
    el(
      "li",
      {},
      el("a", {href: here.address({stage: at + 1, layer: u.name})}, u.name),
      u.rows.length > 1
        ? ` block of ${u.rows.length}, ${printed(u.end.out)}`
        : ` ${kindShown(u.end)}, ${printed(u.end.out)}`,
    );
  return [
    el("h3", {}, `Stage ${at + 1}: ${one.name}`),
    one.weight === null
      ? ""
      : el(
          "p",
          {class: "note"},
          `An auxiliary head: its loss counts ${general(one.weight)}` +
            (one.counted ? "" : "; it is not in the sums"),
        ),
    el(
      "dl",
      {class: "facts"},
      fact("input", printed(one.rows[0].input)),
      fact("output", printed(one.end.out)),
      fact("parameters", comma(dict.params)),
      fact("multiply-adds", comma(dict.macs)),
      fact("neurons", comma(dict.neurons)),
      fact("layers", comma(one.rows.length)),
    ),
    el(
      "section",
      {class: "topic"},
      el("h4", {}, "Its parts"),
      el("ul", {class: "links"}, one.units.map(unit)),
    ),
  ];
}

/** The panel of a layer or block, with its unit. */
function showPlace(here, place) {
  const {graph, paths} = here.worked,
    {stage = ""} = here.values,
    [, rows, columns] = place.end.out;
  const found = /^(\d{1,5}),(\d{1,5})$/.exec(here.values.unit || "");
  const middle = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const at = found && found[1] < rows && found[2] < columns ? [Number(found[1]), Number(found[2])] : middle;
  const link = (name, text) => el("a", {href: here.address({stage: stage, layer: name})}, text);
  const order = [...graph.rows.keys()],
    number = order.indexOf(place.end.name);
  const step = (to, text) =>
    to && !place.isBlock
      ? el("a", {class: "step", href: here.address({stage: stage, layer: to})}, text)
      : "";
  const hadFocus = document.activeElement && document.activeElement.classList.contains("pick");
  fill(
    byId("panel"),
    el(
      "p",
      {class: "steps"},
      step(order[number - 1], "← layer before"),
      step(order[number + 1], "layer after →"),
    ),
    placeView(
      graph,
      paths,
      place,
      link,
      unitView(graph, paths, place, at, (to) =>
        here.to({stage: stage, layer: place.name, unit: to.join(",")}, true),
      ),
    ),
    el("p", {class: "command"}, "In the terminal: ", el("code", {}, commandFor(here, place))),
  );
  if (hadFocus) byId("panel").querySelector(".pick")?.focus();
  announce(
    `${place.name}, ${place.isBlock ? "block" : kindShown(place.end)}, gives ${printed(place.end.out)}`,
  );
}

function commandFor(here, place) {
  const {data, sizes} = here,
    own = ownSizes(data),
    flags = [];
  if (sizes.height !== own.height || sizes.width !== own.width) {
    flags.push(`--input ${sizes.height === sizes.width ? sizes.height : `${sizes.height}x${sizes.width}`}`);
  }
  if (sizes.channels !== own.channels) flags.push(`--channels ${sizes.channels}`);
  if (sizes.classes !== own.classes) flags.push(`--classes ${sizes.classes}`);
  return ["papernets explain", data.own, place.name, ...flags].join(" ");
}
