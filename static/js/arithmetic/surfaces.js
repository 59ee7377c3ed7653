// Surfaces to go down on: a loss of two weights each, with its slopes. Pure. `view` is what a map shows, [left, right, bottom, top];
// `sharpest` is the largest curvature of a bowl or a ravine, which says where plain gradient descent begins to run away.

const ravineSteepness = 25;

export const SURFACES = {
  bowl: {
    title: "bowl",
    formula: "L = ½ (x² + y²)",
    loss: ([x, y]) => (x * x + y * y) / 2,
    slopes: ([x, y]) => [x, y],
    view: [-4, 4, -3, 3],
    start: [-3, 2],
    sharpest: 1,
    about: "The same steepness in every direction, so every step points at the lowest place.",
  },
  ravine: {
    title: "ravine",
    formula: `L = ½ (x² + ${ravineSteepness} y²)`,
    loss: ([x, y]) => (x * x + ravineSteepness * y * y) / 2,
    slopes: ([x, y]) => [x, ravineSteepness * y],
    view: [-4, 4, -3, 3],
    start: [-3.5, 1],
    sharpest: ravineSteepness,
    about: "Steep across, gentle along. A rate that is safe across is slow along.",
  },
  saddle: {
    title: "saddle",
    formula: "L = ½ x² − ½ y² + ¼ y⁴ + ¼",
    loss: ([x, y]) => (x * x - y * y) / 2 + y ** 4 / 4 + 0.25,
    slopes: ([x, y]) => [x, y ** 3 - y],
    view: [-3.2, 3.2, -2.4, 2.4],
    start: [-2.8, 0.01],
    sharpest: null,
    about: "Two valleys with a pass between them. On the pass the slope is nearly 0, though it is not the lowest place.",
  },
  bend: {
    title: "bent valley",
    formula: "L = ½ (1 − x)² + 5 (y − x²)²",
    loss: ([x, y]) => (1 - x) ** 2 / 2 + 5 * (y - x * x) ** 2,
    slopes: ([x, y]) => [x - 1 - 20 * x * (y - x * x), 10 * (y - x * x)],
    view: [-2, 2, -0.8, 2.2],
    start: [-1.3, 1.2],
    sharpest: null,
    about: "The way down curves (it is named after Rosenbrock): where the last steps led is soon the wrong way.",
  },
};
