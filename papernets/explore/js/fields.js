/* The receptive field of a row step by step, along the path on which most is seen, and the least
   (papernets/arithmetic/layer.py). */

/** A BigInt as a number, or in digits where a number does not hold it. */
function counted(big) {
  return big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : String(big);
}

/** The receptive field from the picture on: the path on which most is seen, and the least. */
function fieldSteps(paths, row) {
  const topic = "receptive field",
    count = paths.counts.get(row.name);
  const largest = paths.largest(row.name),
    smallest = paths.smallest(row.name);
  if (!largest || !smallest) {
    return [
      step(topic, "every value sees", "", seesAll(row) ? "the whole map" : "what has seen everything"),
    ];
  }
  const one = equal(largest.size, smallest.size);
  const found = alongPath(largest, one ? topic : "largest path");
  if (!one) found.push(...alongPath(smallest, "smallest path"));
  if (count > 1n) found.push(step(topic, "paths from the picture", "", counted(count)));
  if (row.field && !equal(row.field, largest.size)) {
    found.push(step(topic, "all paths together", "", row.field));
  }
  if (row.step && row.start) {
    found.push(step(topic, "step to the next value", "", row.step));
    found.push(step(topic, "first pixel of value 0,0", "", row.start, "row,column"));
  }
  return found;
}

/** A step for each window on the path; many alike in a row are one. */
function alongPath(reach, topic) {
  const changes = changesOf(pathOf(reach)),
    runs = [];
  const key = (one) => [reachOf(one.row).kernel, one.before.step, one.step];
  for (const one of changes) {
    if (runs.length && equal(key(one), key(runs.at(-1)[0]))) runs.at(-1).push(one);
    else runs.push([one]);
  }
  const found = runs.map((several) => {
    const first = several[0],
      last = several.at(-1),
      count = several.length;
    const {kernel, stride} = reachOf(first.row);
    const by2 = `${kernel[0]}x${kernel[1]}`;
    const what =
      count > 1
        ? `${first.row.name} to ${last.row.name}, ${count} of ${by2}`
        : `${first.row.name} ${by2}` + (stride[0] === 1 && stride[1] === 1 ? "" : `/${stride[0]}`);
    const terms = [0, 1].map(
      (at) =>
        `${first.before.size[at]}+${count > 1 ? `${count}*` : ""}` +
        `(${kernel[at]}-1)*${first.before.step[at]}`,
    );
    return step(topic, what, terms[0] === terms[1] ? terms[0] : terms.join(","), last.size, "R+(F-1)*step");
  });
  return found.length ? found : [step(topic, "the pixel itself", "", reach.size)];
}
