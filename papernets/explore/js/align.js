/* Rows of two networks side by side: the same names first, then what has the same form
   (papernets/compare/align.py). */

/** Kinds that do the same work: they may stand for each other under other names. */
const WORK = [
  ["conv", "table conv"],
  ["subsample", "max pool", "average pool", "adaptive average pool", "global average pool"],
  ["lrn", "batch norm"],
  ["dense", "rbf"],
  ["identity", "pad shortcut"],
];
/** Pairs of rows of which all are compared; of more, runs of the same form. */
const LARGE_GAP = 200_000,
  HUGE_GAP = 1_000_000,
  AHEAD = 100;

/** Each row of either once, in order: pairs of places, null where there is no counterpart. */
function align(a, b) {
  const found = [];
  let i = 0,
    j = 0;
  for (const [at, to] of [...anchors(a, b), [a.length, b.length]]) {
    found.push(...alignGap(a, b, [i, at], [j, to]));
    if (at < a.length) found.push([at, to]);
    [i, j] = [at + 1, to + 1];
  }
  return found;
}

/** As many rows of one name as keep their order in both: the longest rising sequence. */
function anchors(a, b) {
  const where = new Map(b.map((row, j) => [row.name, j]));
  const named = a.flatMap((row, i) => (where.has(row.name) ? [[i, where.get(row.name)]] : []));
  const ends = [],
    holders = [],
    before = [];
  named.forEach(([, j], at) => {
    let low = 0,
      high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] < j) low = middle + 1;
      else high = middle;
    }
    ends[low] = j;
    holders[low] = at;
    before.push(low ? holders[low - 1] : null);
  });
  const chosen = [];
  for (let now = holders.length ? holders.at(-1) : null; now !== null; now = before[now]) {
    chosen.push(named[now]);
  }
  return chosen.reverse();
}

/** The rows between two anchors, paired by form. */
function alignGap(a, b, [i, at], [j, to]) {
  const rows = at - i,
    columns = to - j,
    begins = [i, j];
  const pairs =
    rows * columns > LARGE_GAP
      ? byBlocks(a.slice(i, at).map(formKey), b.slice(j, to).map(formKey))
      : bestPairs(rows, columns, (x, y) => likeness(a[begins[0] + x], b[begins[1] + y]));
  const found = [];
  for (const [x, y] of [...pairs, [rows, columns]]) {
    while (i < begins[0] + x) found.push([i++, null]);
    while (j < begins[1] + y) found.push([null, j++]);
    if (i < at && j < to) found.push([i++, j++]);
  }
  return found;
}

/** How well one row stands for the other; 0 where it does other work. */
function likeness(a, b) {
  const works = WORK.some((kinds) => kinds.includes(a.kind) && kinds.includes(b.kind));
  if (a.kind !== b.kind && !works) return 0;
  const [u, v] = [windowOf(a), windowOf(b)];
  const same = (key) => equal(u ? u[key] : null, v ? v[key] : null);
  const leaf = (row) => row.name.slice(row.name.lastIndexOf(".") + 1);
  return (
    2 +
    2 * (a.kind === b.kind) +
    same("kernel") +
    same("stride") +
    (a.out[0] === b.out[0]) +
    equal(a.out.slice(1), b.out.slice(1)) +
    (leaf(a) === leaf(b))
  );
}

/** The pairs, in order in both, whose scores add up to the most. */
function bestPairs(rows, columns, score) {
  if (!rows || !columns) return [];
  const best = Array.from({length: rows + 1}, () => new Int32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const alike = score(i, j),
        both = alike ? best[i + 1][j + 1] + alike : 0;
      best[i][j] = Math.max(both, best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const alike = score(i, j);
    if (alike && best[i][j] === best[i + 1][j + 1] + alike) pairs.push([i++, j++]);
    else if (best[i][j] === best[i + 1][j]) i++;
    else j++;
  }
  return pairs;
}

function formKey(row) {
  const window = windowOf(row);
  return JSON.stringify([row.kind, window && window.kernel, window && window.stride]);
}

/** As `bestPairs`, quickly: runs of rows of the same form; of very many each one's next. */
function byBlocks(a, b) {
  if (a.length * b.length > HUGE_GAP) return eachNext(a, b);
  const where = new Map();
  b.forEach((form, j) => (where.has(form) ? where.get(form).push(j) : where.set(form, [j])));
  const found = [],
    queue = [[0, a.length, 0, b.length]];
  while (queue.length) {
    const [alo, ahi, blo, bhi] = queue.pop();
    const [i, j, size] = longestRun(a, where, alo, ahi, blo, bhi);
    if (!size) continue;
    for (let n = 0; n < size; n++) found.push([i + n, j + n]);
    if (alo < i && blo < j) queue.push([alo, i, blo, j]);
    if (i + size < ahi && j + size < bhi) queue.push([i + size, ahi, j + size, bhi]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}

/** The longest run that both have between these places, the first of several: difflib's. */
function longestRun(a, where, alo, ahi, blo, bhi) {
  let best = [alo, blo, 0],
    lengths = new Map();
  for (let i = alo; i < ahi; i++) {
    const next = new Map();
    for (const j of where.get(a[i]) || []) {
      if (j < blo) continue;
      if (j >= bhi) break;
      const length = (lengths.get(j - 1) || 0) + 1;
      next.set(j, length);
      if (length > best[2]) best = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  return best;
}

/** Each of `a` with the next of the same form in `b`, where one is near. */
function eachNext(a, b) {
  const found = [];
  let y = 0;
  a.forEach((form, x) => {
    const at = b.slice(y, y + AHEAD).indexOf(form);
    if (at < 0) return;
    found.push([x, y + at]);
    y += at + 1;
  });
  return found;
}
