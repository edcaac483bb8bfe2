"use strict";
/* Reads what is typed, as papernets/lessons/answers.py does, and shows what was worked out.
   It computes nothing of a lesson. */
const NUMBER = /^[-+]?(?:[1-9]\d{0,2}(?:[,_' ]\d{3})+(?!\d)|\d+)?(?:\.\d*)?(?:[eE][-+]?\d{1,3})?/;
const SCALES = {thousand: 3, k: 3, million: 6, m: 6, mio: 6, billion: 9, b: 9, g: 9};
const BYTES = {b: 1, byte: 1, bytes: 1, kb: 1e3, mb: 1e6, gb: 1e9,
  kib: 1024, mib: 1048576, gib: 1073741824};
const MEANING = {mac: "multiply-add", "mult-add": "multiply-add", madd: "multiply-add",
  "multiply add": "multiply-add", multiplication: "multiply-add", param: "parameter", px: "pixel",
  x: "time", "×": "time", fold: "time", value: "number", flop: "operation", op: "operation",
  image: "picture", megabyte: "mb", mebibyte: "mib"};
const PLENTY = 3, LARGE = 1e30;
class NoAnswer extends Error {}

function short(text) {
  return text.length > 60 ? text.slice(0, 60) + "..." : text;
}

/* The number of these digits, where it is not larger than any answer. */
function within(digits) {
  if (!(Math.abs(Number(digits)) < LARGE)) throw new NoAnswer(`${short(digits)} is larger than any answer`);
  return Number(digits);
}

function typedNumber(digits, scale, percent) {
  const [mantissa, power] = digits.toLowerCase().replace(/^[-+]/, "").split("e");
  const behind = (mantissa.split(".")[1] || "").length;
  return {
    value: Number(digits) * scale,
    half: 0.5 * 10 ** (Number(power || 0) - behind) * scale,
    digits: mantissa.replace(".", "").replace(/^0+/, "").length,
    exact: power === undefined && !mantissa.includes(".") && scale === 1,
    percent: percent,
  };
}

function scaled(text, rest, unit) {
  let words = rest.toLowerCase().split(/\s+/).filter(Boolean);
  if (["%", "per cent", "percent", "p.c."].includes(rest)) return [1, true];
  const own = unit.toLowerCase(), ofBytes = own in BYTES;
  let factor = 1;
  if (words.length && !ofBytes && words[0] in SCALES) {
    factor = 10 ** SCALES[words[0]];
    words = words.slice(1);
  }
  if (!words.length) return [factor, false];
  if (ofBytes && words.length === 1 && words[0] in BYTES) {
    return [words[0] === own ? 1 : BYTES[words[0]] / BYTES[own], false];
  }
  const meaning = (word) => {
    const bare = word.replace(/\.+$/, "").replace(/s+$/, "");
    return MEANING[bare] || bare;
  };
  if (unit && meaning(words.join(" ")) === meaning(own)) return [factor, false];
  const asked = unit ? `the answer is in ${unit}` : "the answer has no unit";
  throw new NoAnswer(`'${short(text)}': '${short(rest)}' behind the number; ${asked}`);
}

function readNumber(given, unit) {
  const text = given.replace(/\u2212/g, "-").replace(/\s/g, " ").trim().replace(/^=+/, "").trim()
    .replace(/\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*([-+]?\d{1,3})/g, "e$1");
  const found = text.match(NUMBER)[0];
  let digits = found.replace(/[,_' ]/g, "");
  let rest = text.slice(found.length).trim();
  const comma = rest.match(/^,(\d+)\s*([^]*)$/);
  if (/^[-+]?\d+$/.test(digits) && comma && !comma[2].startsWith(",")) {
    digits = `${digits}.${comma[1]}`;
    rest = comma[2].trim();
  }
  if (!/\d/.test(digits.split(/e/i)[0])) throw new NoAnswer(`'${short(text)}' is not a number`);
  const over = rest.match(/^\/\s*(\d{1,9})$/);
  if (over && Number(over[1])) {
    const value = within(digits) / Number(over[1]);
    return {value: value, half: 0, digits: 99, exact: true, percent: false};
  }
  const [scale, percent] = scaled(text, rest, unit);
  within(digits);
  return typedNumber(digits, scale, percent);
}

function readSizes(given) {
  const text = given.trim().replace(/^[()[\]]+|[()[\]]+$/g, "");
  const at = text.indexOf("@");
  const parts = (at < 0 ? text : text.slice(at + 1)).trim().toLowerCase().split(/\s*(?:[x×*,\s]|by)\s*/);
  if (at >= 0) parts.push(text.slice(0, at).trim());
  if (!parts.every((part) => /^\d{1,15}$/.test(part))) {
    throw new NoAnswer(`'${short(given.trim())}' is not a size: type one as 28x28 or 28x28x6`);
  }
  return parts.map(Number);
}

function readMatrix(given) {
  const plain = given.trim().replace(/\]\s*,?\s*\[/g, ";").replace(/[[\]]/g, " ").replace(/\u2212/g, "-");
  const rows = plain.split(/[;\n]/).filter((row) => row.trim()).map((row) => {
    const cells = row.trim().replace(/^,+|,+$/g, "").split(/\s*,\s*|\s+/);
    for (const cell of cells) {
      if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(cell)) {
        throw new NoAnswer(`'${short(cell)}' is not a number; type rows of numbers with ; between them`);
      }
    }
    return cells.map(within);
  });
  if (!rows.length) throw new NoAnswer("there are no numbers: type rows of numbers with ; between them");
  return rows;
}

function same(one, other, within) {
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length &&
      one.every((value, at) => same(value, other[at], within));
  }
  if (Number.isInteger(one) && Number.isInteger(other)) return Math.abs(one - other) <= within;
  const apart = Math.abs(one - other), most = Math.max(Math.abs(one), Math.abs(other));
  return apart <= Math.max(1e-9 * most, Math.max(within, 1e-12) * (1 + 1e-9));
}

function meant(typed, unit) {
  if (typed.percent && unit !== "%") return [[typed.value / 100, typed.half / 100]];
  if (!typed.percent && unit === "%" && typed.value && Math.abs(typed.value) <= 1) {
    return [[typed.value, typed.half], [typed.value * 100, typed.half * 100]];
  }
  return [[typed.value, typed.half]];
}

/* Which known answer was typed: 0 is the right one, -1 none of them. */
function pick(text, one) {
  if (!text.trim()) throw new NoAnswer("nothing was typed");
  if (one.kind !== "number") {
    const typed = one.kind === "matrix" ? readMatrix(text) : readSizes(text);
    return one.values.findIndex((value) => same(typed, value, one.within));
  }
  const typed = readNumber(text, one.unit), all = meant(typed, one.unit);
  const exactly = one.values.findIndex((value) => all.some(([v]) => same(v, value, one.within)));
  if (exactly >= 0) return exactly;
  const rounded = one.values.flatMap((value, at) => {
    if (typed.digits < PLENTY || (typed.exact && one.whole[at])) return [];
    return all.some(([v, half]) => Math.abs(v - value) <= half * (1 + 1e-9)) ? [at] : [];
  });
  if (rounded.length > 1) throw new NoAnswer(`${text.trim()} is rounded too much to tell: type all digits`);
  return rounded.length ? rounded[0] : -1;
}

/* What is said of an answer, and whether it is right. */
function graded(text, one) {
  try {
    const at = pick(text, one);
    if (at < 0) return [false, "Not right. Have another look at the steps above."];
    return [at === 0, one.said[at]];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [false, `${error.message} (the answer is ${one.form})`];
  }
}

function show() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const sliders = document.getElementById("sliders"), example = document.getElementById("example");
  const at = data.sliders.map((slider) => slider.at);
  function update() {
    const position = data.sliders.reduce((sum, slider, n) => sum * slider.stops.length + at[n], 0);
    example.innerHTML = data.cases[position].map((number) => data.lines[number]).join("\n");
  }
  data.sliders.forEach((slider, number) => {
    const label = document.createElement("label"), output = document.createElement("output");
    const what = document.createElement("small"), range = document.createElement("input");
    label.append(slider.name, " ", output, what, range);
    what.textContent = slider.what;
    Object.assign(range, {type: "range", min: 0, max: slider.stops.length - 1, step: 1});
    range.value = at[number];
    const tell = () => {
      const stop = slider.stops[at[number]];
      output.textContent = stop || (at[number] ? `drawn ${at[number]}` : "the lesson's own");
      range.setAttribute("aria-valuetext", output.textContent);
    };
    range.addEventListener("input", () => { at[number] = Number(range.value); tell(); update(); });
    tell();
    sliders.append(label);
  });
  sliders.hidden = !data.sliders.length;

  let number = 0;
  const field = document.getElementById("typed"), said = document.getElementById("grade");
  function ask() {
    const one = data.exercises[number];
    document.getElementById("task").innerHTML = one.task;
    document.getElementById("form-of").textContent = `(${one.form})`;
    field.value = "";
    said.textContent = said.className = "";
  }
  document.getElementById("form").hidden = false;
  document.getElementById("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const [right, words] = graded(field.value, data.exercises[number]);
    said.textContent = words;
    said.className = right ? "right" : "not";
  });
  document.getElementById("next").addEventListener("click", () => {
    number = (number + 1) % data.exercises.length;
    ask();
    field.focus();
  });
  ask();
  const theme = document.getElementById("theme"), root = document.documentElement;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}
if (typeof document !== "undefined") show();
