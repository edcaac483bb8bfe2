/* The heavy layers of a network as WebAssembly with 128-bit vectors, four float32 at a time.

   All pointers are places in one memory, which the page lays out; no memory is taken here. A
   convolution is a product of matrices: the weights (maps x terms), and the input's windows (terms
   x pixels), a few pixels of which are copied at a time, so that they stay in the cache. */

#include <wasm_simd128.h>

#define API(name) __attribute__((export_name(#name), used)) void name
#define MAPS 4     /* of the output, that are made together ... */
#define PIXELS 12  /* ... at so many pixels: 12 vectors of sums, of the 16 that a processor holds */
#define VECTORS (PIXELS / 4)
#define PACKED (1 << 17) /* float32 of windows that are copied together: half a megabyte */

enum { NONE, RELU, RELU6 };

static inline float clipped(float x, int active) {
  if (active != NONE && !(x > 0)) x = 0;
  return active == RELU6 && x > 6 ? 6 : x;
}

static inline v128_t clipped4(v128_t x, int active) {
  if (active != NONE) x = wasm_f32x4_pmax(x, wasm_f32x4_const_splat(0));
  return active == RELU6 ? wasm_f32x4_pmin(x, wasm_f32x4_const_splat(6)) : x;
}

static inline int least(int a, int b) { return a < b ? a : b; }
static inline int most(int a, int b) { return a > b ? a : b; }

/* The sums of four maps at twelve pixels. */
static void product(const float *weight, const float *windows, int terms, v128_t *sums) {
  v128_t sum[MAPS][VECTORS];
#pragma unroll
  for (int map = 0; map < MAPS; map++)
#pragma unroll
    for (int one = 0; one < VECTORS; one++) sum[map][one] = wasm_f32x4_const_splat(0);
  for (int term = 0; term < terms; term++, weight += MAPS, windows += PIXELS) {
    v128_t x[VECTORS];
#pragma unroll
    for (int one = 0; one < VECTORS; one++) x[one] = wasm_v128_load(windows + 4 * one);
#pragma unroll
    for (int map = 0; map < MAPS; map++) {
      v128_t w = wasm_v128_load32_splat(weight + map);
#pragma unroll
      for (int one = 0; one < VECTORS; one++)
        sum[map][one] = wasm_f32x4_add(sum[map][one], wasm_f32x4_mul(w, x[one]));
    }
  }
#pragma unroll
  for (int map = 0; map < MAPS; map++)
#pragma unroll
    for (int one = 0; one < VECTORS; one++) sums[map * VECTORS + one] = sum[map][one];
}

/* The windows of twelve pixels from `pixel` on, term by term; behind the last pixel zeros. */
static void gather(const float *x, float *windows, const int *shape, int pixel, int pixels,
                   int across, int kh, int kw, int sh, int sw) {
  int channels = shape[0], height = shape[1], width = shape[2], from[PIXELS];
  int count = least(PIXELS, pixels - pixel), together = count == PIXELS;
  for (int one = 0; one < count; one++) {
    int at = pixel + one;
    from[one] = at / across * sh * width + at % across * sw;
    if (from[one] != from[0] + one) together = 0;
  }
  for (int channel = 0; channel < channels; channel++)
    for (int row = 0; row < kh; row++)
      for (int column = 0; column < kw; column++, windows += PIXELS) {
        const float *at = x + (long)channel * height * width + row * width + column;
        if (together) {
#pragma unroll
          for (int one = 0; one < VECTORS; one++)
            wasm_v128_store(windows + 4 * one, wasm_v128_load(at + from[0] + 4 * one));
        } else {
          for (int one = 0; one < PIXELS; one++) windows[one] = one < count ? at[from[one]] : 0;
        }
      }
}

/* A padded copy of maps: zeros around, and below and to the right up to this height and width. */
API(pad)(const float *x, float *y, int channels, int height, int width, int high, int wide,
         int top, int left) {
  for (int channel = 0; channel < channels; channel++)
    for (int row = 0; row < high; row++, y += wide) {
      int from = row - top, inside = from >= 0 && from < height;
      const float *line = x + ((long)channel * height + from) * width;
      for (int column = 0; column < wide; column++) {
        int at = column - left;
        y[column] = inside && at >= 0 && at < width ? line[at] : 0;
      }
    }
}

/* A convolution of one group over maps that are padded already: (channels, height, width) to
   (maps, down, across). `weight` has of each four maps the first term, then the second, with zeros
   for maps that are missing from the last four; `windows` has room for PACKED float32, or for
   twelve pixels' windows. */
API(conv)(const float *x, const float *weight, const float *bias, float *y, float *windows,
          int channels, int height, int width, int maps, int down, int across, int kh, int kw,
          int sh, int sw, int active) {
  if (kh == 1 && kw == 1 && sh == 1 && sw == 1 && down == height && across == width) {
    across = width = down * across; /* its pixels lie together, whatever the rows are */
    down = height = 1;
  }
  int terms = channels * kh * kw, pixels = down * across, shape[] = {channels, height, width};
  int block = most(PACKED / (terms * PIXELS), 1) * PIXELS;
  for (int start = 0; start < pixels; start += block) {
    int stop = least(start + block, pixels);
    for (int pixel = start; pixel < stop; pixel += PIXELS)
      gather(x, windows + (long)(pixel - start) * terms, shape, pixel, pixels, across, kh, kw, sh,
             sw);
    for (int map = 0; map < maps; map += MAPS)
      for (int pixel = start; pixel < stop; pixel += PIXELS) {
        v128_t sums[MAPS * VECTORS];
        product(weight + (long)map * terms, windows + (long)(pixel - start) * terms, terms, sums);
        int whole = pixel + PIXELS <= pixels;
        for (int one = 0; one < least(MAPS, maps - map); one++) {
          float *out = y + (long)(map + one) * pixels + pixel, own = bias[map + one];
          v128_t *sum = sums + one * VECTORS;
          for (int at = 0; at < VECTORS; at++)
            sum[at] = clipped4(wasm_f32x4_add(sum[at], wasm_f32x4_splat(own)), active);
          if (whole)
            for (int at = 0; at < VECTORS; at++) wasm_v128_store(out + 4 * at, sum[at]);
          else
            for (int at = 0; at < pixels - pixel; at++) out[at] = ((float *)sum)[at];
        }
      }
  }
}

/* How many float32 of room `conv` needs for windows of so many terms. */
__attribute__((export_name("room"), used)) int room(int terms) {
  return most(PACKED, terms * PIXELS);
}

/* A convolution of each map by a kernel of its own, over maps that are padded already. */
API(depthwise)(const float *x, const float *weight, const float *bias, float *y, int channels,
               int height, int width, int down, int across, int kh, int kw, int sh, int sw,
               int active) {
  for (int channel = 0; channel < channels; channel++, weight += kh * kw, x += height * width)
    for (int row = 0; row < down; row++, y += across) {
      int column = 0;
      /* four pixels at a time; at a step of 2 every other of eight values */
      for (; (sw == 1 || sw == 2) && column + 4 <= across; column += 4) {
        v128_t sum = wasm_f32x4_splat(bias[channel]);
        for (int ky = 0; ky < kh; ky++)
          for (int kx = 0; kx < kw; kx++) {
            const float *at = x + (row * sh + ky) * width + column * sw + kx;
            v128_t values = wasm_v128_load(at);
            if (sw == 2)
              values = wasm_i32x4_shuffle(values, wasm_v128_load(at + 3), 0, 2, 5, 7);
            v128_t own = wasm_f32x4_splat(weight[ky * kw + kx]);
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(own, values));
          }
        wasm_v128_store(y + column, clipped4(sum, active));
      }
      for (; column < across; column++) {
        float sum = bias[channel];
        for (int ky = 0; ky < kh; ky++)
          for (int kx = 0; kx < kw; kx++)
            sum += weight[ky * kw + kx] * x[(row * sh + ky) * width + column * sw + kx];
        y[column] = clipped(sum, active);
      }
    }
}

/* A dense layer: (inputs) to (outputs). */
API(dense)(const float *x, const float *weight, const float *bias, float *y, int inputs,
           int outputs, int active) {
  for (int unit = 0; unit < outputs; unit++, weight += inputs) {
    v128_t sums[4] = {wasm_f32x4_const_splat(0), wasm_f32x4_const_splat(0),
                      wasm_f32x4_const_splat(0), wasm_f32x4_const_splat(0)};
    int at = 0;
    for (; at + 16 <= inputs; at += 16)
#pragma unroll
      for (int one = 0; one < 4; one++)
        sums[one] = wasm_f32x4_add(sums[one], wasm_f32x4_mul(wasm_v128_load(weight + at + 4 * one),
                                                             wasm_v128_load(x + at + 4 * one)));
    v128_t sum = wasm_f32x4_add(wasm_f32x4_add(sums[0], sums[1]), wasm_f32x4_add(sums[2], sums[3]));
    float total = wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) +
                  (wasm_f32x4_extract_lane(sum, 2) + wasm_f32x4_extract_lane(sum, 3));
    for (; at < inputs; at++) total += weight[at] * x[at];
    y[unit] = clipped(total + bias[unit], active);
  }
}

/* Maps by one value for each pixel of a window: its maximum, or its average. Averages count the
   padding (`counts`), but nothing beyond it. */
API(pool)(const float *x, float *y, int channels, int height, int width, int down, int across,
          int kh, int kw, int sh, int sw, int top, int left, int bottom, int right, int maximum,
          int counts) {
  for (int channel = 0; channel < channels; channel++, x += height * width)
    for (int row = 0; row < down; row++)
      for (int column = 0; column < across; column++) {
        int y0 = row * sh - top, x0 = column * sw - left;
        int y1 = y0 + kh, x1 = x0 + kw;
        int all = (least(y1, height + bottom) - y0) * (least(x1, width + right) - x0);
        y0 = most(y0, 0), x0 = most(x0, 0), y1 = least(y1, height), x1 = least(x1, width);
        float found = maximum ? -__builtin_inff() : 0;
        for (int at = y0; at < y1; at++)
          for (int one = x0; one < x1; one++) {
            float value = x[at * width + one];
            if (!maximum) found += value;
            else if (value > found) found = value;
          }
        *y++ = maximum ? found : found / (counts ? all : (y1 - y0) * (x1 - x0));
      }
}

/* x / (k + alpha * the sum of squares over `size` maps) ^ 0.75, the power by two square roots;
   `before` of the maps are in front of a map's own. */
API(lrn)(const float *x, float *y, int channels, int pixels, int size, int before, float k,
         float alpha) {
  for (int channel = 0; channel < channels; channel++) {
    int first = most(channel - before, 0), last = least(channel - before + size, channels);
    for (int at = 0; at < pixels; at++) {
      float sum = 0;
      for (int one = first; one < last; one++) {
        float value = x[(long)one * pixels + at];
        sum += value * value;
      }
      float root = __builtin_sqrtf(k + alpha * sum), power = root * __builtin_sqrtf(root);
      y[(long)channel * pixels + at] = x[(long)channel * pixels + at] / power;
    }
  }
}

/* y = y * kept + x * times, of so many values; `active` behind the last of a sum. */
API(add)(const float *x, float *y, int count, float kept, float times, int active) {
  int at = 0;
  v128_t keep = wasm_f32x4_splat(kept), by = wasm_f32x4_splat(times);
  for (; at + 4 <= count; at += 4) {
    v128_t sum = wasm_f32x4_add(wasm_f32x4_mul(keep, wasm_v128_load(y + at)),
                                wasm_f32x4_mul(by, wasm_v128_load(x + at)));
    wasm_v128_store(y + at, clipped4(sum, active));
  }
  for (; at < count; at++) y[at] = clipped(kept * y[at] + times * x[at], active);
}

/* Each map times a number plus another. */
API(affine)(const float *x, const float *weight, const float *bias, float *y, int channels,
            int pixels, int active) {
  for (int channel = 0; channel < channels; channel++)
    for (int at = 0; at < pixels; at++, x++, y++)
      *y = clipped(*x * weight[channel] + bias[channel], active);
}
