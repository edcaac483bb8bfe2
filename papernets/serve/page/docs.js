"use strict";
// The addresses of /openapi.json, each with a curl command for a model of this server.

const PICTURE = "-H 'Content-Type: image/jpeg' --data-binary @photo.jpg";
const INFER = String.raw`{ printf '{"inputs": [{"name": "picture", "datatype": "BYTES", '
  printf '"shape": [1], "data": ["'; base64 < photo.jpg | tr -d '\n'; printf '"]}]}'; } |
`;
let described = {}, models = [];

// Part of an address that stands in the shell's single quotes.
const coded = (text) => encodeURIComponent(text).replaceAll("'", "%27");

function command(method, path, { name, classes }) {
  const own = path.replace("{name}", coded(name)).replace("{version}", "1");
  const address = (query = "") => `'${location.origin}${own}${query}'`;
  const curl = token ? "curl -H \"Authorization: Bearer $TOKEN\"" : "curl";
  if (path === "/predict") {
    return `${curl} -F file=@photo.jpg ${address(`?model=${coded(name)}&top=3`)}`;
  }
  if (path === "/look") {
    return `${curl} ${PICTURE} ${address(`?model=${coded(name)}&class=${coded(classes[0])}`)}`;
  }
  if (path.endsWith("/infer")) return `${INFER}${curl} --json @- ${address()}`;
  return method === "post" ? `${curl} -X POST ${address()}` : `${curl} ${address()}`;
}

// An address, broken behind a slash where there is no room for it.
function breakable(text) {
  const code = made("code", "");
  for (const piece of text.split(/(?<=\/)/)) code.append(piece, document.createElement("wbr"));
  return code;
}

function list() {
  const model = models.find((one) => one.name === $("model").value);
  const every = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => [method, path, told]));
  $("addresses").replaceChildren(...every.map(([method, path, { summary, parameters }]) => {
    const part = made("section", "curl"), head = made("h2", "");
    head.append(breakable(`${method.toUpperCase()} ${path}`));
    part.append(head, made("p", "", `${summary}.`));
    for (const one of parameters || []) {
      if (one.in !== "query") continue;
      const usual = one.schema.default;
      const told = usual === undefined ? "" : ` By default ${usual}.`;
      part.append(made("p", "", `${one.name}: ${one.description}${told}`));
    }
    const shell = made("pre", "", command(method, path, model));
    shell.tabIndex = 0; // wider than the page, it is scrolled by keys too
    part.append(shell);
    return part;
  }));
}

async function begin() {
  try {
    [described, { models }] = await Promise.all([ask("/openapi.json"), ask("/models")]);
  } catch (error) {
    $("status").textContent = error.message;
    $("status").className = error.message && "bad";
    return;
  }
  $("status").textContent = $("status").className = "";
  $("key").hidden = true;
  $("limits").textContent = described.info.description.split("\n\n").pop();
  $("model").replaceChildren(...models.map((one) => new Option(one.name, one.name)));
  $("choice").hidden = models.length < 2;
  list();
}

$("model").addEventListener("change", list);
askAgain(begin);
begin();
