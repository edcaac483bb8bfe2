/* What a layer's counts do not show, as values and in words (papernets/spec/settings.py). */

/** The zeros that a window lays round a map; nothing for 1x1 without any. */
function zerosOf(window, size) {
  const bySize = window.padding === "same" && !(window.stride[0] === 1 && window.stride[1] === 1);
  const [rows, columns] = padsOf(window, size);
  const zeros = {rows: rows, columns: columns, rule: bySize ? "same" : null};
  const one = window.kernel[0] === 1 && window.kernel[1] === 1;
  return one && !anyZeros(zeros) ? {} : {padding: zeros};
}

function anyZeros(zeros) {
  return [...zeros.rows, ...zeros.columns].some(Boolean);
}

function zerosWords(zeros) {
  const [rows, columns] = [zeros.rows, zeros.columns].map(([a, b]) => (a === b ? `${a}` : `${a}+${b}`));
  const sides = rows === columns ? rows : `${rows}x${columns}`;
  return `pad ${sides}` + (zeros.rule ? ` (${zeros.rule})` : "");
}

function normWords(norm) {
  const gamma = norm.scale ? "" : ", no gamma";
  return `eps ${general(norm.eps)}, momentum ${general(norm.momentum)}${gamma}`;
}

function scalesWords(scales) {
  return Object.entries(scales)
    .filter(([, scale]) => scale !== 1)
    .map(([name, scale]) => `${name || "residual"}×${general(scale)}`)
    .join(", ");
}

const SETTING_WORDS = {
  padding: (zeros) => (anyZeros(zeros) || zeros.rule ? zerosWords(zeros) : ""),
  ceil: (ceil) => (ceil ? "ceil" : ""),
  padding_counted: (counted) => (counted ? "padding counted" : "padding not counted"),
  bias: () => "",
  norm: (norm) => (norm ? `BN ${normWords(norm)}` : ""),
  size: (size) => `${size} maps`,
  k: (k) => `k ${general(k)}`,
  alpha: (alpha) => `alpha ${general(alpha)}`,
  beta: (beta) => `beta ${general(beta)}`,
  rate: (rate) => `rate ${general(rate)}`,
  scales: scalesWords,
  scale: (scale) => (scale !== 1 ? `scale ${general(scale)}` : ""),
  before: (before) => (before ? `${before} of the zeros in front` : ""),
};

/** Each setting in a few words, by its name; those that go without saying are left out. */
function phrases(settings) {
  const said = {};
  for (const [name, value] of Object.entries(settings)) {
    const words = SETTING_WORDS[name] ? SETTING_WORDS[name](value) : `${name} ${value}`;
    if (words) said[name] = words;
  }
  return said;
}
