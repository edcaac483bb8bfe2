/* The room of one network at three levels: as a whole, a stage, or a layer with its arithmetic.
   All numbers are worked out in the page, for the sizes that the reader gives. */

/** What the rooms of a network know: where one is, and how to go elsewhere. */
function placeIn(data, values) {
  const sizes = sizesIn(data, values),
    own = known(data, ownSizes(data)),
    wrong = wrongSizes(data, values),
    [error] = Object.values(wrong);
  const worked = error ? {error: error} : alongStages(own, known(data, sizes));
  const kept = {};
  for (const word of Object.keys(SIZES)) {
    if (wrong[word]) kept[word] = values[word];
    else if (sizes[word] !== ownSizes(data)[word]) kept[word] = sizes[word];
  }
  const to = (more, quietly = false) => go("networks", [data.own], {...kept, ...more}, quietly);
  const address = (more) =>
    writeAddress("networks", [data.own], {...kept, ...more, theme: document.documentElement.dataset.theme});
  return {
    data: data,
    sizes: sizes,
    wrong: wrong,
    own: own,
    worked: worked,
    to: to,
    address: address,
    values: values,
  };
}

/**
 * The network at other sizes in the stages of the printed one, which are those of the drawings:
 * where maps are tiny they would not end at the same rows.
 */
function alongStages(own, worked) {
  if (worked.error || worked === own) return worked;
  const now = (row) => worked.graph.rows.get(row.name),
    all = (rows) => rows.map(now);
  return {
    ...worked,
    stages: own.stages.map((one) => ({
      ...one,
      rows: all(one.rows),
      end: now(one.end),
      units: one.units.map((unit) => ({...unit, rows: all(unit.rows), end: now(unit.end)})),
    })),
  };
}

/** The stage in which a row or block lies; -1 where it lies in none. */
function stageWith(worked, name) {
  return worked.stages.findIndex((one) =>
    one.rows.some((row) => row.name === name || row.name.startsWith(`${name}.`)),
  );
}

let turns = 0,
  shownNetwork = "";

/** Shows one network as the address says; what was asked for last is what stays. */
async function showNetwork(nets, names, values) {
  const turn = ++turns;
  const data =
    nets.find((net) => net.own === names[0]) || nets.find((net) => net.own === "lenet5") || nets[0];
  const here = placeIn(data, values),
    {worked, own} = here;
  markListed(byId("list"), data.own);
  shownNetwork = data.own;
  document.title = `${data.own} - Papernets explorer`;
  const fields = sizeFields(data, here.sizes, values, here.wrong);
  fillAround(byId("network-head"), ...headOf(data, here, fields));
  if (worked.error) {
    fill(byId("panel"), el("p", {class: "hint"}, "For these sizes there are no numbers."));
  }
  const shownRows = worked.error ? own : worked;
  const place = values.layer ? placeOf(shownRows.graph, values.layer) : null;
  let stageAt = /^\d+$/.test(values.stage || "") ? Number(values.stage) - 1 : -1;
  if (place && stageAt < 0) stageAt = stageWith(shownRows, place.name);
  if (stageAt >= shownRows.stages.length) stageAt = -1;
  const stageShown = values.stage ? stageAt : -1;
  const chosenFocus = document.activeElement && document.activeElement.matches("#stage-choice select");
  const [way, choice] = crumbs(here, shownRows, stageShown, place);
  fill(byId("where"), way);
  fill(byId("stage-choice"), choice);
  if (chosenFocus) choice.focus();
  byId("drawn-as").hidden = !worked.error;
  const printedSizes = ownSizes(data);
  byId("drawn-as").textContent =
    "The drawing and its table are not of these sizes, but of the printed ones: " +
    Object.keys(SIZES).map((word) => `${word} ${comma(printedSizes[word])}`).join(", ");
  await showDrawing(here, shownRows, stageShown, place);
  if (worked.error || turn !== turns) return;
  if (place) showPlace(here, place);
  else fill(byId("panel"), overview(here, stageShown));
  bringPanel();
}

function seenAtWork(room, data, text) {
  const address = writeAddress(room, [data.own], {theme: document.documentElement.dataset.theme});
  return el("p", {class: "note"}, el("a", {href: address}, text));
}

/** The head of the room in three: what stands above the fields, the fields, what stands below. */
function headOf(data, here, fields) {
  const {worked, own} = here,
    sums = (worked.error ? own : worked).sums,
    times = data.count;
  const fact = (text, value) => el("div", {}, el("dt", {}, text), el("dd", {}, value));
  const facts = worked.error
    ? [el("p", {class: "error", role: "alert", id: "size-error"}, worked.error)]
    : [
        fact("parameters", comma(sums.params * times)),
        fact("multiply-adds", comma(sums.macs * times)),
        fact("layers", comma(worked.rows.length)),
        fact("to predict", bytesRead(4 * times * (worked.memory.weights + worked.memory.peak))),
        fact(
          "to train, Adam, 32 pictures",
          bytesRead(memoryDict(worked.memory, 32, times).train.adam.float32),
        ),
      ];
  const above = [
    el(
      "h2",
      {id: "network-name"},
      data.own,
      el("span", {class: "year"}, data.year ? String(data.year) : ""),
    ),
    el("p", {class: "title"}, data.title, data.paper ? el("span", {class: "paper"}, data.paper) : ""),
    DIGITS.some((one) => one.own === data.own)
      ? seenAtWork("digit", data, "Draw a digit and see it at work")
      : "",
    LOOKING.some((one) => one.own === data.own)
      ? seenAtWork("picture", data, "Drop a picture and see it at work")
      : "",
    times > 1
      ? el(
          "p",
          {class: "note"},
          `A committee of ${times}: ${data.rule}. The drawing is one member; sums are of all.`,
        )
      : "",
  ];
  return [
    above,
    fields,
    [...inputNotes(data), ...(worked.error ? facts : [el("dl", {class: "facts"}, facts)])],
  ];
}

/** Network, stage, layer: where one is, each a way back. */
function crumbs(here, worked, stageAt, place) {
  const item = (text, address, current) =>
    el("li", {}, el("a", {href: address, "aria-current": current ? "step" : null}, text));
  const at = stageAt >= 0 ? stageAt : place ? stageWith(worked, place.name) : -1;
  const found = [item("Network", here.address({}), stageAt < 0 && !place)];
  if (at >= 0) {
    found.push(
      item(
        `Stage ${at + 1}: ${worked.stages[at].name}`,
        here.address({stage: at + 1}),
        stageAt >= 0 && !place,
      ),
    );
  }
  if (place) {
    found.push(
      item(
        `${place.isBlock ? "Block" : "Layer"}: ${place.name}`,
        here.address({
          stage: here.values.stage || "",
          layer: place.name,
        }),
        true,
      ),
    );
  }
  const select = el(
    "select",
    {
      "aria-label": "Stage",
      onchange: (event) => here.to(event.target.value ? {stage: event.target.value} : {}),
    },
    el("option", {value: ""}, "Whole network"),
    worked.stages.map((one, number) =>
      el("option", {value: number + 1}, `${number + 1}. ${one.name}${one.counted ? "" : " (head)"}`),
    ),
  );
  select.value = stageAt >= 0 ? String(stageAt + 1) : "";
  return [el("ol", {}, found), select];
}
