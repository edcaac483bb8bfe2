/* The drawing of a network or of one of its stages, and the table of the same rows. */

const drawingsKept = new Map();

/** The drawings of a network, unpacked when they are first wanted; null where that is impossible. */
async function drawingsOf(own) {
  if (!drawingsKept.has(own)) {
    const packed = embedded("drawings")[own];
    const text =
      typeof DecompressionStream === "undefined" || !packed ? null : await inflated(Engine.bytesOf(packed));
    drawingsKept.set(own, text && JSON.parse(text));
  }
  return drawingsKept.get(own);
}

let shownDrawing = "",
  shownPart = "";

/** The drawing of the network or of the stage; it stays where it is while layers are chosen. */
async function showDrawing(here, worked, stageAt, place) {
  const key = JSON.stringify([here.data.own, here.sizes, stageAt, Boolean(here.worked.error)]);
  const home = byId("drawing");
  if (key !== shownDrawing) {
    shownDrawing = key;
    const part = JSON.stringify([here.data.own, stageAt]);
    const drawings = await drawingsOf(here.data.own);
    if (key !== shownDrawing) return; // another was asked for meanwhile
    if (!drawings) {
      byId("rows").open = true;
      fill(
        home,
        el(
          "p",
          {class: "note"},
          "This browser cannot unpack the drawings. The table of rows below has all of it.",
        ),
      );
    } else {
      const one = stageAt >= 0 ? drawings.stages[stageAt] : drawings.whole;
      const input = stageAt >= 0 ? worked.stages[stageAt].rows[0].input : worked.graph.net.input;
      const words =
        `${here.data.own}, ${stageAt >= 0 ? `stage ${stageAt + 1}` : "the whole network"}: ` +
        "arrow keys go from layer to layer, Enter opens one";
      fill(
        home,
        drawn(one, here.own.rows, worked.rows, input, words, (rows) =>
          openRows(here, worked, stageAt, rows),
        ),
      );
      fill(byId("legend"), legendOf(one));
    }
    if (part !== shownPart) fromTheTop();
    shownPart = part;
    fillRows(here, worked, stageAt);
  }
  const names = new Set(place ? place.rows.map((row) => row.name) : []);
  const ways = place && !here.worked.error ? pathsApart(worked, place.end.name) : {};
  for (const box of home.querySelectorAll("g.row")) {
    const chosen = names.size && ROWS_OF.get(box).some((name) => names.has(name));
    box.classList.toggle("chosen", Boolean(chosen));
    for (const [way, rows] of Object.entries(ways)) {
      box.classList.toggle(
        way,
        ROWS_OF.get(box).some((name) => rows.has(name)),
      );
    }
    if (!ways.largest) box.classList.remove("largest", "smallest");
    if (chosen) box.setAttribute("aria-current", "true");
    else box.removeAttribute("aria-current");
  }
}

/** The rows on the largest and on the smallest path to a row, where these see differently far. */
function pathsApart(worked, name) {
  const [largest, smallest] = [worked.paths.largest(name), worked.paths.smallest(name)];
  if (!largest || equal(largest.size, smallest.size)) return {};
  const rows = (reach) => new Set(pathOf(reach).map((one) => one.row.name));
  return {largest: rows(largest), smallest: rows(smallest)};
}

/** Whether a layer was asked for in the drawing: where the panel lies below it, it is brought there. */
let panelWanted = false;

/** Brings the panel onto the screen, where there is only one column. */
function bringPanel() {
  if (panelWanted && matchMedia("(max-width: 1180px)").matches) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    byId("panel").scrollIntoView({behavior: calm ? "auto" : "smooth", block: "start"});
  }
  panelWanted = false;
}

/** What a box of a drawing opens: its layer, its block, or the stage in which its many rows lie. */
function openRows(here, worked, stageAt, rows) {
  panelWanted = true;
  const values = {stage: stageAt >= 0 ? stageAt + 1 : ""};
  if (rows.length === 1) {
    here.to({...values, layer: rows[0].name});
    return;
  }
  const block = commonBlock(rows);
  const place = block && placeOf(worked.graph, block);
  if (place && place.rows.length === rows.length) {
    here.to({...values, layer: block});
  } else if (stageAt < 0) {
    here.to({stage: stageWith(worked, rows[0].name) + 1});
  } else {
    here.to({...values, layer: rows[0].name});
  }
}

/** The longest name of a block in which all rows lie; empty where there is none. */
function commonBlock(rows) {
  const parts = rows.map((row) => row.name.split("."));
  const found = [];
  for (let at = 0; parts.every((part) => part.length > at && part[at] === parts[0][at]); at++)
    found.push(parts[0][at]);
  return found.join(".");
}

/** The table of rows below the drawing: the same network for who does not want a picture. */
function fillRows(here, worked, stageAt) {
  const rows = stageAt >= 0 ? worked.stages[stageAt].rows : worked.rows;
  const home = byId("rows"),
    most = 400;
  const make = () => {
    const body = rows
      .slice(0, most)
      .map((row) => [
        el("a", {href: here.address({stage: stageAt >= 0 ? stageAt + 1 : "", layer: row.name})}, row.name),
        kindShown(row),
        printed(row.out),
        row.params,
        row.macs,
        row.field ? crossed(by(row.field)) : "all",
      ]);
    fill(
      home.querySelector("div"),
      table(["layer", "kind", "output", "parameters", "multiply-adds", "sees"], body),
      rows.length > most
        ? el(
            "p",
            {class: "note"},
            `${rows.length - most} further rows: choose a stage, or papernets explain ${here.data.own} --depth all`,
          )
        : "",
    );
  };
  home.querySelector("summary").textContent = `All ${rows.length} rows as a table`;
  fill(home.querySelector("div"));
  home.ontoggle = () => {
    byId("levels").classList.toggle("with-rows", home.open); // the drawing no longer stays in view
    if (!home.open || home.querySelector("table")) return;
    make();
    home.scrollIntoView({block: "start"});
  };
  if (home.open) make();
}
