/* Reads what a learner types and grades it, word for word as papernets/lessons/answers.py and
   grading.py do. It works nothing out: an exercise comes with its known answers. */

const NUMBER = /^[-+]?(?:[1-9]\d{0,2}(?:[,_' ]\d{3})+(?!\d)|\d+)?(?:\.\d*)?(?:[eE][-+]?\d{1,3})?/;
const SCALES = {thousand: 3, k: 3, million: 6, m: 6, mio: 6, billion: 9, b: 9, g: 9};
const BYTES = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1048576,
  gib: 1073741824,
};
const MEANING = {
  mac: "multiply-add",
  "mult-add": "multiply-add",
  madd: "multiply-add",
  "multiply add": "multiply-add",
  multiplication: "multiply-add",
  param: "parameter",
  px: "pixel",
  x: "time",
  "×": "time",
  fold: "time",
  value: "number",
  flop: "operation",
  op: "operation",
  image: "picture",
  megabyte: "mb",
  mebibyte: "mib",
};
const PLENTY = 3,
  LARGE = 1e30,
  LONGEST = 20_000;

class NoAnswer extends Error {}

function short(text) {
  const letters = [...text];
  return letters.length > 60 ? `${letters.slice(0, 60).join("")}...` : text;
}

/** A text in quotes as Python shows it. */
function quoted(text) {
  const sign = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = short(text).replace(/[\\\n\r\t]/g, (one) => {
    return {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}[one];
  });
  return sign + (sign === "'" ? escaped.replace(/'/g, "\\'") : escaped) + sign;
}

/** The number of these digits, where it is not larger than any answer. */
function numberOf(digits) {
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

function meaningOf(word) {
  const bare = word.replace(/\.+$/, "").replace(/s+$/, "");
  return Object.hasOwn(MEANING, bare) ? MEANING[bare] : bare;
}

/** What the words behind a number make of it: a factor, and whether it was in per cent. */
function scaled(text, rest, unit) {
  let words = rest.toLowerCase().split(/\s+/).filter(Boolean);
  if (["%", "per cent", "percent", "p.c."].includes(rest)) return [1, true];
  const own = unit.toLowerCase(),
    ofBytes = Object.hasOwn(BYTES, own);
  let factor = 1;
  if (words.length && !ofBytes && Object.hasOwn(SCALES, words[0])) {
    factor = 10 ** SCALES[words[0]];
    words = words.slice(1);
  }
  if (!words.length) return [factor, false];
  if (ofBytes && words.length === 1 && Object.hasOwn(BYTES, words[0])) {
    return [words[0] === own ? 1 : BYTES[words[0]] / BYTES[own], false];
  }
  if (unit && meaningOf(words.join(" ")) === meaningOf(own)) return [factor, false];
  const asked = unit ? `the answer is in ${unit}` : "the answer has no unit";
  throw new NoAnswer(`${quoted(text)}: ${quoted(rest)} behind the number; ${asked}`);
}

function readNumber(given, unit) {
  const text = given
    .replace(/\u2212/g, "-")
    .replace(/\s/g, " ")
    .trim()
    .replace(/^=+/, "")
    .trim()
    .replace(/\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*([-+]?\d{1,3})/g, "e$1");
  const found = text.match(NUMBER)[0];
  let digits = found.replace(/[,_' ]/g, ""),
    rest = text.slice(found.length).trim();
  const comma = rest.match(/^,(\d+)\s*([^]*)$/);
  if (/^[-+]?\d+$/.test(digits) && comma && !comma[2].startsWith(",")) {
    digits = `${digits}.${comma[1]}`;
    rest = comma[2].trim();
  }
  if (!/\d/.test(digits.split(/e/i)[0])) throw new NoAnswer(`${quoted(text)} is not a number`);
  const over = rest.match(/^\/\s*(\d{1,9})$/);
  if (over && Number(over[1])) {
    const value = numberOf(digits) / Number(over[1]);
    return {value: value, half: 0, digits: 99, exact: true, percent: false};
  }
  const [scale, percent] = scaled(text, rest, unit);
  numberOf(digits);
  return typedNumber(digits, scale, percent);
}

function readSizes(given) {
  const text = given.trim().replace(/^[()[\]]+|[()[\]]+$/g, "");
  const at = text.indexOf("@");
  const parts = (at < 0 ? text : text.slice(at + 1))
    .trim()
    .toLowerCase()
    .split(/\s*(?:[x×*,\s]|by)\s*/);
  if (at >= 0) parts.push(text.slice(0, at).trim());
  if (!parts.every((part) => /^\d{1,15}$/.test(part))) {
    throw new NoAnswer(`${quoted(given)} is not a size: type one as 28x28 or 28x28x6`);
  }
  return parts.map(Number);
}

function readMatrix(given) {
  const plain = given
    .trim()
    .replace(/\]\s*,?\s*\[/g, ";")
    .replace(/[[\]]/g, " ")
    .replace(/\u2212/g, "-");
  const rows = plain
    .split(/[;\n]/)
    .filter((row) => row.trim())
    .map((row) => {
      const cells = row
        .trim()
        .replace(/^,+|,+$/g, "")
        .split(/\s*,\s*|\s+/);
      for (const cell of cells) {
        if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(cell)) {
          throw new NoAnswer(`${quoted(cell)} is not a number; type rows of numbers with ; between them`);
        }
      }
      return cells.map(numberOf);
    });
  if (!rows.length) throw new NoAnswer("there are no numbers: type rows of numbers with ; between them");
  return rows;
}

/** What was typed, in the form of an exercise's answer. */
function read(text, one) {
  if (!text.trim()) throw new NoAnswer(`nothing was typed: the answer is ${one.form}`);
  const {length} = text;
  if (length > LONGEST) {
    throw new NoAnswer(`${length.toLocaleString("en")} characters are no answer: it is ${one.form}`);
  }
  try {
    if (one.kind === "matrix") return readMatrix(text);
    return one.kind === "sizes" ? readSizes(text) : readNumber(text, one.unit);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new NoAnswer(`${error.message} (the answer is ${one.form})`);
  }
}

function same(one, other, within) {
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((value, at) => same(value, other[at], within))
    );
  }
  if (Number.isInteger(one) && Number.isInteger(other)) return Math.abs(one - other) <= within;
  const apart = Math.abs(one - other),
    most = Math.max(Math.abs(one), Math.abs(other));
  return apart <= Math.max(1e-9 * most, Math.max(within, 1e-12) * (1 + 1e-9));
}

function meant(typed, unit) {
  if (typed.percent && unit !== "%") return [[typed.value / 100, typed.half / 100]];
  if (!typed.percent && unit === "%" && typed.value && Math.abs(typed.value) <= 1) {
    return [
      [typed.value, typed.half],
      [typed.value * 100, typed.half * 100],
    ];
  }
  return [[typed.value, typed.half]];
}

/** Which known answer was typed: 0 is the right one, -1 none of them. */
function pick(text, one) {
  const typed = read(text, one);
  if (one.kind !== "number") return one.values.findIndex((value) => same(typed, value, one.within));
  const all = meant(typed, one.unit);
  const exactly = one.values.findIndex((value) => all.some(([v]) => same(v, value, one.within)));
  if (exactly >= 0) return exactly;
  const rounded = one.values.flatMap((_, at) => (typed.digits >= PLENTY && begins(typed, one, at) ? [at] : []));
  if (rounded.length > 1) throw new NoAnswer(`${text.trim()} is rounded too much to tell: type all digits`);
  return rounded.length ? rounded[0] : -1;
}

/** Whether a number is a known answer's first digits. */
function begins(typed, one, at) {
  if (typed.exact && one.whole[at]) return false;
  const all = meant(typed, one.unit);
  return all.some(([value, half]) => Math.abs(value - one.values[at]) <= half * (1 + 1e-9));
}

/** Whether it is the right answer's first digit or two. */
function nearly(text, one) {
  if (one.kind !== "number") return false;
  const typed = read(text, one);
  return typed.digits > 0 && typed.digits < PLENTY && begins(typed, one, 0);
}

/** What is wrong with an answer that is no known mistake, without giving the right one away. */
function difference(text, one) {
  const typed = read(text, one),
    [right] = one.values;
  if (one.kind === "matrix") return matrixDifference(typed, right, one.within);
  if (one.kind === "sizes") return sizesDifference(typed, right);
  const away = (value) => Math.abs(value - right);
  const [value] = meant(typed, one.unit)
    .map(([v]) => v)
    .sort((a, b) => away(a) - away(b));
  const ratio = right ? value / right : 0;
  if (!typed.exact && ratio > 0.995 && ratio < 1.005) {
    return "It is near, but not exactly right: type all digits.";
  }
  if (ratio < 0) return same(-value, right, 0) ? "Its sign is wrong." : "Not even its sign is right.";
  return `It is too ${value > right ? "large" : "small"}.`;
}

function matrixDifference(typed, right, within) {
  const rows = right.length,
    columns = right[0].length,
    widths = new Set(typed.map((row) => row.length));
  if (typed.length !== rows || widths.size !== 1 || !widths.has(columns)) {
    const found = widths.size === 1 ? `${typed.length}x${[...widths][0]}` : "rows of unlike lengths";
    return `The answer has ${rows}x${columns} numbers, yours ${found}.`;
  }
  const wrong = right.flatMap((row, y) =>
    row.flatMap((cell, x) => (same(typed[y][x], cell, within) ? [] : [[y + 1, x + 1]])),
  );
  const count = wrong.length === 1 ? "One number is" : `${wrong.length} numbers are`,
    [[y, x]] = wrong;
  return rows > 1
    ? `${count} wrong, the first in row ${y}, column ${x}.`
    : `${count} wrong, first number ${x}.`;
}

function sizesDifference(typed, right) {
  if (typed.length !== right.length)
    return `The answer has ${right.length} numbers, yours ${typed.length}.`;
  const names = ["height", "width", "number of maps"].filter((_, at) => typed[at] !== right[at]);
  return `Wrong: the ${names.join(" and the ")}.`;
}

/** Whether an answer is right, and what is said of it. */
function graded(text, one) {
  try {
    const at = pick(text, one);
    if (at >= 0) return [at === 0, one.said[at]];
    if (nearly(text, one)) return [false, `Nearly: give at least ${PLENTY} digits.`];
    return [false, `Not right. ${difference(text, one)}`];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [false, error.message];
  }
}
