/* A network over a wider picture: all its layers slide, so that it gives its outputs at many places
   in one pass (LeCun et al. 1998, section VII). As papernets.rewrite makes dense layers
   convolutions; the weights are the same bytes. */

const SLIDES = new Set(["conv", "subsample", "pool", "affine", "active", "lrn", "rbf"]);

/**
 * The program for a picture of so many columns. A dense layer becomes a convolution with a kernel as
 * large as its maps are at the network's own width. EngineError names a layer that cannot slide.
 */
function widened(program, columns) {
  const [channels, height, width] = program.input;
  if (!Number.isInteger(columns) || columns < width) {
    throw new EngineError(`${columns} columns: ${program.name} takes ${width} or more`);
  }
  const shapes = new Map([[PICTURE, {own: program.input, wide: [channels, height, columns]}]]);
  const steps = program.steps.map((step) => {
    const [from, ...more] = step.from.map((name) => shapes.get(name));
    if (more.length) throw cannotSlide(program, step, WHOLE);
    const made = slid(program, step, from);
    shapes.set(step.name, {own: made.op === "same" ? from.own : step.out, wide: made.out});
    return made;
  });
  return {...program, input: [channels, height, columns], steps: steps};
}

/** A step over a wider value; `own` is the shape that it has at the network's own width. */
function slid(program, step, {own, wide}) {
  if (step.op === "same") return {...step, out: wide}; // maps stay maps, where they were made a column
  const as = step.op === "dense"
    ? {...step, op: "conv", kernel: own.slice(1), stride: [1, 1], pads: [0, 0, 0, 0], groups: 1}
    : step;
  const [, high, wideSide] = wide, [left, right] = (as.pads || [0, 0, 0, 0]).slice(2);
  if (!SLIDES.has(as.op)) throw cannotSlide(program, step, WHOLE);
  if (left || right) throw cannotSlide(program, step, "zeros are laid beside the maps");
  if (!as.kernel) return {...as, out: [step.out[0], high, wideSide]};
  const [, kw] = as.kernel, [, sw] = as.stride || as.kernel;
  const slides = (length) => Math.floor((length - kw) / sw) + 1, across = slides(wideSide);
  if (slides(own[2]) !== step.out[2]) throw cannotSlide(program, step, "the last window is cut short");
  return {...as, out: [step.out[0], step.op === "dense" ? 1 : step.out[1], across]};
}

const WHOLE = "the whole picture is needed";

function cannotSlide(program, {name}, why) {
  return new EngineError(`${name}: ${program.name} cannot slide along a strip: at this layer ${why}`);
}

/** Columns of the picture between two outputs of a widened program. */
function stepAlong(program) {
  return program.steps.reduce((all, step) => all * (step.stride || step.kernel || [1, 1])[1], 1);
}
