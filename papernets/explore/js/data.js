/* What the page brings with it: JSON in script elements, drawings and weights packed in base64. */

/** A script element of JSON, as a value; null where the page has none. */
function embedded(id) {
  const element = byId(id);
  return element ? JSON.parse(element.textContent) : null;
}

/** Bytes from base64. */
function unpacked(text) {
  const binary = atob(text),
    bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Text that was deflated. */
async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

/** A number of float16 (IEEE 754, 16 bits), which the page's weights are. */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Little-endian float16 as float32. */
function halves(bytes) {
  const found = new Float32Array(bytes.length / 2);
  for (let at = 0; at < found.length; at++) found[at] = half(bytes[2 * at] | (bytes[2 * at + 1] << 8));
  return found;
}
