/* Drawings of papernets.diagram as SVG, with the sizes that the reader asked for written in.
   What a shape's numbers mean is said in papernets/explore/drawings.py. */

const SHORT_KINDS = {
  "max pool": "max",
  "average pool": "avg",
  "global average pool": "global avg",
  "adaptive average pool": "avg",
  subsample: "subsample",
  lrn: "LRN",
  "batch norm": "BN",
  rbf: "RBF",
  "pad shortcut": "zeros",
};
/** What a paint stands for, for the legend. */
const PAINTS = {
  conv: "convolution",
  depthwise: "depthwise convolution",
  pool: "pooling",
  norm: "normalisation",
  dense: "dense layer",
  join: "joined along channels",
  add: "sum",
  block: "block of several layers",
  plain: "without weights",
};

function stepWords(row) {
  const window = windowOf(row);
  if (!window) return "";
  const {kernel, stride} = window;
  const step = stride[0] === stride[1] ? String(stride[0]) : stride.join("×");
  return kernel.join("×") + (step === "1" ? "" : `/${step}`);
}

/** What a row does as the drawings write it (papernets/diagram/words.py): "conv 7×7/2, 64". */
function drawnWords(row, brief) {
  const kind = brief ? SHORT_KINDS[row.kind] || row.kind : row.kind,
    maps = comma(row.out[0]);
  const flat = row.out[1] === 1 && row.out[2] === 1,
    groups = groupsOf(row);
  if (row.kind === "conv" || row.kind === "table conv") {
    if (groups > 1 && groups === row.input[0]) {
      return brief ? `dw ${stepWords(row)}` : `depthwise ${stepWords(row)}, ${maps}`;
    }
    const split = groups > 1 ? `, ${groups} groups` : "";
    const lead = brief && row.kind === "conv" ? "" : `${brief ? "table" : kind} `;
    return `${lead}${stepWords(row)}, ${maps}${split}`;
  }
  if (row.kind === "dense") {
    const last = ["softmax", "sigmoid"].includes(activationOf(row)) ? `, ${activationOf(row)}` : "";
    return brief ? `${maps}${last}` : `dense ${maps}${last}`;
  }
  if (row.kind === "rbf") return `RBF ${maps}`;
  if (row.layer.branches) return `${kind} ${maps}${flat ? "" : `@${row.out[1]}×${row.out[2]}`}`;
  if (row.kind === "flatten") return brief ? `flatten ${maps}` : `flatten to ${maps}`;
  if (row.kind === "adaptive average pool") return `${kind} to ${row.out[1]}×${row.out[2]}`;
  return "";
}

/** The text of a label for other sizes: what it says of its row is said of that row there. */
function labelFor(text, own, now) {
  for (const words of [
    (row) => printed(row.out),
    (row) => drawnWords(row, true),
    (row) => drawnWords(row, false),
  ]) {
    const before = words(own);
    if (before && text && before.endsWith(text)) return words(now).slice(before.length - text.length);
  }
  return text;
}

/** Rows by the numbers of a shape: runs of first and last. */
function rowsAt(rows, runs) {
  const found = [];
  for (let at = 0; at < runs.length; at += 2) {
    for (let number = Math.max(runs[at], 0); number <= runs[at + 1]; number++) found.push(rows[number]);
  }
  return found;
}

/** The names of the rows that a box of a drawing stands for. */
const ROWS_OF = new WeakMap();

/**
 * A drawing as an SVG element. `own` are the rows at the printed sizes, `now` at the reader's;
 * `input` is the shape that goes in; `open(rows)` is called for what is chosen.
 */
function drawn(drawing, own, now, input, words, open) {
  const [width, height] = drawing.size;
  const svg = shape("svg", {
    viewBox: `0 0 ${width} ${height}`,
    class: "drawing",
    role: "group",
    "aria-label": words,
  });
  svg.style.setProperty("--wide", width);
  const buttons = [];
  const title = (rows) =>
    rows.length === 1
      ? `${rows[0].name}: ${kindShown(rows[0])}, gives ${printed(rows[0].out)}`
      : `${rows[0].name} to ${rows.at(-1).name}: ${rows.length} rows`;
  for (const one of drawing.shapes) {
    if (one[0] === "e") {
      svg.append(...line(one));
    } else if (one[0] === "b") {
      const [, x, y, w, h, paint, role = "node", runs = [], times = 1, radius = 3, dashed = 0] = one;
      const box = shape("rect", {
        x: x,
        y: y,
        width: w,
        height: h,
        rx: radius,
        class: `box paint-${paint}${dashed ? " dashed" : ""}`,
      });
      const rows = runs.length && runs[0] >= 0 ? rowsAt(now, runs) : [];
      if (!rows.length || !["node", "join"].includes(role)) {
        svg.append(box);
        continue;
      }
      const button = shape(
        "g",
        {role: "button", tabindex: "-1", class: "row", "aria-label": title(rows)},
        shape("title", {}, title(rows)),
        box,
      );
      ROWS_OF.set(
        button,
        rows.map((row) => row.name),
      );
      button.addEventListener("click", () => open(rows));
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open(rows);
      });
      buttons.push([runs[0], button]);
      svg.append(button);
    } else {
      svg.append(label(one, own, now, input));
    }
  }
  buttons.sort((a, b) => a[0] - b[0]);
  if (buttons.length) buttons[0][1].setAttribute("tabindex", "0");
  const boxes = buttons.map(([, button]) => button); // in the order in which they compute
  roving(svg, () => boxes);
  return svg;
}

/** A text of a drawing at other sizes; `runs` are the rows that it speaks of, -1 is what goes in. */
function textAt(text, runs, own, now, input) {
  if (runs[0] === -1) return `input ${printed(input)}`;
  const one = runs.length === 2 && runs[0] === runs[1];
  return one ? labelFor(text, own[runs[0]], now[runs[0]]) : text;
}

function label(
  [, x, y, text, size, anchor = "middle", bold = 0, paint = "ink", runs = []],
  own,
  now,
  input,
) {
  const said = textAt(text, runs, own, now, input);
  const element = shape(
    "text",
    {
      x: x,
      y: y,
      "font-size": size,
      class: `text-${paint}`,
      "text-anchor": anchor === "start" ? null : anchor,
      "font-weight": bold ? "bold" : null,
    },
    said,
  );
  if (said.length > text.length + 1 && anchor !== "start") {
    // no wider than what was measured
    element.setAttribute("textLength", (text.length * size * 0.52).toFixed(1));
    element.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
  return element;
}

/** A line with rounded corners, and its tip. */
function line([, points, role = "edge", arrow = 1, dashed = 0]) {
  const at = (number) => [points[2 * number], points[2 * number + 1]],
    last = points.length / 2 - 1;
  let way = `M${at(0).join(" ")}`;
  for (let number = 1; number < last; number++) {
    const corner = at(number),
      start = toward(corner, at(number - 1)),
      end = toward(corner, at(number + 1));
    way += `L${start.join(" ")}Q${corner.join(" ")} ${end.join(" ")}`;
  }
  way += `L${at(last).join(" ")}`;
  const found = [shape("path", {d: way, class: `edge ${role}${dashed ? " dashed" : ""}`})];
  if (arrow) {
    const [ax, ay] = at(last - 1),
      [x, y] = at(last),
      long = Math.hypot(x - ax, y - ay) || 1;
    const dx = (x - ax) / long,
      dy = (y - ay) / long,
      [bx, by2] = [x - dx * 3.4, y - dy * 3.4];
    const corners = [
      [x, y],
      [bx - dy * 1.5, by2 + dx * 1.5],
      [bx + dy * 1.5, by2 - dx * 1.5],
    ];
    found.push(
      shape("polygon", {
        points: corners.map((c) => c.map((v) => v.toFixed(1)).join(",")).join(" "),
        class: "tip",
      }),
    );
  }
  return found;
}

/** The point 4 points from the start toward the end, at most half of the way. */
function toward(start, end) {
  const dx = end[0] - start[0],
    dy = end[1] - start[1],
    long = Math.hypot(dx, dy);
  const share = long ? Math.min(4 / long, 0.5) : 0;
  return [start[0] + dx * share, start[1] + dy * share].map((v) => Math.round(v * 10) / 10);
}

/** The legend of a drawing: its colours, and the sentences on its notation. */
function legendOf(drawing) {
  const boxes = drawing.shapes.filter((one) => one[0] === "b");
  const used = new Set(boxes.map((one) => one[5]));
  const sample = (paint, text) =>
    el("li", {}, el("span", {class: `swatch paint-${paint}`, "aria-hidden": "true"}), text);
  const items = Object.entries(PAINTS)
    .filter(([paint]) => used.has(paint))
    .map(([paint, text]) => sample(paint, text));
  if (used.has("normed")) items.push(sample("normed", "batch normalisation after it"));
  if (used.has("active"))
    items.push(sample("active", `${drawing.after.join(" or ") || "activation"} after it`));
  if (drawing.shapes.some((one) => one[0] === "e" && one[2] === "arc"))
    items.push(el("li", {}, "Arcs beside a sum are shortcuts"));
  return el(
    "div",
    {class: "legend"},
    el("ul", {class: "swatches"}, items),
    drawing.notes.map((text) => el("p", {}, text)),
  );
}
