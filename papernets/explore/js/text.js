/* Numbers and shapes as Papernets writes them: the same signs as Python's. */

/** 1234567 as "1,234,567". */
function comma(number) {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "1 map", "2 maps". */
function plural(number, thing, several = "") {
  return `${comma(number)} ${number === 1 ? thing : several || thing + "s"}`;
}

/** Python's "%g": six significant digits, no zeros behind them. */
function general(value) {
  if (value === 0) return "0";
  const power = Number(value.toExponential(5).split("e")[1]);
  if (power < -4 || power >= 6) {
    const [mantissa, exponent] = value.toExponential(5).split("e");
    const digits = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const sign = exponent[0],
      size = exponent.slice(1).padStart(2, "0");
    return `${digits}e${sign}${size}`;
  }
  const plain = value.toFixed(5 - power);
  return plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
}

/** A number in a formula, as short as it is exact: Python's repr, whole numbers without ".0". */
function exact(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [mantissa, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 16) return String(value);
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${mantissa}e${power < 0 ? "-" : "+"}${size}`;
}

/** A shape as people write it: 6@28x28, or 84 where height and width are 1. */
function shown(shape) {
  return shape[1] === 1 && shape[2] === 1 ? String(shape[0]) : `${shape[0]}@${shape[1]}x${shape[2]}`;
}

/** A shape as the drawings print it: 64@56×56, or 4,096. */
function printed(shape) {
  return shape[1] === 1 && shape[2] === 1 ? comma(shape[0]) : `${comma(shape[0])}@${shape[1]}×${shape[2]}`;
}

/** "28x28". */
function by(sides) {
  return sides.join("x");
}

/** "5*5*6". */
function product(...factors) {
  return factors.join("*");
}

/** Bytes in steps of 1000: "240.8 MB". */
function bytesRead(size) {
  for (const [unit, factor] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ]) {
    if (size >= factor) return `${comma((size / factor).toFixed(1))} ${unit}`;
  }
  return `${comma(Math.round(size))} bytes`;
}

/** A large number in three digits: "60.0 k", "3.86 G". */
function big(number) {
  for (const [unit, factor] of [
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ]) {
    if (number >= factor) {
      const value = number / factor;
      return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
    }
  }
  return comma(number);
}

/** Whether two values of JSON are equal, whatever the order of their keys. */
function equal(one, other) {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") {
    return false;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]))
  );
}

function sum(values) {
  let found = 0;
  for (const value of values) found += value;
  return found;
}

function volume(shape) {
  return shape[0] * shape[1] * shape[2];
}
