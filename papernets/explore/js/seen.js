/* What a network saw of a picture: its input in colour, and what in it speaks for a class. */

const WARM = [255, 89, 13],
  COLD = [38, 64, 140];

/** The least and the largest of values. */
function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}

/**
 * The input of an answer as colours, 0 to 255: as the picture's were. Where the network was given
 * more than a range of them, a mean picture for one, each channel is stretched.
 */
function inputColours(answer) {
  const {channels, height, width, values} = answer.map(""),
    size = height * width;
  const {order, low, high, gcn, mean} = answer.network.program.eyes;
  const ends = Array.from({length: channels}, (_, channel) =>
    gcn || mean
      ? rangeOf(values.subarray(channel * size, (channel + 1) * size))
      : [low, high].map((all) => all[all.length > 1 ? channel : 0]),
  );
  const places = channels === 1 ? [0, 0, 0] : order === "bgr" ? [2, 1, 0] : [0, 1, 2];
  const level = (channel, at) => {
    const [least, most] = ends[channel];
    return most === least ? 0 : (255 * (values[channel * size + at] - least)) / (most - least);
  };
  return {height: height, width: width, colour: (at) => places.map((channel) => level(channel, at))};
}

/** Values of a small map at the pixels of a larger one, straight between their middles. */
function spread(map, height, width) {
  const along = (length, count) =>
    Array.from({length: length}, (_, at) => {
      const place = Math.min(Math.max(((at + 0.5) / length) * count - 0.5, 0), count - 1),
        first = Math.floor(place);
      return [first, Math.min(first + 1, count - 1), place - first];
    });
  const rows = along(height, map.height),
    columns = along(width, map.width);
  const value = (y, x) => map.values[y * map.width + x];
  return (at) => {
    const [y0, y1, down] = rows[Math.floor(at / width)],
      [x0, x1, across] = columns[at % width];
    const line = (y) => value(y, x0) * (1 - across) + value(y, x1) * across;
    return line(y0) * (1 - down) + line(y1) * down;
  };
}

/** Which colours stand for which values: the least in blue, the largest in orange. */
function colourBar(low, high) {
  const bar = el("i", {role: "img", "aria-label": "blue for the least, orange for the largest value"});
  bar.style.background = `linear-gradient(to right,rgb(${COLD}),rgb(${WARM}))`;
  return el("span", {class: "colour-bar"}, numberWords(low), bar, numberWords(high));
}

/** The input, and the class activation map of a class over it; where there is none, why. */
function seenView(network, answer, label) {
  const {height, width, colour} = inputColours(answer),
    {program} = answer.network;
  const pictured = (words, paint) => paintPixels(mapCanvas(height, width, words), paint);
  const figure = (canvas, ...text) => el("figure", {}, canvas, el("figcaption", {}, text));
  const found = [
    figure(
      pictured("the picture as the network sees it", colour),
      `What ${network.own} sees: ${height}×${width}`,
    ),
  ];
  if (!program.cam) return [...found, el("p", {class: "hint"}, `No class activation map: ${program.no_cam}.`)];
  const cam = answer.cam(label),
    [low, high] = rangeOf(cam.values),
    heat = spread(cam, height, width);
  const warmth = (at) => {
    const share = high > low ? (heat(at) - low) / (high - low) : 0,
      [red, green, blue] = colour(at);
    const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
    return WARM.map((warm, one) => 0.5 * grey + 0.5 * (share * warm + (1 - share) * COLD[one]));
  };
  const words = `class activation map of ${network.classes[label]}`;
  return [
    ...found,
    figure(
      pictured(words, warmth),
      "Speaks for ",
      el("b", {}, network.classes[label]),
      colourBar(low, high),
      "Its mean, and the class's bias, make the class's output.",
    ),
  ];
}
