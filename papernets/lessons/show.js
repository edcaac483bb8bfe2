/* Shows a lesson that was worked out (papernets/lessons/cases.py) in its home (page.py). What is set
   as markup was escaped there, and comes from the package alone: nothing that a reader gives. */

/** The example at these positions of the sliders: each line by the sliders on which it depends. */
function exampleAt({lines, sliders}, at) {
  const found = lines.map(([own, texts]) => {
    return texts[own.reduce((place, one) => place * sliders[one].stops.length + at[one], 0)];
  });
  return found.filter((line) => line !== null).join("\n");
}

/** Where a slider stands, in words. */
function stopWords(slider, at) {
  return slider.stops[at] || (at ? `drawn ${at}` : "the lesson's own");
}

/** How many sliders were made: each has a name of its own, by which its label finds it. */
let slidersMade = 0;

/** A slider with its words; `moved` is told where its reader puts it. */
function sliderIn(home, slider, moved) {
  const box = document.createElement("div"),
    label = document.createElement("label"),
    output = document.createElement("output"),
    what = document.createElement("small"),
    range = document.createElement("input"),
    own = `slider-of-lesson-${++slidersMade}`;
  label.textContent = slider.name;
  what.textContent = slider.what;
  Object.assign(label, {htmlFor: own});
  Object.assign(what, {id: `${own}-what`});
  Object.assign(range, {id: own, type: "range", min: 0, max: slider.stops.length - 1, step: 1});
  range.setAttribute("aria-describedby", what.id);
  output.htmlFor = own;
  range.addEventListener("input", () => moved(Number(range.value)));
  box.append(label, " ", output, what, range);
  home.append(box);
  return (at) => {
    if (range.value !== String(at)) range.value = at;
    output.textContent = stopWords(slider, at);
    range.setAttribute("aria-valuetext", output.textContent);
  };
}

/** How much smaller a picture may become than it was drawn: where it is still wider, it scrolls. */
const SMALLEST = 0.66;

/** Makes the pictures as readable as they can be, and those that scroll reachable by keys. */
function fitPictures(home) {
  for (const svg of home.querySelectorAll("figure > svg")) {
    svg.style.minWidth = `${SMALLEST * svg.getAttribute("width")}px`;
    const figure = svg.parentNode;
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;
    else figure.removeAttribute("tabindex");
  }
}

/**
 * Shows a lesson in its home. What is given back shows other positions of the sliders, and the
 * exercise of a number. `chosen(at, number)` is told when a reader moves a slider or asks for other
 * numbers; without it this is shown at once.
 */
function lessonIn(home, data, chosen = null) {
  const part = (name) => home.querySelector(name);
  const example = part(".example"),
    form = part("form"),
    field = part(".typed"),
    grade = part(".grade");
  let at = data.sliders.map((slider) => slider.at),
    number = 0,
    asked = -1;
  const choose = (places, exercise) => (chosen || show)(places, exercise);
  part(".sliders").replaceChildren();
  const sliders = data.sliders.map((slider, own) =>
    sliderIn(part(".sliders"), slider, (to) =>
      choose(
        at.map((place, one) => (one === own ? to : place)),
        number,
      ),
    ),
  );
  part(".sliders").hidden = !sliders.length;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [right, words] = graded(field.value, data.exercises[number]);
    grade.textContent = words;
    grade.className = `grade ${right ? "right" : "not"}`;
  });
  part(".next").addEventListener("click", () => {
    choose(at, (number + 1) % data.exercises.length);
    field.focus();
  });

  let shown = "";
  function show(places, exercise) {
    [at, number] = [places, exercise];
    sliders.forEach((tell, one) => tell(at[one]));
    const now = exampleAt(data, at);
    if (now !== shown) example.innerHTML = now;
    if (shown && now !== shown) part(".told").textContent = part(".example .answer, .example .wrong").textContent;
    shown = now;
    if (asked !== number) ask();
    fitPictures(home);
  }
  function ask() {
    asked = number;
    const one = data.exercises[number];
    part(".asked").innerHTML = one.task;
    part(".form-of").textContent = `(${one.form})`;
    field.value = "";
    grade.textContent = "";
    grade.className = "grade";
  }
  show(at, number);
  new ResizeObserver(() => fitPictures(home)).observe(home);
  return show;
}
