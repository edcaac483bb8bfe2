/* Reading a strip of digits: the network at every place at once, then the most likely sequence
   (papernets/strips/scan.py, rule for rule). */

/** Columns that a digit holds, the least and the most, and what each digit costs, in nats. */
const DECODER = {shortest: 4, longest: 9, cost: 2};
/** A network that was not taught what is no digit sees one where its best class has more. */
const UNSURE = 0.5;
/** Columns by which the room for strips grows, so that few networks are laid out. */
const ROOM = 96;

/**
 * A network that is ready for strips. `entry` is of the page's trained ones, whose `strip` says what
 * that takes; `data` is its network in the page. EngineError where it cannot read them.
 *
 * `over(columns)` lays a network out with room for a strip, `roomFor(columns)` is one that is there.
 */
async function readyScanner(entry, {wasm, networks}, data) {
  if (entry.strip.why) throw new Engine.EngineError(entry.strip.why);
  const {program, weights} = networks[entry.members[0]],
    bytes = Engine.bytesOf(weights),
    opened = new Map();
  const roomOf = (columns) => Math.ceil(inputColumns(program, columns) / ROOM) * ROOM;
  return {
    ...entry,
    classes: program.classes,
    program: program,
    rows: rowsRun(graphOf(instantiate(data, ownSizes(data))), program),
    stride: Engine.stepAlong(Engine.widened(program, program.input[2])),
    roomFor: (columns) => opened.get(roomOf(columns)) || null,
    over: async (columns) => {
      const room = roomOf(columns);
      if (!opened.has(room)) opened.set(room, await Engine.load(Engine.widened(program, room), bytes, wasm));
      return opened.get(room);
    },
  };
}

/** Columns that a network's input has for a strip of so many: a window fits on each of them. */
function inputColumns({eyes, input}, columns) {
  return columns + 2 * Math.ceil(eyes.picture[1] / 2) + input[2] - eyes.picture[1];
}

/** A stored strip (28 rows) as the input of a network with room for it, moved left by `shift`. */
function stripInput(program, strip, columns, room, shift) {
  const {eyes, input} = program,
    [height, width] = eyes.picture,
    [, high] = input;
  const [low, most] = [eyes.low[0], eyes.high[0]].map(Math.fround),
    times = Math.fround(Math.fround(most - low) / 255);
  const top = Math.floor((high - height) / 2),
    left = Math.ceil(width / 2) + Math.floor((input[2] - width) / 2) - shift;
  const found = new Float32Array(high * room).fill(low);
  for (let row = 0; row < height; row++) {
    const to = (row + top) * room + left;
    for (let at = 0; at < columns; at++) found[to + at] = low + times * strip[row * columns + at];
  }
  return found;
}

/**
 * Log-probabilities along a strip, places by classes and none of them: place k is centred on column
 * `first + k` of the strip. `maps` are the values of the pass that is not moved.
 */
function stripScores(scanner, network, strip, columns) {
  const {program, stride, classes} = scanner,
    wide = inputColumns(program, columns),
    own = program.input[2];
  const places = wide - own + 1,
    kinds = classes.length,
    room = network.program.input[2];
  const values = new Float32Array(places * (kinds + 1));
  let answer = null;
  for (let shift = Math.min(stride, places) - 1; shift >= 0; shift--) {
    answer = network.runInput(stripInput(program, strip, columns, room, shift));
    const {width, values: outputs} = answer.map(program.output),
      count = Math.floor((wide - shift - own) / stride) + 1;
    for (let at = 0; at < count; at++) {
      const place = (at * stride + shift) * (kinds + 1);
      const logits = Array.from({length: kinds}, (_, one) => outputs[one * width + at] * scanner.scale);
      values.set(withNone(logits, scanner.strip.constant), place);
    }
  }
  return {values: values, places: places, kinds: kinds, first: 0, answer: answer, wide: wide};
}

/** Log-probabilities of classes, and of none of them: equation 9, with `constant` as its j. */
function withNone(logits, constant) {
  if (constant !== null) return logSoftmax([...logits, -constant]);
  return logSoftmax([...logSoftmax(logits), Math.log(UNSURE)]);
}

function logSoftmax(values) {
  const most = Math.max(...values);
  const total = Math.log(sum(values.map((value) => Math.exp(value - most)))) + most;
  return values.map((value) => value - total);
}

/** The [class, first place, place after the last] of each digit, left to right: the likeliest. */
function segmentsOf({values, places, kinds}, {shortest, longest, cost} = DECODER) {
  const all = kinds + 1,
    total = new Float64Array((places + 1) * all);
  for (let at = 0; at < places * all; at++) total[at + all] = total[at] + values[at];
  const none = new Float64Array(places + 1),
    digit = new Float64Array(places + 1).fill(-Infinity);
  const length = new Int32Array(places + 1),
    label = new Int32Array(places + 1);
  for (let at = 1; at <= places; at++) {
    none[at] = Math.max(none[at - 1], digit[at - 1]) + values[at * all - 1];
    for (let long = shortest; long <= Math.min(longest, at); long++) {
      let best = 0,
        held = -Infinity;
      for (let one = 0; one < kinds; one++) {
        const inside = total[at * all + one] - total[(at - long) * all + one];
        if (inside > held) [best, held] = [one, inside];
      }
      const merit = none[at - long] + held - cost;
      if (merit > digit[at]) [digit[at], length[at], label[at]] = [merit, long, best];
    }
  }
  const found = [];
  for (let at = places; at > 0; at--) {
    if (!(digit[at] > none[at])) continue;
    found.push([label[at], at - length[at], at]);
    at -= length[at]; // and then the place before a digit, which is on none
  }
  return found.reverse();
}

/** What a strip says: {text, score, digits: [{label, score, x, start, stop}]}, and its scores. */
function stripReading(scanner, network, strip, columns) {
  const scores = stripScores(scanner, network, strip, columns),
    all = scores.kinds + 1;
  const digits = segmentsOf(scores).map(([label, start, stop]) => {
    let best = -Infinity;
    for (let at = start; at < stop; at++) best = Math.max(best, scores.values[at * all + label]);
    const x = scores.first + (start + stop - 1) / 2;
    return {label: scanner.classes[label], score: Math.exp(best), x: x, start: start, stop: stop};
  });
  return {
    text: digits.map((one) => one.label).join(""),
    score: digits.reduce((all, one) => all * one.score, 1),
    digits: digits,
    scores: scores,
    strip: strip,
    columns: columns,
  };
}

/** A sheet of ink as a stored strip, {values, columns}: 20 of 28 rows, 4 columns of ground on either side. */
function storedStrip(sheet) {
  const ink = croppedInk({...sheet, values: clearInk(sheet.values)});
  if (!ink) return null;
  const wide = Math.max(1, roundEven((ink.width * BOX) / ink.height)),
    margin = (STORED - BOX) / 2;
  const small = scaledInk(ink, BOX, wide),
    columns = Math.max(wide + 2 * margin, STORED);
  const left = Math.floor((columns - wide) / 2),
    found = new Uint8Array(STORED * columns);
  small.values.forEach((value, at) => {
    const row = Math.floor(at / wide);
    found[(margin + row) * columns + left + (at % wide)] = roundEven(value * 255);
  });
  return {values: found, columns: columns};
}

/** How wide the pad is for strips, in its heights. */
const STRIP_WIDE = 3.5;

/** Strokes of these digits beside one another, so far apart, from ink to ink, in heights of the pad. */
function rowOfDigits(text, gap) {
  const digits = [...text].map((digit) => EXAMPLES[digit]);
  const ends = digits.map((strokes) => {
    const xs = strokes.flat().map(([x]) => x);
    return [Math.min(...xs), Math.max(...xs)];
  });
  const wide = sum(ends.map(([left, right]) => right - left + gap)) - gap;
  let at = (STRIP_WIDE - wide) / 2;
  return digits.flatMap((strokes, number) => {
    const [left, right] = ends[number],
      start = at;
    at += right - left + gap;
    return strokes.map((stroke) => stroke.map(([x, y]) => [x - left + start, y]));
  });
}

/** Strips to begin with: what they say, and their strokes. The last one's digits touch. */
const ROWS = [
  ["90210", 0.24],
  ["1998", 0.3],
  ["31415", 0.28],
  ["2367", 0.1],
].map(([text, gap]) => [text, rowOfDigits(text, gap)]);
