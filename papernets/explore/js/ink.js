/* What is on the pad as a part of the address: the number of an example, or strokes packed short.

   A point is two numbers in 256ths of the pad's height. A stroke begins with its first point, four
   letters; each further point is two letters where it is near the one before it, and else five, the
   first of them a sign. A dot ends a stroke. */

/** Letters that stand for 0 to 63, and the sign before a point that is far from the last one. */
const SAFE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  FAR = "*";
/** Steps of a pad's height; the longest way to a near point; letters that an address has for ink. */
const STEPS_HIGH = 256,
  NEAR = 31,
  MOST_INK = 1500;
/** How far a point may be from the line of those that are kept, in steps: more where it must. */
const SLACK = [0.7, 1.5, 3, 5];

/** The points of a line without those that are nearer than `slack` to it (Douglas and Peucker). */
function thinned(points, slack) {
  if (points.length < 3) return points;
  const [ax, ay] = points[0],
    [bx, by2] = points.at(-1),
    long = Math.hypot(bx - ax, by2 - ay);
  let [far, most] = [0, -1];
  points.slice(1, -1).forEach(([x, y], at) => {
    const away = long
      ? Math.abs((bx - ax) * (y - ay) - (by2 - ay) * (x - ax)) / long
      : Math.hypot(x - ax, y - ay);
    const beyond = long ? Math.max((x - ax) * (ax - bx) + (y - ay) * (ay - by2), (x - bx) * (bx - ax) + (y - by2) * (by2 - ay)) / long : 0;
    if (Math.max(away, beyond) > most) [far, most] = [at + 1, Math.max(away, beyond)];
  });
  if (most <= slack) return [points[0], points.at(-1)];
  return [...thinned(points.slice(0, far + 1), slack).slice(0, -1), ...thinned(points.slice(far), slack)];
}

/** Strokes, lists of [x, y] in heights of the pad, as letters; empty where they would be too many. */
function packedInk(strokes) {
  const whole = strokes.map((stroke) => stroke.map((point) => point.map((value) => Math.round(value * STEPS_HIGH))));
  for (const slack of SLACK) {
    const text = whole.map((stroke) => packedStroke(thinned(stroke, slack))).join(".");
    if (text.length <= MOST_INK) return text;
  }
  return "";
}

function packedStroke(points) {
  const two = (value) => SAFE_LETTERS[value >> 6] + SAFE_LETTERS[value & 63];
  return points
    .map(([x, y], at) => {
      const [dx, dy] = at ? [x - points[at - 1][0], y - points[at - 1][1]] : [0, 0];
      const near = Math.max(Math.abs(dx), Math.abs(dy)) <= NEAR;
      if (at && near) return SAFE_LETTERS[dx + NEAR] + SAFE_LETTERS[dy + NEAR];
      return (at ? FAR : "") + two(x) + two(y);
    })
    .join("");
}

/** The strokes of letters, on a pad so many heights wide; null where they are none. */
function unpackedInk(text, wide) {
  if (text.length > MOST_INK) return null;
  const strokes = text.split(".").map((stroke) => unpackedStroke(stroke));
  const inside = ([x, y]) => x >= 0 && x <= wide && y >= 0 && y <= 1;
  return strokes.every((stroke) => stroke?.length && stroke.every(inside)) ? strokes : null;
}

function unpackedStroke(text) {
  const points = [],
    values = [...text].map((letter) => (letter === FAR ? FAR : SAFE_LETTERS.indexOf(letter)));
  for (let at = 0; at < values.length; ) {
    const far = !points.length || values[at] === FAR,
      first = at + Number(far && points.length > 0),
      taken = values.slice(first, first + (far ? 4 : 2));
    if (taken.length < (far ? 4 : 2) || taken.some((value) => value === FAR || value < 0)) return null;
    const [x, y] = points.at(-1) || [0, 0],
      [a, b, c, d] = taken;
    points.push(far ? [64 * a + b, 64 * c + d] : [x + a - NEAR, y + b - NEAR]);
    at = first + taken.length;
  }
  return points.map(([x, y]) => [x / STEPS_HIGH, y / STEPS_HIGH]);
}
