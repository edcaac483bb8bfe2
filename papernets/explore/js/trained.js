/* The trained networks of the page: which there are, one of them made ready, buttons to choose by. */

const TRAINED = embedded("trained").networks;
const DIGITS = TRAINED.filter((one) => one.drawn);
const LOOKING = TRAINED.filter((one) => !one.drawn);
/** By name: a network that is ready, null while it is made ready, or what went wrong. */
const OPENED = new Map();

let engineRead = null;

/** The engine's kernels and programs, read once. */
function engineData() {
  engineRead ||= embedded("engine");
  return engineRead;
}

/**
 * A network of these that is ready; null where it is not, or not yet: then `home` says which. The
 * page is shown again when it is. Of these networks one is kept, for the sake of memory.
 */
function openedNetwork(several, entry, home) {
  for (const other of several) if (other !== entry) OPENED.delete(other.own);
  const found = OPENED.get(entry.own);
  if (found?.members) return found;
  if (found) fill(home, el("p", {class: "error", role: "alert"}, found.message));
  else fill(home, el("p", {class: "hint"}, `${entry.own} is made ready ...`));
  if (found === undefined) {
    OPENED.set(entry.own, null);
    const data = NETS.find((net) => net.own === entry.own);
    readyNetwork(entry, engineData(), data)
      .catch((error) => mendable(error))
      .then((ready) => {
        if (OPENED.get(entry.own) !== null) return; // another was asked for since
        OPENED.set(entry.own, ready);
        show();
      });
  }
  return null;
}

/** An error that its reader can mend; any other is thrown on. */
function mendable(error) {
  if (error instanceof Engine.EngineError) return error;
  throw error;
}

/** A button for each trained network of a room; `choose` is told which, and the focus stays. */
function networkButtons(home, networks, entry, choose) {
  fill(
    home,
    networks.map((one) =>
      el(
        "button",
        {
          type: "button",
          "aria-pressed": String(one.own === entry.own),
          onclick: () => {
            choose(one.own);
            home.querySelector("[aria-pressed=true]").focus();
          },
        },
        one.own,
      ),
    ),
  );
}
