/* What the page brings with it: JSON in script elements, drawings and weights packed in base64. */

/** A script element of JSON, as a value; null where the page has none. */
function embedded(id) {
  const element = byId(id);
  return element ? JSON.parse(element.textContent) : null;
}

/** Text that was deflated. */
async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}
