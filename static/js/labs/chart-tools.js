// The buttons and keys that change how the charts of a run are drawn.

const MOVES = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: "first", End: "last" };
const ZOOMS = { "+": 0.5, "=": 0.5, "-": 2 };

/** Tie buttons, slider and keys inside `root` to `curves`; `onChange` is told when what the legend says has changed. */
export function tieTools(root, curves, { onChange }) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  find("tools").dataset.ready = "";
  for (const button of root.querySelectorAll("[data-axis]")) {
    button.addEventListener("click", () => {
      for (const each of root.querySelectorAll("[data-axis]")) each.setAttribute("aria-pressed", each === button);
      curves.change({ axis: button.dataset.axis, cursor: null });
      onChange();
    });
  }
  find("log").addEventListener("click", () => {
    curves.change({ isLog: !curves.isLog });
    find("log").setAttribute("aria-pressed", curves.isLog);
  });
  find("smoothing").addEventListener("input", (event) => curves.change({ weight: Number(event.target.value) }));
  find("whole").addEventListener("click", () => curves.zoom(null));
  for (const plot of root.querySelectorAll("[data-plot]")) plot.addEventListener("keydown", (event) => press(event, curves));
}

function press(event, curves) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  if (move !== undefined) curves.moveCursor(typeof move === "number" && event.shiftKey ? move * 10 : move);
  else if (event.key in ZOOMS) curves.scale(ZOOMS[event.key]);
  else if (event.key === "0" || event.key === "Escape") curves.zoom(null);
  else return;
  event.preventDefault();
}
