/* A trained network at work: every row's values for one picture, as float32, and what it says. */

/** The values of all rows, by name, for a picture of values. */
function run(graph, tensors, picture) {
  const found = new Map([[PICTURE, picture]]);
  for (const row of graph.rows.values()) {
    if (row.aux) continue;
    const ends = graph.sources.get(row.name).map((source) => found.get(source)),
      own = tensors[row.name] || {};
    const y = RUNS[row.layer.is](row, ends[0], own, ends);
    if (row.layer.norm) normalise(row.layer.norm, y, row.out[0], own);
    const active = ACTIVE[activationOf(row) || ""];
    found.set(row.name, Float32Array.from(active ? y.map(active) : y));
  }
  found.delete(PICTURE);
  return found;
}

function softmax(values) {
  const most = Math.max(...values),
    powers = [...values].map((value) => Math.exp(value - most));
  const total = sum(powers);
  return powers.map((value) => value / total);
}

/** A trained network with its weights unpacked; `data` is of the page's networks. */
function trainedNetwork(packed, data) {
  const graph = graphOf(instantiate(data, ownSizes(data)));
  const members = packed.members.map((member) => {
    const numbers = halves(unpacked(member.weights)),
      tensors = Object.create(null); // any name
    const exact = new Float32Array(unpacked(member.norms).buffer);
    for (const [row, leaf, at, count] of member.tensors) {
      const from = leaf.startsWith("norm.") ? exact : numbers;
      (tensors[row] ||= {})[leaf] = from.subarray(at, at + count);
    }
    return tensors;
  });
  const rows = [...graph.rows.values()].filter((row) => !row.aux);
  return {...packed, net: graph.net, graph: graph, rows: rows, members: members};
}

/**
 * A stored picture, maps of 0 to 255, as the network's input: from low to high in each channel, and
 * ground around a digit up to the input's size.
 */
function prepared(network, picture) {
  const [channels, height, width] = network.net.input,
    [h, w] = network.picture;
  const top = Math.floor((height - h) / 2),
    left = Math.floor((width - w) / 2);
  const found = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    const [low, high] = [network.low, network.high].map((all) => all[all.length > 1 ? channel : 0]);
    found.fill(low, channel * height * width, (channel + 1) * height * width);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        found[(channel * height + y + top) * width + x + left] =
          low + picture[(channel * h + y) * w + x] * ((high - low) / 255);
      }
    }
  }
  return found;
}

/**
 * What a network says of a stored picture: each member's rows, the outputs by the committee's rule,
 * the scores as `predict` prints them, the label, and how many members were asked.
 */
function recognised(network, picture) {
  const input = prepared(network, picture),
    last = network.rows.at(-1).name;
  const ask = (member) => run(network.graph, member, input);
  const answers = [ask(network.members[0])];
  let outputs = [...answers[0].get(last)],
    asked = 1;
  if (network.members.length > 1) {
    const {weights, alone, margin} = network.rule;
    const scaled = outputs.map((value) => value * alone);
    const [first, second] = softmax(scaled).sort((a, b) => b - a);
    const sure = margin !== null && first - second > margin;
    for (const member of network.members.slice(1)) answers.push(ask(member)); // shown, asked or not
    asked = sure ? 1 : network.members.length;
    outputs = sure
      ? scaled
      : outputs.map((_, at) =>
          sum(answers.map((rows, number) => rows.get(last)[at] * (weights ? weights[number] : 1))),
        );
  }
  const scores = softmax(outputs.map((value) => value * network.scale));
  return {
    input: input,
    members: answers,
    outputs: outputs,
    scores: scores,
    label: outputs.indexOf(Math.max(...outputs)),
    asked: asked,
  };
}
