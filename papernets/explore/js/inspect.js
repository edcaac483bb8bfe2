/* One value of a map, looked at: its map enlarged, and window times kernel with their numbers. */

/** Input maps whose windows are shown; of the others the sums are added. */
const MOST_WINDOWS = 16;

/** The place in a canvas at which a pointer is: [row, column]. */
function pixelAt(canvas, {clientX, clientY}) {
  const box = canvas.getBoundingClientRect();
  const along = (value, start, length, count) => Math.min(Math.max(Math.floor(((value - start) / length) * count), 0), count - 1);
  return [along(clientY, box.top, box.height, canvas.height), along(clientX, box.left, box.width, canvas.width)];
}

/** The pixel of the address within a row's maps; null where it has none. */
function pixelIn(text, [, rows, columns]) {
  const found = /^(\d{1,4}),(\d{1,4})$/.exec(text ?? "");
  return found && found[1] < rows && found[2] < columns ? [Number(found[1]), Number(found[2])] : null;
}

/** Says in `home` the value over which the pointer is, of maps that `values()` gives. */
function sayPointed(group, canvases, home, values) {
  group.addEventListener("pointermove", (event) => {
    const at = canvases.findIndex((canvas) => canvas === event.target);
    if (at < 0 || !values()) return say(home, "");
    const {height, width} = canvases[at],
      [row, column] = pixelAt(canvases[at], event);
    say(home, ` · map ${at}, row ${row}, column ${column}: ${numberWords(values()[(at * height + row) * width + column])}`);
  });
  group.addEventListener("pointerleave", () => say(home, ""));
}

/** A grid of numbers whose cells are filled later: [element, cells]. */
function numberGrid([height, width], words) {
  const cells = Array.from({length: height}, () => Array.from({length: width}, () => el("td", {})));
  return [el("table", {class: "cells", "aria-label": words}, el("tbody", {}, cells.map((line) => el("tr", {}, line)))), cells];
}

/** Fills a grid with numbers: as light as the maps are, and what is over the edge faint. */
function fillGrid(cells, numbers, most) {
  numbers.forEach((line, y) =>
    line.forEach((value, x) => {
      const light = Math.round(127.5 + (127.5 * (value ?? 0)) / most);
      say(cells[y][x], value === null ? "0" : shortNumber(value), {class: value === null ? "edge" : ""});
      cells[y][x].style.background = value === null ? "" : `rgb(${light} ${light} ${light})`;
      cells[y][x].style.color = value === null ? "" : light > 127 ? "#000" : "#fff";
    }),
  );
}

/** A number in few letters: 1.23, −0.08, 12.3. */
function shortNumber(value) {
  const size = Math.abs(value);
  const text = value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
  return (Number(text) ? text : text.replace("-", "")).replace("-", "\u2212");
}

/**
 * How a pixel of a map comes about. `step` is the row's of the program, `shape` its output;
 * `choose(pixel)` is told of another pixel, and of null when the view is closed. A view with `paint`.
 */
function pixelView(row, step, map, pixel, sources, positive, choose) {
  const [, height, width] = row.out,
    [y, x] = pixel,
    large = mapCanvas(height, width, `map ${map} of ${row.name}, enlarged`),
    value = el("b", {}),
    steps = el("p", {class: "sum"});
  const mark = el("span", {class: "mark", "aria-hidden": "true"});
  for (const [name, share] of Object.entries({top: y / height, left: x / width, width: 1 / width, height: 1 / height}))
    mark.style[name] = `${100 * share}%`;
  const pad = el(
    "div",
    {id: "pixel-map", class: "pixel-map", tabindex: "0", role: "application", "aria-roledescription": "map"},
    large,
    mark,
  );
  const go = ([row, column]) => {
    choose([Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)]);
    byId("pixel-map")?.focus();
  };
  pad.addEventListener("keydown", (event) => {
    const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (event.key === "Escape") return choose(null);
    if (!move) return;
    event.preventDefault();
    go([y + move[0], x + move[1]]);
  });
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    go(pixelAt(large, event));
  });
  const lines = sources.slice(0, MOST_WINDOWS).map((source) => {
    const [window, windowCells] = numberGrid(step.kernel, `window of map ${source}`),
      [kernel, kernelCells] = step.op === "conv" ? numberGrid(step.kernel, `kernel for map ${source}`) : ["", null];
    const total = el("b", {});
    return {
      element: el("li", {}, el("span", {class: "from"}, `map ${source}`), window, kernel && "\u00d7", kernel, el("span", {}, {pool: step.how === "max" ? "largest" : "average", subsample: "sum"}[step.op] || "products add up to"), total),
      windowCells: windowCells,
      kernelCells: kernelCells,
      total: total,
    };
  });
  const from = step.from[0] || "the input";
  return {
    section: el(
      "section",
      {class: "at-row pixel", "aria-label": "One value"},
      el(
        "h4",
        {},
        `${row.name}, map ${map}, row ${y}, column ${x}: `,
        value,
        " ",
        el("button", {type: "button", onclick: () => choose(null)}, "Close"),
      ),
      el(
        "div",
        {class: "pixel-parts"},
        el("figure", {}, pad, el("figcaption", {}, "Choose a pixel, or move with the arrow keys.")),
        el("div", {}, el("p", {class: "hint"}, `Its ${step.op === "conv" ? "windows" : "window"} of ${from}:`), el("ol", {class: "windows"}, lines.map((one) => one.element)), steps),
      ),
    ),
    paint: (answer) => {
      const told = pixelOf(answer, row.name, map, pixel),
        own = answer.map(row.name).values,
        reach = largestOf(answer.map(step.from[0]).values),
        heavy = Math.max(1e-9, ...told.parts.flatMap((part) => (part.kernel ? part.kernel.flat().map(Math.abs) : [])));
      paintMap(large, own.subarray(map * height * width, (map + 1) * height * width), largestOf(own), positive);
      say(value, numberWords(told.value));
      pad.setAttribute("aria-label", `${row.name}, map ${map}, row ${y}, column ${x}: ${numberWords(told.value)}. Arrow keys move, Escape closes.`);
      lines.forEach((line, at) => {
        const part = told.parts[at];
        fillGrid(line.windowCells, part.window, reach);
        if (part.kernel) fillGrid(line.kernelCells, part.kernel, heavy);
        say(line.total, numberWords(part.sum));
      });
      say(steps, sumWords(told));
    },
  };
}

/** Numbers added up in words: 2.1 − 3.2 + 0.5. */
function plused([first, ...others]) {
  return [first, ...others.map((one) => (one.startsWith("\u2212") ? `\u2212 ${one.slice(1)}` : `+ ${one}`))].join(" ");
}

function inBrackets(text) {
  return text.startsWith("\u2212") ? `(${text})` : text;
}

/** The sum of a pixel in words: the parts, the bias, what follows. */
function sumWords(told) {
  const {parts, op, how, weight, bias, total, activation, value} = told,
    [words] = FOLLOWS[activation] || [""];
  const added = parts.slice(0, MOST_WINDOWS).map((part) => numberWords(part.sum)),
    rest = parts.slice(MOST_WINDOWS);
  if (rest.length) added.push(`${numberWords(sum(rest.map((part) => part.sum)))} of ${rest.length} further maps`);
  const start = {
    conv: () => `${plused([...added, numberWords(bias)])} (bias) = ${numberWords(total)}`,
    subsample: () => `${plused([`${added[0]} \u00d7 ${inBrackets(numberWords(weight))} (its weight)`, numberWords(bias)])} (bias) = ${numberWords(total)}`,
    pool: () => `${how === "max" ? "The largest" : "The average"} of the window is ${numberWords(total)}`,
  }[op]();
  return words ? `${start}; then ${words} = ${numberWords(value)}` : start;
}
