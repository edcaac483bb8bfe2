/* What every kind of layer answers (papernets/spec/layer.py), and its fields' usual values.
   weighted.js and weightless.js have the kinds; tests/explore holds them equal to Python's.
   `s` is the input's shape, [channels, height, width]; `layer` has the fields of Python's layer. */

/** An error that the reader is told, in Python's words. */
class Impossible extends Error {}

const NO_NORM = {eps: 1e-5, scale: true, momentum: 0.1};

/** The fields that a layer has where the data does not name them. */
const DEFAULTS = {
  Conv: {stride: 1, padding: 0, groups: 1, bias: true, norm: null, activation: null},
  TableConv: {activation: null},
  Subsample: {kernel: 2, activation: null, sources: null},
  Dense: {bias: true, norm: null, activation: null},
  RBF: {scale: 1},
  BatchNorm: {norm: NO_NORM, activation: null},
  Pool: {stride: null, padding: 0, ceil: false, count_padding: true, activation: null},
  AdaptivePool: {},
  GlobalPool: {},
  Flatten: {},
  LRN: {},
  Dropout: {},
  Activation: {},
  Identity: {},
  Pad: {},
  PadShortcut: {stride: 2, before: 0},
  Add: {activation: null, scales: null},
  Concat: {},
  Chain: {},
  Aux: {counted: false},
};

function normParams(norm, channels) {
  return norm ? channels * (norm.scale ? 2 : 1) : 0;
}

function normSaid(norm, channels) {
  return norm ? ` + ${comma(normParams(norm, channels))} for the normalisation` : "";
}

/** What every layer answers; the defaults: no parameters, nothing changed. */
const PLAIN = {
  shape: (layer, s) => s,
  params: () => 0,
  fixed: () => 0,
  macs: () => 0,
  connections: () => 0,
  window: () => null,
  reach: (layer, s) => LAYERS[layer.is].window(layer, s),
  seesAll: () => false,
  settings: () => ({}),
  words: () => "",
  check: () => {},
};
