/* Runs jobs with the engine, for tests: node engine_node.js ENGINE.js JOB.json, answers as JSON.
   A job is a list of tasks: {program, weights, wasm, inputs | pictures, rows, cams}. Weights are a
   file; wasm and inputs are base64, inputs float32 one behind the other; a picture is {data, width,
   height}, its data base64 too. */
"use strict";
const fs = require("fs");
const Engine = new Function(`${fs.readFileSync(process.argv[2], "utf8")}\nreturn Engine;`)();
const packed = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

async function done(task) {
  const network = await Engine.load(task.program, new Uint8Array(fs.readFileSync(task.weights)), task.wasm);
  const size = task.program.input.reduce((a, b) => a * b, 1);
  const floats = task.inputs ? new Float32Array(bytes(task.inputs).buffer) : new Float32Array(0);
  const runs = [];
  for (let at = 0; at < floats.length; at += size) runs.push(() => network.runInput(floats.subarray(at, at + size)));
  for (const {data, width, height} of task.pictures || []) runs.push(() => network.run(bytes(data), width, height));
  const answers = runs.map((run) => {
    const out = run(), rows = {}, cams = {};
    for (const name of task.rows || []) rows[name] = packed(out.map(name).values);
    for (const index of task.cams || []) cams[index] = packed(out.cam(index).values);
    return {logits: packed(out.logits), scores: out.scores, top: out.top(3), rows: rows, cams: cams};
  });
  return {kind: network.kind, answers: answers};
}

(async () => {
  const found = [];
  for (const task of JSON.parse(fs.readFileSync(process.argv[3], "utf8"))) {
    found.push(await done(task).catch((error) => {
      if (!(error instanceof Engine.EngineError)) throw error;
      return {error: error.message};
    }));
  }
  process.stdout.write(JSON.stringify(found));
})();
