/* Numbers out of text: base64, float16 and float32, all little-endian. */

/** Bytes from base64; bytes stay as they are. */
function bytesOf(given) {
  if (typeof given !== "string") return given;
  const binary = atob(given), bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** A number of float16 (IEEE 754, 16 bits) by its bits. */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let HALVES = null; // all float16 there are, made when they are first wanted

/** A tensor of the program out of the packed bytes, as float32: {at, count, as, times}. */
function tensorOf({at, count, as, times = 1}, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Float32Array(count);
  if (as === "f32") {
    for (let one = 0; one < count; one++) found[one] = view.getFloat32(at + 4 * one, true);
    return found;
  }
  HALVES ||= Float32Array.from({length: 65536}, (_, bits) => half(bits));
  for (let one = 0; one < count; one++) found[one] = times * HALVES[view.getUint16(at + 2 * one, true)];
  return found;
}

const volume = (shape) => shape.reduce((a, b) => a * b, 1);

/** Scores from 0 to 1 that add up to 1. */
function softmax(values) {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Array.from(values, (value) => Math.exp(value - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / total);
}
