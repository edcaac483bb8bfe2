/* Making elements: text is always set as text, so that no name can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An element; a property is an attribute, `on...` a listener, `class` a class; null leaves out. */
function el(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same in SVG. */
function shape(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in element) element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""),
  );
  return element;
}

/** Replaces what is in an element. */
function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""),
  );
}

/** As `fill`, round a child that stays in the page where it is there: who types in it goes on. */
function fillAround(element, above, kept, below) {
  for (const child of [...element.childNodes]) if (child !== kept) child.remove();
  if (kept.parentNode !== element) element.append(kept);
  const shown = (several) => [several].flat(Infinity).filter(Boolean);
  kept.before(...shown(above));
  kept.after(...shown(below));
}

function byId(id) {
  return document.getElementById(id);
}

/** Sets text and attributes where they are other ones: what stays costs no layout. */
function say(element, text, attributes = {}) {
  if (element.textContent !== text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Says something to screen readers, without moving the focus. */
function announce(text) {
  byId("said").textContent = text;
}

/** A table from rows of cells; a cell is text or an element, numbers are set right. */
function table(head, rows, properties = {}) {
  const cell = (tag, value, more) =>
    el(
      tag,
      {
        class: typeof value === "number" ? "number" : null,
        ...more,
      },
      typeof value === "number" ? comma(value) : (value ?? ""),
    );
  return el(
    "table",
    properties,
    head.length
      ? el(
          "thead",
          {},
          el(
            "tr",
            {},
            head.map((text) => (text ? cell("th", text, {scope: "col"}) : el("td"))),
          ),
        )
      : "",
    el(
      "tbody",
      {},
      rows.map((row) =>
        el(
          "tr",
          {},
          row.map((value, at) => (at ? cell("td", value) : cell("th", value, {scope: "row"}))),
        ),
      ),
    ),
  );
}

/** What may be wider than its column: it scrolls by itself, by keys too. */
function wide(words, ...children) {
  return el("div", {class: "wide", role: "group", "aria-label": words, tabindex: "0"}, children);
}

/** Moves through what is one stop of the Tab key, `all()` in order: arrows, Home and End. */
function roving(parent, all) {
  parent.addEventListener("keydown", (event) => {
    const several = all(),
      at = several.indexOf(event.target);
    if (at < 0) return;
    const next = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: several.length - 1,
    }[event.key];
    if (next === undefined || !several[next]) return;
    event.preventDefault();
    several[at].setAttribute("tabindex", "-1");
    several[next].setAttribute("tabindex", "0");
    several[next].focus();
  });
}

/** Shows a view, {nodes, update}, in an element, with what is told first. */
function showView(home, view, told) {
  fill(home, view.nodes);
  view.update(told);
  return view;
}
