/* Fields into which a reader types a whole number: what is typed is followed at once, and what
   cannot be taken is said in words. */

/** Milliseconds after a key until the page follows it. */
const TYPED_AFTER = 250;

let pointerDown = false;
addEventListener("pointerdown", () => (pointerDown = true), true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => (pointerDown = false), true);

/** What is wrong with a text as a whole number from 1 to `most`, in words; empty where nothing is. */
function wrongNumber(word, text, most, further = "") {
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return "";
  const cut = text.length > 40 ? `${text.slice(0, 37)}...` : text;
  if (/^\d+$/.test(text) && Number(text) >= 1) {
    const given = cut === text ? comma(text.replace(/^0+/, "")) : cut;
    return `${word} must be a whole number of at most ${comma(most)} in this page, not ${given}${further}`;
  }
  return `${word} must be a whole number of at least 1, not ${cut}`;
}

/**
 * A field for a whole number. `given(text, first)` takes what was typed, soon after the last key;
 * `first` is true for the first change since the field was entered. Arrow keys go up and down.
 */
function numberField(properties, most, given) {
  const field = el("input", {type: "text", inputmode: "numeric", autocomplete: "off", ...properties});
  let timer = null,
    first = true,
    last = field.value;
  const follow = () => {
    clearTimeout(timer);
    timer = null;
    if (field.value.trim() === last) return;
    last = field.value.trim();
    given(last, first);
    first = false;
  };
  const soon = () => {
    clearTimeout(timer);
    // while a pointer is down the page stays as it is: else the click behind it would hit nothing
    timer = setTimeout(() => (pointerDown ? soon() : follow()), TYPED_AFTER);
  };
  field.addEventListener("focus", () => (first = true));
  field.addEventListener("input", () => (field.value.trim() ? soon() : clearTimeout(timer)));
  field.addEventListener("change", () => {
    if (field.value.trim() === last) return;
    if (pointerDown) soon();
    else follow();
  });
  field.addEventListener("keydown", (event) => {
    const step = {ArrowUp: 1, ArrowDown: -1}[event.key];
    if (event.key === "Enter") follow();
    if (!step || !/^\d{1,15}$/.test(field.value.trim())) return;
    event.preventDefault();
    field.value = Math.min(Math.max(Number(field.value) + step, 1), most);
    soon();
  });
  /** Shows what the address says, unless its reader is about to change it. */
  const show = (text) => {
    if (timer !== null) return;
    last = text;
    if (field.value.trim() !== text) field.value = text;
  };
  /** Forgets what was typed and not yet followed. */
  const forget = () => {
    clearTimeout(timer);
    timer = null;
  };
  return {field: field, show: show, forget: forget};
}
