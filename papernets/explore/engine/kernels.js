/* Where the layers are computed: kernels.wasm where the browser runs it, else plain.js. */

const BEGIN = 131072; // bytes of memory that the kernels have for themselves: their stack
const PAGE = 65536;

/** Whether this browser compiles these kernels: it has WebAssembly with 128-bit vectors. */
function runsKernels(bytes) {
  try {
    return typeof WebAssembly === "object" && WebAssembly.validate(bytes);
  } catch {
    return false;
  }
}

/** The kernels of wasm; `take(bytes)` gives them so much memory, once. */
async function wasmKernels(bytes) {
  const memory = new WebAssembly.Memory({initial: BEGIN / PAGE});
  const {instance} = await WebAssembly.instantiate(bytes, {env: {memory: memory}});
  const kernels = {kind: "wasm", begin: BEGIN, ...instance.exports};
  kernels.take = (size) => {
    grown(() => memory.grow(Math.ceil(size / PAGE)), size);
    kernels.heap = new Float32Array(memory.buffer);
  };
  return kernels;
}

/** The same in plain JavaScript. */
function javascriptKernels() {
  const kernels = {kind: "javascript", begin: 0, room: (terms) => 64 * terms};
  kernels.take = (size) => Object.assign(kernels, grown(() => plainKernels(size), size));
  return kernels;
}

function grown(take, size) {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngineError(`this network needs ${megabytes(size)} of memory, which the browser does `
      + "not give: close other pages, or take a smaller network or input");
  }
}

/** What a user can mend; its message is for them. */
class EngineError extends Error {}

function megabytes(bytes) {
  return `${Math.max(Math.round(bytes / 1e6), 1).toLocaleString("en")} MB`;
}
