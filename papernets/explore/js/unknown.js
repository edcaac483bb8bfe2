/* What the address asks for and the page does not have: it is said, above what is shown instead. */

/** How many letters have to be changed, put in or left out to make one word of another. */
function distanceOf(one, other) {
  let line = Array.from({length: other.length + 1}, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = line[j - 1] + Number(one[i - 1] !== other[j - 1]);
      next.push(Math.min(changed, line[j] + 1, next[j - 1] + 1));
    }
    line = next;
  }
  return line.at(-1);
}

/** The known name that is nearest to another, in a question; empty where none is near. */
function didYouMean(name, known) {
  if (name.length > 60) return "";
  const apart = (other) => distanceOf(name.toLowerCase(), other.toLowerCase());
  const [best] = [...known].sort((a, b) => apart(a) - apart(b));
  return best && apart(best) <= Math.max(1, name.length / 3) ? `. Did you mean ${best}?` : "";
}

function shortened(text) {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** All that the address of a room names and the page has not, a sentence each. */
function unknownIn(room, names, values, nets) {
  const known = {networks: nets, compare: nets, digit: DIGITS, picture: LOOKING}[room],
    where = {digit: "that reads what is drawn here ", picture: "that looks at pictures here "}[room] || "";
  if (!known) return [`This page has no room called ${shortened(room)}${didYouMean(room, Object.keys(ROOMS))}`];
  const all = known.map((net) => net.own);
  const found = names
    .slice(0, room === "compare" ? 2 : 1)
    .filter((name) => !all.includes(name))
    .map((name) => `No network ${where}is called ${shortened(name)}${where ? "" : " on this page"}${didYouMean(name, all)}`);
  if (room === "digit" && DIGITS.length) {
    const {own} = digitNamed(names[0], modeOf(values));
    if (values.mode) found.push(unknownMode(values.mode));
    if (values.epoch) found.push(unknownEpoch(values.epoch, {own: own, values: values}));
  }
  const data = room === "networks" && nets.find((net) => net.own === names[0]);
  if (data && values.stage) {
    const {length} = workedOut(data, ownSizes(data)).stages;
    if (wholeOf(values.stage, 0, 1, length) === 0)
      found.push(`${data.own} has no stage ${shortened(values.stage)}: it has ${plural(length, "stage")}`);
  }
  return found.filter(Boolean);
}
