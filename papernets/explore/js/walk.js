/* One walk over a network gives its rows: shapes, parameters, MACs, receptive fields, words
   (papernets/spec/walk.py). The reader's channels, height, width and classes go in. */

/** A part's full name within its parent; a part named "" takes its parent's name. */
function dotted(prefix, name) {
  return prefix && name ? `${prefix}.${name}` : prefix || name;
}

/** A number of the data, or one that follows from the classes or the channels: "8*channels". */
function meant(value, sizes) {
  if (typeof value !== "string") return value;
  const found = value.match(/^(?:(\d+)\*)?(classes|channels)$/);
  return found ? Number(found[1] || 1) * sizes[found[2]] : value;
}

/**
 * A network of the page's data for sizes of the reader's own.
 * Its parts are numbered there, and equal ones written once; here they are a tree of layers.
 */
function instantiate(data, sizes) {
  const made = new Map();
  const make = (number) => {
    if (made.has(number)) return made.get(number);
    const part = {...DEFAULTS[data.parts[number].is], ...data.parts[number]};
    for (const [key, value] of Object.entries(part)) {
      if (key === "parts" || key === "branches") {
        part[key] = value.map(([name, inner]) => [name, make(inner)]);
      } else if (key === "head") {
        part[key] = make(value);
      } else if (key === "norm" && value) {
        part[key] = {...NO_NORM, ...value};
      } else if (key === "codes") {
        part[key] = {...value, count: meant(value.count, sizes)};
      } else if (key === "out" || key === "groups") {
        part[key] = meant(value, sizes);
      }
    }
    made.set(number, part);
    return part;
  };
  return {
    name: nameFor(data, sizes),
    input: [sizes.channels, sizes.height, sizes.width],
    classes: sizes.classes,
    body: make(data.body),
    count: data.count || 1,
    data: data,
  };
}

/** What a network is called for an input: MobileNet's name says its size. */
function nameFor(data, sizes) {
  if (!data.names) return data.name;
  const {height, width} = sizes,
    size = height === width ? `${height}` : `${height}x${width}`;
  return Object.hasOwn(data.names.at, size) ? data.names.at[size] : data.names.form.replace("{}", size);
}

/** The sizes that a network is printed with. */
function ownSizes(data) {
  const [channels, height, width] = data.input;
  return {channels: channels, height: height, width: width, classes: data.classes};
}

/**
 * What is done at each part on the way through a tree; a value goes along with the data.
 * `visit` has `layer(name, layer, value)`, `join(name, join, value, ends)` and, if heads are more
 * than their layers, `head(name, aux, value, go)`.
 */
function through(visit, part, value, name = "") {
  if (part.is === "Chain") {
    for (const [child, inner] of part.parts) value = through(visit, inner, value, dotted(name, child));
    return value;
  }
  if (part.is === "Aux") {
    const go = () => through(visit, part.head, value, name);
    if (visit.head) visit.head(name, part, value, go);
    else go();
    return value;
  }
  if (part.branches) {
    const ends = part.branches.map(([child, inner]) => through(visit, inner, value, dotted(name, child)));
    return visit.join(name, part, value, ends);
  }
  return visit.layer(name, part, value);
}

/** A window that does not fit on its input. */
class TooSmall extends Impossible {}

/** What value 0 sees at first: one pixel. */
const ONE_PIXEL = {first: [0, 0], last: [0, 0], step: [1, 1]};

function fieldSize(field) {
  return [0, 1].map((at) => field.last[at] - field.first[at] + 1);
}

/** The field after a window that slides over a map of this size. */
function fieldThrough(field, window, size) {
  const pads = padsOf(window, size);
  const at = (one) => ({
    first: field.first[one] - pads[one][0] * field.step[one],
    last: field.last[one] + (window.kernel[one] - 1 - pads[one][0]) * field.step[one],
    step: field.step[one] * window.stride[one],
  });
  const [down, across] = [at(0), at(1)];
  return {
    first: [down.first, across.first],
    last: [down.last, across.last],
    step: [down.step, across.step],
  };
}

/** The field of a value made from both: from the first pixel of either to the last. */
function fieldJoined(one, other) {
  const both = (choose, key) => [0, 1].map((at) => choose(one[key][at], other[key][at]));
  return {first: both(Math.min, "first"), last: both(Math.max, "last"), step: both(Math.max, "step")};
}

/** The rows of a network in the order in which it computes them; an Impossible says what fails. */
function walk(net) {
  const rows = [];
  let beside = false;
  const said = (name, action) => {
    try {
      return action();
    } catch (error) {
      if (error instanceof Impossible) throw new Impossible(`${name}: ${error.message}`);
      throw error;
    }
  };
  const row = (name, kind, layer, s, out, field, more) => {
    rows.push({
      name: name,
      kind: kind,
      layer: layer,
      input: s,
      out: out,
      aux: beside,
      ends: [],
      params: 0,
      fixed: 0,
      macs: 0,
      connections: 0,
      field: field ? fieldSize(field) : null,
      step: field ? field.step : null,
      start: field ? field.first : null,
      ...more,
    });
    return {shape: out, field: field};
  };
  const visit = {
    layer(name, layer, value) {
      const kind = LAYERS[layer.is],
        s = value.shape;
      const out = said(name, () => {
        kind.check(layer, s);
        return kind.shape(layer, s);
      });
      if (out[0] < 1) throw new Impossible(`${name}: it gives no map at all`);
      if (Math.min(...out) < 1) {
        const k = kind.window(layer).kernel;
        throw new TooSmall(
          `${name}: a ${k[0]}x${k[1]} window does not fit on its input of ${s[1]}x${s[2]}`,
        );
      }
      let field = value.field;
      if (kind.seesAll(layer, s)) field = null;
      else if (field) {
        const reach = kind.reach(layer, s);
        if (reach) field = fieldThrough(field, reach, s.slice(1));
      }
      return row(name, kind.kind(layer), layer, s, out, field, {
        params: kind.params(layer, s),
        fixed: kind.fixed(layer, s),
        macs: kind.macs(layer, s),
        connections: kind.connections(layer, s),
      });
    },
    join(name, join, value, ends) {
      const shapes = ends.map((end) => end.shape);
      const out = said(name, () => JOINS[join.is].shape(join, shapes));
      let field = ends[0].field;
      for (const {field: other} of ends.slice(1)) {
        field = field && other ? fieldJoined(field, other) : null;
      }
      return row(name, JOINS[join.is].kind(join), join, value.shape, out, field, {ends: shapes});
    },
    head(name, aux, value, go) {
      const outside = beside;
      beside = !aux.counted;
      go();
      beside = outside;
    },
  };
  try {
    through(visit, net.body, {shape: net.input, field: ONE_PIXEL});
  } catch (error) {
    if (!(error instanceof TooSmall)) throw error;
    throw new Impossible(`${error.message}: ${whatWorks(net)}, not ${net.input[1]}x${net.input[2]}`);
  }
  return rows;
}

/** The arithmetic of a row filled in, in one line. */
function formulaOf(row) {
  const {layer} = row;
  return layer.branches ? JOINS[layer.is].words(layer, row.ends) : LAYERS[layer.is].words(layer, row.input);
}

function settingsOf(row) {
  const {layer} = row;
  return (layer.branches ? JOINS : LAYERS)[layer.is].settings(layer, row.input);
}

/** The sliding window, or null for a row without one. */
function windowOf(row) {
  return row.layer.branches ? null : LAYERS[row.layer.is].window(row.layer, row.input);
}

/** The window that an output value sees of its input; null where it is one value. */
function reachOf(row) {
  return row.layer.branches ? null : LAYERS[row.layer.is].reach(row.layer, row.input);
}

function seesAll(row) {
  return !row.layer.branches && LAYERS[row.layer.is].seesAll(row.layer, row.input);
}

function groupsOf(row) {
  return row.layer.groups || 1;
}

function activationOf(row) {
  return row.layer.activation || null;
}

/** What it is, with its window and step: "conv 3x3/2". */
function kindAndWindow(row) {
  const window = windowOf(row);
  if (!window) return row.kind;
  const {kernel, stride} = window;
  const step = stride[0] === 1 && stride[1] === 1 ? "" : `/${stride[0]}`;
  return `${row.kind} ${kernel[0]}x${kernel[1]}${step}`;
}

/** The groups, the settings and the activation in a few words each, in order of use. */
function detailsOf(row) {
  const groups = groupsOf(row);
  const split = groups > 1 ? (groups === row.input[0] ? "depthwise" : `${groups} groups`) : "";
  const {norm = "", ...said} = phrases(settingsOf(row));
  return [split, ...Object.values(said), norm, activationOf(row)].filter(Boolean);
}

/** Running means and variances that a row keeps. */
function statisticsOf(row) {
  return row.layer.norm ? 2 * row.out[0] : 0;
}

/** Sums over the rows of the network that predicts; auxiliary heads apart. */
function totalsOf(rows) {
  const main = rows.filter((row) => !row.aux),
    heads = rows.filter((row) => row.aux);
  return {
    params: sum(main.map((row) => row.params)),
    fixed_params: sum(main.map((row) => row.fixed)),
    macs: sum(main.map((row) => row.macs)),
    connections: sum(main.map((row) => row.connections)),
    aux_params: sum(heads.map((row) => row.params)),
    aux_macs: sum(heads.map((row) => row.macs)),
    activations: sum(main.map((row) => volume(row.out))),
  };
}
