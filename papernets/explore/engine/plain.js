/* The layers in plain JavaScript, where a browser has no WebAssembly with vectors: the functions
   of kernels.c, under the same names and with the same arguments, over one Float32Array. Places are
   in bytes there, and so they are here. Sums are made in float64 and kept in float32. */

const ACTIVE = {none: 0, relu: 1, relu6: 2};

function clipped(x, active) {
  if (active && !(x > 0)) return 0;
  return active === ACTIVE.relu6 && x > 6 ? 6 : x;
}

/** The kernels over memory of so many bytes: `heap` is all of it. */
function plainKernels(bytes) {
  const heap = new Float32Array(bytes / 4);
  const PIXELS = 64; // whose windows are copied together

  function pad(x, y, channels, height, width, high, wide, top, left) {
    heap.fill(0, y / 4, y / 4 + channels * high * wide);
    for (let channel = 0; channel < channels; channel++) {
      for (let row = 0; row < Math.min(height, high - top); row++) {
        const from = x / 4 + (channel * height + row) * width;
        const to = y / 4 + (channel * high + row + top) * wide + left;
        heap.copyWithin(to, from, from + Math.min(width, wide - left));
      }
    }
  }

  /** The windows of some pixels, each together. */
  function gather(x, windows, [channels, height, width], start, stop, across, kh, kw, sh, sw) {
    for (let pixel = start; pixel < stop; pixel++) {
      const corner = x + Math.floor(pixel / across) * sh * width + (pixel % across) * sw;
      for (let channel = 0; channel < channels; channel++) {
        for (let row = 0; row < kh; row++) {
          const from = corner + (channel * height + row) * width;
          for (let column = 0; column < kw; column++) heap[windows++] = heap[from + column];
        }
      }
    }
  }

  /** Two pixels of four maps at a time, which is as much as an engine keeps out of memory. */
  function conv(x, weight, bias, y, windows, channels, height, width, maps, down, across, kh, kw,
    sh, sw, active) {
    [x, weight, bias, y, windows] = [x / 4, weight / 4, bias / 4, y / 4, windows / 4];
    const terms = channels * kh * kw, pixels = down * across;
    for (let start = 0; start < pixels; start += PIXELS) {
      const stop = Math.min(start + PIXELS, pixels);
      gather(x, windows, [channels, height, width], start, stop, across, kh, kw, sh, sw);
      for (let map = 0; map < maps; map += 4) {
        const last = maps - 1 - map; // the maps behind the last one repeat it, and are not kept
        const w0 = weight + map * terms, w1 = w0 + Math.min(1, last) * terms;
        const w2 = w0 + Math.min(2, last) * terms, w3 = w0 + Math.min(3, last) * terms;
        for (let pixel = start; pixel < stop; pixel += 2) {
          const p = windows + (pixel - start) * terms, q = pixel + 1 < stop ? p + terms : p;
          let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
          for (let term = 0; term < terms; term++) {
            const one = heap[p + term], two = heap[q + term];
            const u0 = heap[w0 + term], u1 = heap[w1 + term];
            const u2 = heap[w2 + term], u3 = heap[w3 + term];
            a0 += u0 * one; a1 += u1 * one; a2 += u2 * one; a3 += u3 * one;
            b0 += u0 * two; b1 += u1 * two; b2 += u2 * two; b3 += u3 * two;
          }
          const first = [a0, a1, a2, a3], second = [b0, b1, b2, b3];
          for (let one = 0; one <= Math.min(3, last); one++) {
            const to = y + (map + one) * pixels + pixel, own = heap[bias + map + one];
            heap[to] = clipped(first[one] + own, active);
            if (q !== p) heap[to + 1] = clipped(second[one] + own, active);
          }
        }
      }
    }
  }

  const room = (terms) => PIXELS * terms;

  function depthwise(x, weight, bias, y, channels, height, width, down, across, kh, kw, sh, sw, active) {
    [x, weight, bias, y] = [x / 4, weight / 4, bias / 4, y / 4];
    for (let channel = 0; channel < channels; channel++, weight += kh * kw, x += height * width) {
      for (let row = 0; row < down; row++) {
        for (let column = 0; column < across; column++) {
          let sum = heap[bias + channel];
          for (let ky = 0; ky < kh; ky++) {
            const from = x + (row * sh + ky) * width + column * sw;
            for (let kx = 0; kx < kw; kx++) sum += heap[weight + ky * kw + kx] * heap[from + kx];
          }
          heap[y++] = clipped(sum, active);
        }
      }
    }
  }

  function dense(x, weight, bias, y, inputs, outputs, active) {
    [x, weight, bias, y] = [x / 4, weight / 4, bias / 4, y / 4];
    for (let unit = 0; unit < outputs; unit++, weight += inputs) {
      let sum = heap[bias + unit];
      for (let at = 0; at < inputs; at++) sum += heap[weight + at] * heap[x + at];
      heap[y + unit] = clipped(sum, active);
    }
  }

  function pool(x, y, channels, height, width, down, across, kh, kw, sh, sw, top, left, bottom,
    right, maximum, counts) {
    [x, y] = [x / 4, y / 4];
    for (let channel = 0; channel < channels; channel++, x += height * width) {
      for (let row = 0; row < down; row++) {
        for (let column = 0; column < across; column++) {
          const y0 = row * sh - top, x0 = column * sw - left, y1 = y0 + kh, x1 = x0 + kw;
          const all = (Math.min(y1, height + bottom) - y0) * (Math.min(x1, width + right) - x0);
          let sum = 0, most = -Infinity, count = 0;
          for (let at = Math.max(y0, 0); at < Math.min(y1, height); at++) {
            for (let one = Math.max(x0, 0); one < Math.min(x1, width); one++, count++) {
              const value = heap[x + at * width + one];
              sum += value;
              if (value > most) most = value;
            }
          }
          heap[y++] = maximum ? most : sum / (counts ? all : count);
        }
      }
    }
  }

  function lrn(x, y, channels, pixels, size, before, k, alpha) {
    normalise(heap, x, y, channels, pixels, {size, k, alpha, beta: 0.75}, before);
  }

  function add(x, y, count, kept, times, active) {
    [x, y] = [x / 4, y / 4];
    for (let at = 0; at < count; at++) {
      heap[y + at] = clipped(kept * heap[y + at] + times * heap[x + at], active);
    }
  }

  function affine(x, weight, bias, y, channels, pixels, active) {
    [x, weight, bias, y] = [x / 4, weight / 4, bias / 4, y / 4];
    for (let channel = 0; channel < channels; channel++) {
      const times = heap[weight + channel], plus = heap[bias + channel];
      for (let at = 0; at < pixels; at++) heap[y++] = clipped(heap[x++] * times + plus, active);
    }
  }

  return {heap, pad, conv, room, depthwise, dense, pool, lrn, add, affine};
}

/** Local response normalisation with any power (Krizhevsky et al. 2012, section 3.3). */
function normalise(heap, x, y, channels, pixels, {size, k, alpha, beta}, before) {
  [x, y] = [x / 4, y / 4];
  for (let channel = 0; channel < channels; channel++) {
    const first = Math.max(channel - before, 0), last = Math.min(channel - before + size, channels);
    for (let at = 0; at < pixels; at++) {
      let sum = 0;
      for (let one = first; one < last; one++) sum += heap[x + one * pixels + at] ** 2;
      heap[y + channel * pixels + at] = heap[x + channel * pixels + at] / (k + alpha * sum) ** beta;
    }
  }
}
