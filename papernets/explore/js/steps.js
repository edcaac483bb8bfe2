/* The arithmetic of a layer or a block, line by line, with its numbers filled in: what
   `papernets explain NAME LAYER` says (papernets/arithmetic: sizes.py, counts.py, layer.py). */

/** A line of a calculation: what is worked out, with which numbers, to what, by which rule. */
function step(topic, what, formula, value, rule = "") {
  return {what: what, formula: formula, value: value, rule: rule, topic: topic};
}

/** The rule of an output size in letters and in numbers. */
function sizeRule(n, k, s, [before, after], out, ceil) {
  let letters = "N-F",
    numbers = `${n}-${k}`;
  if (before === after && before) [letters, numbers] = ["N-F+2*P", `${n}-${k}+2*${before}`];
  else if (before || after) [letters, numbers] = ["N-F+P1+P2", `${n}-${k}+${before}+${after}`];
  const rule = `(${letters})/S`,
    division = `(${numbers})/${s}`,
    span = n - k + before + after;
  if (span % s === 0) return [`${rule}+1`, `${division}+1`];
  if (!ceil) return [`floor(${rule})+1`, `floor(${division})+1`];
  if (out === Math.ceil(span / s) + 1) return [`ceil(${rule})+1`, `ceil(${division})+1`];
  return [`ceil(${rule})`, `ceil(${division})`]; // a window more would lie on padding alone
}

/** What a window leaves of a map of this size. */
function windowSteps(window, size) {
  const pads = padsOf(window, size),
    outs = slidOver(window, size);
  const side = (at) => [size[at], window.kernel[at], window.stride[at], pads[at], outs[at]];
  const several = equal(side(0), side(1))
    ? [["output height and width", 0]]
    : [
        ["output height", 0],
        ["output width", 1],
      ];
  return several.flatMap(([what, at]) => {
    const [n, k, s, [before, after], out] = side(at),
      found = [];
    if (window.padding === "same" && s > 1) {
      found.push(
        step(
          "output",
          `zeros for ${what.replace(/^output /, "")} ('same'): ${before} before, ${after} behind`,
          `max((ceil(${n}/${s})-1)*${s}+${k}-${n},0)`,
          before + after,
          "max((ceil(N/S)-1)*S+F-N,0)",
        ),
      );
    }
    const [rule, formula] = sizeRule(n, k, s, [before, after], out, window.ceil);
    return [...found, step("output", what, formula, out, rule)];
  });
}

/** The output's size, side by side where the sides differ, and the memory that it takes. */
function sizeSteps(row) {
  const {layer} = row,
    channels = row.out[0],
    size = volume(row.out),
    found = [];
  const window = reachOf(row);
  if (layer.is === "AdaptivePool") {
    ["height", "width"].forEach((side, at) => {
      const n = row.input[at + 1],
        out = pair(layer.size)[at];
      found.push(step("output", `output ${side}, as asked for`, "", out));
      found.push(
        step(
          "output",
          `windows, by ${side}`,
          "",
          `value i averages floor(i*${n}/${out}) to ceil((i+1)*${n}/${out})-1`,
        ),
      );
    });
  } else if (window) {
    found.push(...windowSteps(window, row.input.slice(1)));
  } else if (layer.is === "Concat") {
    found.push(
      step("output", "output maps", row.ends.map((end) => end[0]).join("+"), channels, "D1+D2+..."),
    );
  } else if (layer.is === "Flatten") {
    found.push(step("output", "output values", product(...row.input), channels, "D*H*W"));
  }
  if (layer.is === "PadShortcut") {
    found.push(
      step(
        "output",
        "output maps: those of the input and maps of zeros",
        `${row.input[0]}+${channels - row.input[0]}`,
        channels,
      ),
    );
  }
  found.push(step("output", "neurons (output values)", product(...row.out), size, "K*H*W"));
  found.push(step("memory", "bytes in float32", product(4, size), 4 * size));
  found.push(step("memory", "bytes in float16", product(2, size), 2 * size));
  return found;
}

function paramSteps(row) {
  const {layer} = row,
    d = row.input[0],
    k = row.out[0],
    {norm} = layer,
    found = [];
  const more = norm ? `+${norm.scale ? 2 : 1}*${k}` : "",
    letters = norm ? `+${norm.scale ? 2 : 1}*K` : "";
  const add = (...one) => found.push(step("parameters", ...one));
  const total = "trained parameters";
  if (layer.is === "Conv") {
    const [fh, fw] = pair(layer.kernel),
      split = layer.groups > 1;
    const inside = `${fh}*${fw}*` + (split ? `(${d}/${layer.groups})` : `${d}`);
    const rule = split ? "F*F*(D/G)" : "F*F*D";
    add("weights of one filter", inside, fh * fw * Math.floor(d / layer.groups), rule);
    const [one, whole] = layer.bias ? [`(${rule}+1)`, `(${inside}+1)`] : [rule, inside];
    add(total, `${whole}*${k}${more}`, row.params, `${one}*K${letters}`);
  } else if (layer.is === "TableConv") {
    const [fh, fw] = pair(layer.kernel),
      fans = fansOf(layer);
    add("kernels, one a cross", fans.map(([fan, n]) => `${n}*${fan}`).join("+"), kernelsOf(layer));
    add(
      total,
      fans.map(([fan, n]) => `${n}*(${fan}*${fh}*${fw}+1)`).join("+"),
      row.params,
      "sum of maps*(inputs*F*F+1)",
    );
  } else if (layer.is === "Subsample") {
    add(total, product(2, k), row.params, "2*K");
  } else if (layer.is === "Dense") {
    const [inside, rule] = layer.bias ? [`(${d}+1)*${k}`, "(N+1)*K"] : [`${d}*${k}`, "N*K"];
    add(total, inside + more, row.params, rule + letters);
  } else if (layer.is === "RBF") {
    add(total, "", 0);
    add("fixed weights, a code a class", product(layer.codes.count, d), row.fixed, "K*N");
  } else if (layer.is === "BatchNorm") {
    const factor = norm.scale ? 2 : 1;
    add(total, product(factor, k), row.params, `${factor}*K`);
  } else {
    add(total, "", row.params);
  }
  if (norm) {
    const factor = norm.scale ? 2 : 1;
    add(
      norm.scale ? "of these gamma and beta" : "of these beta, without gamma",
      product(factor, k),
      factor * k,
      `${factor}*K`,
    );
    add("running mean and variance", product(2, k), statisticsOf(row), "2*K");
  }
  return found;
}

/** The rule and the numbers of a row's multiply-adds; empty where it has none. */
function macRule(row) {
  const {layer} = row,
    d = row.input[0],
    [k, h, w] = row.out;
  if (layer.is === "Conv") {
    const [fh, fw] = pair(layer.kernel);
    return layer.groups > 1
      ? ["W*H*F*F*(D/G)*K", `${product(w, h, fh, fw)}*(${d}/${layer.groups})*${k}`]
      : ["W*H*F*F*D*K", product(w, h, fh, fw, d, k)];
  }
  if (layer.is === "TableConv")
    return ["W*H*F*F*kernels", product(w, h, ...pair(layer.kernel), kernelsOf(layer))];
  if (layer.is === "Dense") return ["N*K", product(d, k)];
  if (layer.is === "RBF") return ["N*K", h === 1 && w === 1 ? product(d, k) : product(w, h, d, k)];
  return ["", ""];
}

function connectionRule(row) {
  const {layer} = row,
    d = row.input[0],
    [k, h, w] = row.out;
  if (layer.is === "Conv") {
    const [fh, fw] = pair(layer.kernel),
      split = layer.groups > 1;
    let inside = `${fh}*${fw}*` + (split ? `(${d}/${layer.groups})` : `${d}`);
    let rule = split ? "F*F*(D/G)" : "F*F*D";
    if (layer.bias) [inside, rule] = [`(${inside}+1)`, `(${rule}+1)`];
    return [`${rule}*K*W*H`, `${inside}*${k}*${w}*${h}`];
  }
  if (layer.is === "TableConv") return ["parameters*W*H", product(row.params, w, h)];
  if (layer.is === "Subsample") {
    const [fh, fw] = pair(layer.kernel);
    return ["(F*F+1)*K*W*H", `(${fh}*${fw}+1)*${k}*${w}*${h}`];
  }
  if (layer.is === "Dense") return layer.bias ? ["(N+1)*K", `(${d}+1)*${k}`] : ["N*K", product(d, k)];
  if (layer.is === "RBF") return macRule(row);
  return ["", ""];
}

function countSteps(row) {
  const [rule, formula] = macRule(row),
    found = paramSteps(row);
  found.push(step("multiply-adds", "multiply-adds (MACs)", formula, row.macs, rule));
  if (row.connections) {
    const [letters, numbers] = connectionRule(row);
    found.push(step("connections", "connections", numbers, row.connections, letters));
  }
  return found;
}

/** Values of neighbouring maps at one place, for an example of local response normalisation. */
const AROUND = [30, 0, 100, 60, 10];

function exampleSteps(row) {
  const {layer} = row;
  if (layer.is !== "LRN") return [];
  const maps = row.input[0],
    middle = Math.floor(maps / 2),
    half = Math.floor(layer.size / 2);
  const first = Math.max(middle - half, 0),
    last = Math.min(middle - half + layer.size, maps) - 1;
  const around = [];
  for (let at = first; at <= last; at++) around.push(AROUND[(((at - middle + 2) % 5) + 5) % 5]);
  const total = sum(around.map((value) => value * value));
  const [k, alpha, beta] = [layer.k, layer.alpha, layer.beta].map(exact);
  const below = (layer.k + layer.alpha * total) ** layer.beta;
  return [
    step(
      "example",
      `sum of squares, where maps ${first} to ${last} hold ${around.join(", ")} at one place`,
      around.map((value) => `${value}**2`).join("+"),
      total,
      "sum of x*x",
    ),
    step(
      "example",
      "what the value is divided by",
      `(${k}+${alpha}*${total})**${beta}`,
      below,
      "(k+alpha*sum)**beta",
    ),
    step(
      "example",
      `map ${middle}: 100 becomes`,
      `100/(${k}+${alpha}*${total})**${beta}`,
      100 / below,
      "x/(k+alpha*sum)**beta",
    ),
  ];
}

/** A block's sums: a term for each row that has some. */
function blockSteps(rows) {
  return [
    ["output", "neurons of all its rows", (row) => volume(row.out)],
    ["parameters", "trained parameters", (row) => row.params],
    ["parameters", "fixed weights", (row) => row.fixed],
    ["parameters", "running statistics", statisticsOf],
    ["multiply-adds", "multiply-adds (MACs)", (row) => row.macs],
    ["connections", "connections", (row) => row.connections],
  ].flatMap(([topic, what, of]) => {
    const terms = rows.map(of).filter(Boolean);
    return terms.length || /^(trained|multiply)/.test(what)
      ? [step(topic, what, terms.join("+"), sum(terms), "sum of its rows")]
      : [];
  });
}
