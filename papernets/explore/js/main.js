/* The page as a whole: which room the address means, the theme, and the list of networks. */

const NETS = embedded("networks").nets;
/** Those that were asked for; the others are here for the pad. */
const LISTED = NETS.filter((net) => net.listed !== false);
const ROOMS = {
  networks: showNetwork,
  compare: showCompare,
  digit: showDigit,
  picture: showPicture,
  lessons: showLessons,
};
/** Rooms in which there is nothing in this page. */
const EMPTY = Object.entries({digit: DIGITS, picture: LOOKING, lessons: LESSONS})
  .filter(([, several]) => !several.length)
  .map(([room]) => room);

const THEMES = ["light", "dark"],
  THEME_KEY = "papernets-theme";

/** Where one is, so that one who goes elsewhere begins at the top: the room, and its networks. */
let shownPlace = "";

/** Shows what the address says. */
function show() {
  const {room, names, values} = readAddress(location.hash);
  const wanted = Object.hasOwn(ROOMS, room) && !EMPTY.includes(room) ? room : "networks";
  if (THEMES.includes(values.theme)) document.documentElement.dataset.theme = values.theme;
  byId("theme").setAttribute("aria-pressed", isDark());
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== `room-${wanted}`;
  }
  for (const link of document.querySelectorAll(".top nav a")) {
    const own = readAddress(link.getAttribute("href")).room;
    if (own === wanted) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    say(link, link.textContent, {href: writeAddress(own, [], {theme: document.documentElement.dataset.theme})});
  }
  const unknown = byId("unknown"),
    said = unknownIn(room, names, values, LISTED).join(" ");
  unknown.hidden = !said;
  if (unknown.textContent !== said) unknown.textContent = said;
  const place = writeAddress(wanted, names);
  if (shownPlace && place !== shownPlace) scrollTo(0, 0);
  shownPlace = place;
  return ROOMS[wanted](LISTED, names, values);
}

/** The theme that was chosen here last; empty where none was, or the browser keeps nothing. */
function keptTheme() {
  try {
    return localStorage.getItem(THEME_KEY) || "";
  } catch {
    return "";
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // in a frame or with storage switched off the address has it still
  }
}

function isDark() {
  const {theme} = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

byId("theme").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  keepTheme(theme);
  const {room, names, values} = readAddress(location.hash);
  go(room, names, values, true);
});
for (const room of EMPTY) byId(`to-${room}`).hidden = true;
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is where one is, not what has the focus
  (document.querySelector("main > section:not([hidden]) > .skipped-to") || byId("main")).focus();
});
if (location.protocol === "about:") {
  // in a notebook's frame a link's address would be one of the notebook's
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    location.hash = link.getAttribute("href");
  });
}
if (THEMES.includes(keptTheme())) document.documentElement.dataset.theme = keptTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  byId("theme").setAttribute("aria-pressed", isDark()),
);
readyZoom();
readyList(byId("list"), byId("find"), networkList(LISTED), "network");
readyList(byId("lesson-list"), byId("find-lesson"), lessonList(), "lesson");
addEventListener("hashchange", show);
show();
