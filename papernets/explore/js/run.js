/* A trained network at work: what it says of a picture, alone or as a committee. The engine computes
   every value. */

/**
 * A trained network that is ready: `entry` is of the page's trained ones, `engine` has the programs
 * of its members, `data` is its network in the page.
 */
async function readyNetwork(entry, {wasm, networks}, data) {
  const programs = entry.members.map((at) => networks[at]);
  const members = await Promise.all(
    programs.map(({program, weights}) => Engine.load(program, weights, wasm)),
  );
  const graph = graphOf(instantiate(data, ownSizes(data))),
    [{program}] = programs,
    rows = rowsRun(graph, program);
  return {
    ...entry,
    classes: program.classes,
    program: program,
    net: graph.net,
    graph: graph,
    rows: rows,
    members: members,
  };
}

/** The rows of a network that a program runs. */
function rowsRun(graph, program) {
  const run = new Set(program.steps.map((step) => step.name));
  return [...graph.rows.values()].filter((row) => run.has(row.name));
}

/**
 * What a network says: each member's answer, the outputs by the committee's rule, the scores as
 * `predict` prints them, the label, and how many members were asked. `ask` shows a member the picture.
 */
function recognised(network, ask) {
  const answers = network.members.map(ask), // all are shown, asked or not
    [{logits}] = answers;
  let outputs = [...logits],
    asked = 1;
  if (answers.length > 1) {
    const {weights, alone, margin} = network.rule;
    const scaled = outputs.map((value) => value * alone);
    const [first, second] = Engine.softmax(scaled).sort((a, b) => b - a);
    const sure = margin !== null && first - second > margin;
    asked = sure ? 1 : answers.length;
    outputs = sure
      ? scaled
      : outputs.map((_, at) =>
          sum(answers.map((one, number) => one.logits[at] * (weights ? weights[number] : 1))),
        );
  }
  const scores = Engine.softmax(outputs.map((value) => value * network.scale));
  const best = outputs.reduce((one, value, at) => (value > outputs[one] ? at : one), 0);
  return {answers: answers, outputs: outputs, scores: scores, label: best, asked: asked};
}

/** A program with a moment's powers of two, by which its weights are kept. */
function programAt(program, times) {
  const found = JSON.parse(JSON.stringify(program));
  const halves = found.steps.flatMap((step) => [step.weight, step.bias]).filter((one) => one?.as === "f16");
  halves.forEach((one, at) => (one.times = times[at]));
  return found;
}
