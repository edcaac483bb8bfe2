/* One layer as pictures: the picture that goes in, the layer's input and its output, with one unit
   and all that it sees. */

/** The side, in pixels of the page, of the largest of the squares. */
const SQUARE = 150;

const SIDES = {top: "above", bottom: "below", left: "on the left", right: "on the right"};

/** A map of `height` by `width` as a square with a grid, where its values are few enough. */
function square(height, width, words, ...marks) {
  const scale = SQUARE / Math.max(height, width),
    h = height * scale,
    w = width * scale,
    pad = 14;
  const svg = shape(
    "svg",
    {
      viewBox: `${-pad} ${-pad} ${w + 2 * pad} ${h + 2 * pad}`,
      class: "square",
      width: w + 2 * pad,
      height: h + 2 * pad,
      role: "img",
      "aria-label": words,
    },
    shape("rect", {x: 0, y: 0, width: w, height: h, class: "sheet"}),
  );
  if (Math.max(height, width) <= 40) {
    let way = "";
    for (let y = 1; y < height; y++) way += `M0 ${y * scale}H${w}`;
    for (let x = 1; x < width; x++) way += `M${x * scale} 0V${h}`;
    svg.append(shape("path", {d: way, class: "grid"}));
  }
  for (const mark of marks.filter(Boolean)) {
    const [top, left, bottom, right] = mark.part;
    const least = 3; // pixels that a single value has at least, so that it is seen
    const clip = (value, most) => Math.min(Math.max(value, -pad / scale), most + pad / scale);
    const [t, l] = [clip(top, height), clip(left, width)];
    const [b, r] = [clip(bottom + 1, height), clip(right + 1, width)];
    svg.append(
      shape("rect", {
        x: l * scale,
        y: t * scale,
        width: Math.max((r - l) * scale, least),
        height: Math.max((b - t) * scale, least),
        class: `mark ${mark.class}`,
      }),
    );
  }
  return {svg: svg, scale: scale, pad: pad};
}

/** A rectangle in words: "rows 3 to 9, columns 0 to 6". */
function rectangleWords([top, left, bottom, right]) {
  const run = (what, a, b) => (a === b ? `${what} ${a}` : `${what}s ${a} to ${b}`);
  return `${run("row", top, bottom)}, ${run("column", left, right)}`;
}

/** How large a rectangle is: "7×7". */
function extentOf([top, left, bottom, right]) {
  return `${bottom - top + 1}×${right - left + 1}`;
}

/**
 * The unit [row, column] of a layer or block with its window and its fields: all paths together, and where
 * they differ the largest and the smallest. `choose([row, column])` is called for another unit.
 */
function unitView(graph, paths, place, at, choose) {
  const row = place.end,
    input = graph.shape(place.start),
    its = place.isBlock ? "the block's input" : "its input";
  const [, rows, columns] = row.out,
    [, height, width] = graph.net.input;
  const whole = unitRectangle(graph, row.name, at);
  const [largest, smallest] = [paths.largest(row.name), paths.smallest(row.name)];
  const apart = largest && smallest && !equal(largest.size, smallest.size);
  const along = (reach) => unitRectangle(graph, row.name, at, pathOf(reach));
  const big = apart ? along(largest) : null,
    little = apart ? along(smallest) : null;
  const taken = inputRectangle(graph, place, at);
  const source = square(
    input[1],
    input[2],
    `The ${place.isBlock ? "block" : "layer"}'s input: the unit looks at ${rectangleWords(taken)}`,
    {part: taken, class: "window"},
  );
  const sheet = square(
    height,
    width,
    `The picture: the unit sees ${rectangleWords(whole)}`,
    {part: whole, class: "field"},
    big && {part: big, class: "largest"},
    little && {part: little, class: "smallest"},
  );
  const out = square(rows, columns, `The output: unit ${at[0]},${at[1]} of ${rows}x${columns}`, {
    part: [...at, ...at],
    class: "unit",
  });
  pickable(out, rows, columns, at, choose);
  const caption = (title, text) => el("figcaption", {}, el("b", {}, title), ` ${text}`);
  const {outside} = unitDict(graph, row.name, at);
  const beyond = Object.entries(outside)
    .filter(([, count]) => count)
    .map(([side, count]) => `${count} ${SIDES[side]}`);
  return el(
    "div",
    {class: "unit-view"},
    el("p", {class: "hint"}, "Choose a unit of the output: click, touch, or arrow keys."),
    el(
      "div",
      {class: "squares"},
      el("figure", {}, sheet.svg, caption("Picture", `${height}×${width}`)),
      el("span", {class: "to", "aria-hidden": "true"}, "→"),
      el("figure", {}, source.svg, caption("Input", printed(input))),
      el("span", {class: "to", "aria-hidden": "true"}, "→"),
      el("figure", {}, out.svg, caption("Output", printed(row.out))),
    ),
    el(
      "ul",
      {class: "fields"},
      el("li", {}, el("span", {class: "key unit"}), `Unit ${at[0]},${at[1]} of each map`),
      el(
        "li",
        {},
        el("span", {class: "key window"}),
        `looks at ${extentOf(taken)} of ${its}: ${rectangleWords(taken)}`,
      ),
      el(
        "li",
        {},
        el("span", {class: "key field"}),
        `sees ${extentOf(whole)} of the picture${apart ? ", all paths together" : ""}: ${rectangleWords(whole)}` +
          (beyond.length ? `; in the padding ${beyond.join(", ")}` : ""),
      ),
      big &&
        el(
          "li",
          {},
          el("span", {class: "key largest"}),
          `the largest path sees ${extentOf(big)}: its layers are dashed in the drawing`,
        ),
      little &&
        el(
          "li",
          {},
          el("span", {class: "key smallest"}),
          `the smallest path sees ${extentOf(little)}: its layers are dotted`,
        ),
    ),
  );
}

/** Makes a square one in which a unit is chosen, by pointer or by keys. */
function pickable({svg, scale, pad}, rows, columns, at, choose) {
  if (rows * columns === 1) return;
  svg.setAttribute("role", "application");
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("aria-roledescription", "map of units");
  svg.classList.add("pick");
  const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
  svg.addEventListener("pointerdown", (event) => {
    const box = svg.getBoundingClientRect(),
      view = svg.viewBox.baseVal;
    const ratio = view.width / box.width;
    const x = (event.clientX - box.left) * ratio - pad,
      y = (event.clientY - box.top) * ratio - pad;
    choose([within(Math.floor(y / scale), rows), within(Math.floor(x / scale), columns)]);
  });
  svg.addEventListener("keydown", (event) => {
    const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (!move) return;
    event.preventDefault();
    choose([within(at[0] + move[0], rows), within(at[1] + move[1], columns)]);
  });
}
