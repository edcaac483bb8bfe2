/* A network at work: a program of steps with its weights, every row's values for one picture. */

/** Bytes of weights up to which a network keeps them as they came, to be looked at. */
const KEPT = 4e6;
const PICTURE = ""; // what stands for the network's input among a step's sources

/** Memory as it is laid out, before it is taken: values, weights, and what steps share. */
class Place {
  constructor(kernels, tensors) {
    this.kernels = kernels;
    this.tensors = tensors;
    this.end = kernels.begin;
    this.fills = []; // what is written into memory once it is there
    this.shared = {padded: {at: 0, count: 0}, windows: {at: 0, count: 0}};
  }

  /** A place for so many numbers, at a multiple of 16 bytes. */
  room(count) {
    const at = this.end;
    this.end += 4 * Math.ceil(count / 4) * 4;
    return at;
  }

  /** The numbers of a tensor of the program. */
  numbers(tensor) {
    return tensorOf(tensor, this.tensors);
  }

  /** A tensor in memory; zeros where the program has none. */
  hold(tensor, count) {
    const at = this.room(count);
    if (tensor) this.fills.push(() => this.kernels.heap.set(this.numbers(tensor), at / 4));
    return {at: at};
  }

  /**
   * The weights (groups, maps, terms) of a convolution, as its kernel reads them; those of a
   * connection table, which has kernels of so many values, with zeros.
   */
  packed(tensor, groups, maps, terms, table, kernel) {
    const size = Math.ceil(maps / 4) * 4 * terms, at = this.room(groups * size);
    this.fills.push(() => {
      const given = this.numbers(tensor), {heap, kind} = this.kernels;
      const numbers = table ? withZeros(given, table, terms, kernel) : given;
      for (let group = 0; group < groups; group++) {
        const to = at / 4 + group * size, from = group * maps * terms;
        if (kind === "javascript") heap.set(numbers.subarray(from, from + maps * terms), to);
        else for (let map = 0; map < maps; map++) {
          const first = to + Math.floor(map / 4) * 4 * terms + map % 4, row = from + map * terms;
          for (let term = 0; term < terms; term++) heap[first + 4 * term] = numbers[row + term];
        }
      }
    });
    return {at: at};
  }

  /** Room for padded maps, which steps use one after another. */
  padded(count) {
    return this._shared("padded", count);
  }

  /** Room for windows, the same. */
  windows(count) {
    return this._shared("windows", count);
  }

  _shared(name, count) {
    const shared = this.shared[name];
    shared.count = Math.max(shared.count, count);
    return shared;
  }

  /** Takes the memory, and writes the weights into it. */
  take() {
    for (const shared of Object.values(this.shared)) shared.at = this.room(shared.count);
    this.kernels.take(this.end + 64);
    for (const fill of this.fills) fill();
    this.fills = [];
  }
}

/** The kernels of a connection table in their places among all that there could be. */
function withZeros(numbers, table, terms, kernel) {
  const found = new Float32Array(table.length * terms);
  let at = 0;
  table.forEach((sources, map) => {
    for (const source of sources) {
      found.set(numbers.subarray(at, at + kernel), map * terms + source * kernel);
      at += kernel;
    }
  });
  return found;
}

/** A network that is ready: `run` it on pictures. Made by `load`. */
class Network {
  constructor(program, kernels, bytes) {
    const place = new Place(kernels, bytes), values = new Map();
    const [channels, height, width] = program.input;
    values.set(PICTURE, {at: place.room(channels * height * width), shape: program.input});
    const steps = [];
    for (const step of program.steps) {
      const reads = step.from.map((name) => values.get(name));
      const same = step.op === "same"; // what it was given, perhaps of another shape
      const y = {at: same ? reads[0].at : place.room(volume(step.out)), shape: step.out};
      if (!same) steps.push({name: step.name, run: ready(step, reads, y, place)});
      values.set(step.name, y);
    }
    place.take();
    Object.assign(this, {program, kernels, values, steps, eyes: eyesOf(program, bytes), runs: 0});
    this.bytes = bytes.length <= KEPT ? bytes : null;
    this.kernelsSeen = kernelsSeen(program, bytes);
    this.camWeights = program.cam?.weight ? tensorOf(program.cam.weight, bytes) : null;
  }

  /** "wasm" or "javascript": what computes the layers. */
  get kind() {
    return this.kernels.kind;
  }

  get classes() {
    return this.program.classes;
  }

  /** Whether its weights can still be read, tensor by tensor: those of a small network. */
  get holdsWeights() {
    return this.bytes !== null;
  }

  /** The numbers of a tensor of the program, such as a step's `weight`. */
  numbersOf(tensor) {
    return tensorOf(tensor, this.bytes);
  }

  /**
   * What the network says of a picture: RGBA, 4 bytes for each of width times height pixels.
   * EngineError for pixels that are no picture, or that this network does not read.
   */
  run(pixels, width, height) {
    return this.runInput(prepared(this.eyes, pixels, width, height));
  }

  /** The same for maps of 0 to 255 as the network's pictures are stored, channel by channel. */
  runStored(maps) {
    const [height, width] = this.eyes.picture, channels = maps.length / (height * width);
    if (channels !== 1 && channels !== this.eyes.channels) {
      throw new EngineError(`${maps.length} values: a stored picture has ${height}x${width} a channel`);
    }
    return this.runInput(inputOf({values: Float32Array.from(maps), channels, height, width}, this.eyes));
  }

  /** The same for an input that is prepared: float32, channel by channel. */
  runInput(input) {
    const {at, shape} = this.values.get(PICTURE), {heap} = this.kernels;
    if (input.length !== volume(shape)) {
      throw new EngineError(`an input of ${input.length} values: ${this.program.name} takes `
        + `${shape.join("x")}, ${volume(shape)}`);
    }
    heap.set(input, at / 4);
    for (const {run} of this.steps) run();
    return new Output(this, ++this.runs);
  }
}

/**
 * The kernels of the first layer as pictures, where it is a convolution of one channel: {name, maps,
 * height, width, values}; null elsewhere.
 */
function kernelsSeen({input, steps: [first]}, bytes) {
  if (first?.op !== "conv" || first.table || input[0] !== 1) return null;
  const [height, width] = first.kernel;
  return {name: first.name, maps: first.out[0], height, width, values: tensorOf(first.weight, bytes)};
}

/** What a network says of one picture. */
class Output {
  constructor(network, number) {
    const {program} = network;
    this.network = network;
    this.number = number;
    const own = this._values(program.output);
    /** What the network gives: one number a class; 0 and its own where one output tells two apart. */
    this.logits = program.outputs === 1 ? Float32Array.of(0, own[0]) : own;
    /** Scores from 0 to 1 as `papernets predict` prints them. */
    this.scores = softmax(this.logits.map((value) => value * program.scale));
  }

  _values(name) {
    const value = this.network.values.get(name);
    if (!value) throw new EngineError(`no row ${JSON.stringify(name)} in ${this.network.program.name}`);
    if (this.number !== this.network.runs) {
      throw new EngineError("the network was shown another picture since: run it again on this one");
    }
    return this.network.kernels.heap.slice(value.at / 4, value.at / 4 + volume(value.shape));
  }

  /** The best classes, at most so many: {index, label, score}; of equal ones the first is first. */
  top(count = 5) {
    const order = Array.from(this.scores, (_, at) => at);
    order.sort((a, b) => this.logits[b] - this.logits[a] || a - b);
    return order.slice(0, count).map((at) => (
      {index: at, label: this.network.classes[at], score: this.scores[at]}));
  }

  /** A row's values by its name: {channels, height, width, values}; "" is the network's input. */
  map(name) {
    const values = this._values(name);
    const [channels, height, width] = this.network.values.get(name).shape;
    return {channels: channels, height: height, width: width, values: values};
  }

  /**
   * The class activation map of a class (Zhou et al. 2016): {height, width, values}, the last maps
   * weighted as the class weights their averages. Its mean, and the class's bias, are its logit.
   */
  cam(index) {
    const {cam, outputs, classes, name} = this.network.program;
    if (!cam) throw new EngineError(`${name} has no class activation maps: ${this.network.program.no_cam}`);
    if (!Number.isInteger(index) || index < 0 || index >= classes.length) {
      throw new EngineError(`no class ${index}: there are ${classes.length}, from 0`);
    }
    const {channels, height, width, values} = this.map(cam.maps), pixels = height * width;
    const found = new Float32Array(pixels), unit = outputs === 1 ? 0 : index;
    if (outputs === 1 && index === 0) return {height: height, width: width, values: found};
    for (let channel = 0; channel < channels; channel++) {
      const own = this.network.camWeights;
      const weight = own ? own[unit * channels + channel] : Number(channel === unit);
      for (let at = 0; at < pixels; at++) found[at] += weight * values[channel * pixels + at];
    }
    return {height: height, width: width, values: found};
  }
}

/**
 * A network from what papernets.explore.engine.export wrote: the program, as JSON or its text; the
 * weights, as bytes or in base64; and the kernels' bytes, or null to do without WebAssembly.
 */
async function load(program, weights, wasm = null) {
  const read = typeof program === "string" ? JSON.parse(program) : program;
  if (read.format !== FORMAT) {
    throw new EngineError(`a program of format ${read.format}: this engine reads ${FORMAT}. Make the page again`);
  }
  const bytes = bytesOf(weights);
  if (bytes.length !== read.bytes) {
    throw new EngineError(`${bytes.length} bytes of weights, and ${read.bytes} are meant: the page is cut short`);
  }
  const unknown = read.steps.find((step) => step.op !== "same" && !Object.hasOwn(LAYERS, step.op));
  if (unknown) throw new EngineError(`${unknown.name}: this engine has no layer ${JSON.stringify(unknown.op)}`);
  const code = wasm && bytesOf(wasm);
  const kernels = code && runsKernels(code) ? await wasmKernels(code).catch(javascriptKernels) : javascriptKernels();
  return new Network(read, kernels, bytes);
}

const FORMAT = 1;
