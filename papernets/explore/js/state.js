/* The state of the page is its address: what stands behind # is where one is, and can be sent on.
   #room/first/second?key=value&... */

/** What the address says: the room, its names, and its values. */
function readAddress(hash) {
  const [path, ...queries] = hash.replace(/^#\/?/, "").split("?"),
    query = queries.join("?"); // a second question mark is of the value before it
  const names = path.split("/").map(decoded).filter(Boolean);
  return {
    room: names[0] || "networks",
    names: names.slice(1),
    values: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address; values that are empty are left out. */
function writeAddress(room, names = [], values = {}) {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== "" && value !== null && value !== undefined,
  );
  const query = new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString();
  return `#${[room, ...names].map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

/** Goes to an address; `quietly` without a step in the browser's history. */
function go(room, names, values, quietly = false) {
  const theme = document.documentElement.dataset.theme;
  const address = writeAddress(room, names, {...values, theme: theme});
  if (address === location.hash) return;
  if (quietly) {
    history.replaceState(null, "", location.href.split("#")[0] + address);
    show();
  } else {
    location.hash = address;
  }
}

/** A whole number of the address within limits; else what is usual. */
function wholeOf(text, usual, least, most) {
  const number = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
  return number >= least && number <= most ? number : usual;
}
